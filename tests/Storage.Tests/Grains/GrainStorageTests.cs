using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;
using Xunit;

namespace OrleansLinks.Storage;

/// <summary>A silo with grain storage.</summary>
public abstract class GrainStorageHost : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public IGrainStorage Storage => _cluster!.Silos[0].ServiceProvider.GetRequiredKeyedService<IGrainStorage>("Default");

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => Configure(silo));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _cluster!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract void Configure(ISiloBuilder silo);
}

public sealed class SqliteGrainStorageHost : GrainStorageHost
{
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("storage-tests-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        System.IO.Directory.Delete(_folder, recursive: true);
    }

    protected override void Configure(ISiloBuilder silo) => silo.AddSqliteGrainStorage(_folder);
}

public sealed class PostgresGrainStorageHost : GrainStorageHost
{
    private readonly PostgresHost _database = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    protected override void Configure(ISiloBuilder silo) => silo.AddPostgresGrainStorage(_database.Options);
}

public abstract class GrainStorageTests(GrainStorageHost host)
{
    private const string StateName = "state";

    [Fact]
    public async Task A_state_is_read_as_it_was_written()
    {
        var id = NewId();
        var page = new Page("pg_1", new Uri("https://example.com/页面"));
        await WriteAsync(id, new State { Name = "名前", Pages = [page], Kind = DayOfWeek.Friday });

        var read = await ReadAsync<State>(id);

        Assert.Equal(("名前", DayOfWeek.Friday, true, "1"), (read.State.Name, read.State.Kind, read.RecordExists, read.ETag));
        Assert.Equal(page, Assert.Single(read.State.Pages));
    }

    [Fact]
    public async Task A_state_that_was_never_written_is_new()
    {
        var read = await ReadAsync<State>(NewId());

        Assert.Equal((false, null, ""), (read.RecordExists, read.ETag, read.State.Name));
    }

    [Fact]
    public async Task A_state_of_an_older_shape_is_read_with_its_new_fields_empty()
    {
        var id = NewId();
        await WriteAsync(id, new OlderState { Name = "old" });

        var read = (await ReadAsync<State>(id)).State;

        Assert.Equal(("old", null), (read.Name, read.Info));
        Assert.Empty(read.Pages);
    }

    [Fact]
    public async Task A_record_of_an_older_shape_is_read_with_its_new_members_at_their_defaults()
    {
        var id = NewId();
        await WriteAsync(id, new Holder<OlderInfo> { Info = new OlderInfo("old") });

        var info = (await ReadAsync<Holder<Info>>(id)).State.Info!;
        Assert.Equal(("old", 7, true), (info.Name, info.Days, info.Pages.IsDefault));

        var again = NewId();
        await WriteAsync(again, new Holder<Info> { Info = info with { Pages = [] } });
        Assert.Empty((await ReadAsync<Holder<Info>>(again)).State.Info!.Pages);
    }

    [Fact]
    public async Task Keys_with_a_prefix_are_different_rows_though_their_rest_reads_as_one_number()
    {
        string[] keys = ["key_abc", "key_ABC", "key_0abc", "key_AbC"];
        foreach (var key in keys)
            await WriteAsync(GrainId.Create("prefixed", key), new State { Name = key });

        foreach (var key in keys)
            Assert.Equal(key, (await ReadAsync<State>(GrainId.Create("prefixed", key))).State.Name);
    }

    [Fact]
    public async Task Grains_with_number_keys_have_rows_of_their_own()
    {
        var (one, two) = (GrainId.Create("numbered", "1"), GrainId.Create("numbered", "2"));
        await WriteAsync(one, new State { Name = "one" });
        await WriteAsync(two, new State { Name = "two" });

        Assert.Equal("one", (await ReadAsync<State>(one)).State.Name);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(one, new State()));
    }

    [Fact]
    public async Task Of_first_writes_that_race_exactly_one_wins()
    {
        var id = NewId();
        var wins = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => TryWriteAsync(id, $"{i}", null))));

        Assert.Single(wins, won => won);
        Assert.Equal("1", (await ReadAsync<State>(id)).ETag);
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var id = NewId();
        var state = await WriteAsync(id, new State { Name = "first" });
        state.State!.Name = "second";
        await host.Storage.WriteStateAsync(StateName, id, state);

        Assert.Equal("2", state.ETag);
        Assert.False(await TryWriteAsync(id, "stale", "1"));
        Assert.False(await TryWriteAsync(id, "future", "3"));
        Assert.False(await TryWriteAsync(NewId(), "never written", "1"));
        Assert.Equal("second", (await ReadAsync<State>(id)).State.Name);
    }

    [Fact]
    public async Task A_state_that_is_cleared_reads_as_new_and_can_be_written_again()
    {
        var id = NewId();
        var state = await WriteAsync(id, new State { Name = "first" });
        await Assert.ThrowsAsync<InconsistentStateException>(() =>
            host.Storage.ClearStateAsync(StateName, id, new GrainState<State>(new State(), "5")));
        await host.Storage.ClearStateAsync(StateName, id, state);

        var cleared = await ReadAsync<State>(id);
        Assert.Equal((false, ""), (cleared.RecordExists, cleared.State.Name));
        Assert.True(await TryWriteAsync(id, "again", cleared.ETag));
        Assert.Equal("again", (await ReadAsync<State>(id)).State.Name);
    }

    [Fact]
    public async Task Many_writes_at_once_with_refused_ones_among_them_leave_every_connection_fit()
    {
        GrainId[] ids = [.. Enumerable.Range(0, 20).Select(_ => NewId())];
        var outcomes = await Task.WhenAll(ids.SelectMany(id => Enumerable.Range(0, 10).Select(i =>
            Task.Run(() => TryWriteAsync(id, "x", i == 0 ? "9" : null)))));
        Assert.Equal(ids.Length, outcomes.Count(won => won));

        // A connection left inside a transaction would hold the lock against these, or lose them.
        await Task.WhenAll(ids.Select(id => Task.Run(async () =>
        {
            for (var version = 1; version <= 10; version++)
                Assert.True(await TryWriteAsync(id, $"{version}", $"{version}"));
        })));
        foreach (var id in ids)
            Assert.Equal(("10", "11"), ((await ReadAsync<State>(id)).State.Name, (await ReadAsync<State>(id)).ETag));
    }

    private static GrainId NewId() => GrainId.Create("test", Make.Id(EntityId.Campaign));

    private async Task<GrainState<T>> WriteAsync<T>(GrainId id, T state)
    {
        var written = new GrainState<T>(state);
        await host.Storage.WriteStateAsync(StateName, id, written);
        return written;
    }

    private async Task<bool> TryWriteAsync(GrainId id, string name, string? etag)
    {
        try
        {
            await host.Storage.WriteStateAsync(StateName, id, new GrainState<State>(new State { Name = name }, etag));
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task<(T State, string? ETag, bool RecordExists)> ReadAsync<T>(GrainId id)
    {
        var read = new GrainState<T>();
        await host.Storage.ReadStateAsync(StateName, id, read);
        return (read.State!, read.ETag, read.RecordExists);
    }

    internal sealed class OlderState
    {
        public string Name { get; set; } = "";
    }

    internal sealed class State
    {
        public string Name { get; set; } = "";

        public ImmutableArray<Page> Pages { get; set; } = [];

        public DayOfWeek Kind { get; set; }

        public Info? Info { get; set; }
    }

    internal sealed record Page(string Id, Uri Url);

    internal sealed class Holder<T>
    {
        public T? Info { get; set; }
    }

    internal sealed record OlderInfo(string Name);

    internal sealed record Info(string Name, ImmutableArray<Page> Pages = default, int Days = 7);
}

public sealed class SqliteGrainStorageTests(SqliteGrainStorageHost host)
    : GrainStorageTests(host), IClassFixture<SqliteGrainStorageHost>;

public sealed class PostgresGrainStorageTests(PostgresGrainStorageHost host)
    : GrainStorageTests(host), IClassFixture<PostgresGrainStorageHost>;
