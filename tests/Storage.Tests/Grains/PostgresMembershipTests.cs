using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using OrleansLinks.Storage.Postgres;
using Xunit;

namespace OrleansLinks.Storage;

/// <summary>The table by which silos find each other, spoken to as Orleans does.</summary>
public sealed class PostgresMembershipTests : IAsyncLifetime
{
    private readonly PostgresHost _host = new();
    private IHost _silo = null!;
    private IMembershipTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = NewHost(builder => builder.UseOrleans(silo => silo.UseLocalhostClustering().AddPostgresClustering(_host.Options)));
        _table = _silo.Services.GetRequiredService<IMembershipTable>();
        await _table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _silo.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_is_read_as_it_was_written()
    {
        var silo = NewEntry(1);
        silo.SuspectTimes = [Tuple.Create(NewEntry(2).SiloAddress, Now.AddSeconds(-5))];
        Assert.True(await InsertAsync(silo, (await VersionAsync()).Next()));
        Assert.True(await UpdateAsync(silo, (await VersionAsync()).Next()));

        var read = Assert.Single((await ReadAllAsync()).Members).Item1;

        Assert.Equal((silo.SiloAddress, silo.SiloName, silo.HostName, silo.Status, silo.ProxyPort), (read.SiloAddress, read.SiloName, read.HostName, read.Status, read.ProxyPort));
        Assert.Equal((silo.StartTime, silo.IAmAliveTime), (read.StartTime, read.IAmAliveTime));
        Assert.Equal(silo.SuspectTimes, read.SuspectTimes);
        Assert.Equal(read.SiloAddress, Assert.Single((await _table.ReadRowAsync(silo.SiloAddress, Cancellation)).Members).Item1.SiloAddress);
        Assert.Empty((await _table.ReadRowAsync(NewEntry(9).SiloAddress, Cancellation)).Members);
    }

    [Fact]
    public async Task Of_changes_that_know_the_same_version_one_is_made()
    {
        Assert.True(await InsertAsync(NewEntry(1), (await VersionAsync()).Next()));
        var version = (await VersionAsync()).Next();

        var joined = await Task.WhenAll(Enumerable.Range(2, 8).Select(i => InsertAsync(NewEntry(i), version)));
        Assert.Single(joined, won => won);
        var changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => UpdateAsync(NewEntry(1), version)));
        Assert.DoesNotContain(true, changed);

        version = (await VersionAsync()).Next();
        changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => UpdateAsync(NewEntry(1), version)));
        Assert.Single(changed, won => won);
        Assert.Equal((2, 3), ((await ReadAllAsync()).Members.Count, (await ReadAllAsync()).Version.Version));
    }

    [Fact]
    public async Task A_silo_joins_once_and_one_that_never_joined_is_not_changed()
    {
        Assert.True(await InsertAsync(NewEntry(1), (await VersionAsync()).Next()));

        Assert.False(await InsertAsync(NewEntry(1), (await VersionAsync()).Next()));
        Assert.False(await UpdateAsync(NewEntry(2), (await VersionAsync()).Next()));
        Assert.Equal(1, (await VersionAsync()).Version);
    }

    [Fact]
    public async Task Signs_of_life_move_no_version_and_meet_changes_without_harm()
    {
        var silo = NewEntry(1);
        await InsertAsync(silo, (await VersionAsync()).Next());
        var living = LiveAsync(silo);
        for (var i = 0; i < 30; i++)
            Assert.True(await UpdateAsync(silo, (await VersionAsync()).Next()));

        await living;
        Assert.Equal(31, (await VersionAsync()).Version);
        silo.IAmAliveTime = Now.AddMinutes(1);
        await _table.UpdateIAmAliveAsync(silo, Cancellation);
        Assert.Equal(silo.IAmAliveTime, (await ReadAllAsync()).Members[0].Item1.IAmAliveTime);
    }

    [Fact]
    public async Task Silos_that_died_long_ago_are_cleaned_up_and_no_others()
    {
        foreach (var (i, status, age) in new[] { (1, SiloStatus.Dead, 10), (2, SiloStatus.Active, 10), (3, SiloStatus.Dead, 0), (4, SiloStatus.Joining, 10) })
        {
            var silo = NewEntry(i);
            (silo.Status, silo.StartTime, silo.IAmAliveTime) = (status, Now.AddDays(-age), Now.AddDays(-age));
            Assert.True(await InsertAsync(silo, (await VersionAsync()).Next()));
        }

        await _table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Now.AddDays(-7)), Cancellation);

        Assert.Equal([2, 3, 4], (await ReadAllAsync()).Members.Select(member => member.Item1.SiloAddress.Generation).Order());
        await _table.DeleteMembershipTableEntriesAsync(_silo.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, Cancellation);
        Assert.Equal(0, await _host.CountAsync("cluster_members"));
    }

    [Fact]
    public async Task A_client_finds_the_gateways_of_silos_that_are_active()
    {
        await InsertAsync(NewEntry(1), (await VersionAsync()).Next());
        var other = NewEntry(2);
        other.Status = SiloStatus.Joining;
        await InsertAsync(other, (await VersionAsync()).Next());
        using var client = NewHost(builder => builder.UseOrleansClient(client => client.UseLocalhostClustering().AddPostgresClustering(_host.Options)));
        var gateways = client.Services.GetRequiredService<IGatewayListProvider>();
        await gateways.InitializeGatewayListProvider();

        var gateway = Assert.Single(await gateways.GetGateways());

        Assert.Equal((30001, "10.0.0.1"), (gateway.Port, gateway.Host));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTime Now { get; } = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    private static IHost NewHost(Action<HostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        configure(builder);
        return builder.Build();
    }

    private static MembershipEntry NewEntry(int i) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Parse($"10.0.0.{i}"), 11111, i),
        SiloName = $"silo{i}",
        HostName = $"host{i}",
        Status = SiloStatus.Active,
        ProxyPort = 30000 + i,
        StartTime = Now,
        IAmAliveTime = Now,
    };

    private async Task LiveAsync(MembershipEntry silo)
    {
        for (var i = 0; i < 100; i++)
            await _table.UpdateIAmAliveAsync(silo, Cancellation);
    }

    private Task<bool> InsertAsync(MembershipEntry silo, TableVersion version) => _table.InsertRowAsync(silo, version, Cancellation);

    private Task<bool> UpdateAsync(MembershipEntry silo, TableVersion version) => _table.UpdateRowAsync(silo, version.VersionEtag, version, Cancellation);

    private Task<MembershipTableData> ReadAllAsync() => _table.ReadAllAsync(Cancellation);

    private async Task<TableVersion> VersionAsync() => (await ReadAllAsync()).Version;
}
