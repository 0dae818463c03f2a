using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using Xunit;

namespace OrleansLinks.Clicks;

public sealed class PostgresRetentionTests : IAsyncDisposable
{
    private readonly PostgresHost _host = new(TimeSpan.FromDays(10));

    private ILedgerStore Ledger => _host.Get<ILedgerStore>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Partitions_past_their_retention_are_dropped_and_totals_stay()
    {
        var link = Make.Link("code");
        Click[] clicks = [.. Enumerable.Range(0, 5).Select(day => Make.Click(link, Make.Noon.AddDays(day)))];
        foreach (var click in clicks)
        {
            _host.Clock.Now = click.At;
            await Ledger.RecordAsync(ClickBatch.Of(click));
        }

        Assert.Equal((0, 5), await AuditAsync());
        _host.Clock.Now = Make.Noon.AddDays(12); // two days are wholly past

        await _host.Get<PostgresPartitions>().KeepUpAsync();

        Assert.Equal(clicks[2..].Select(click => click.Id).Reverse(), (await Ledger.ListClicksAsync(link.TaskId, null, 10)).Select(record => record.Click.Id));
        Assert.Null(await Ledger.FindClickAsync(clicks[0].Id));
        Assert.Equal(5, (await Ledger.ReadCountersAsync(CounterScopes.OfTask(link.TaskId))).Clicks);
        var rows = await _host.Get<IReportStore>().ReadAsync(
            new ReportQuery(link.ProgramId, [Make.Noon.AddDays(-30).ToUnixTimeSeconds(), Make.Noon.AddDays(30).ToUnixTimeSeconds()], ReportGroups.None, ReportFilter.All, 1));
        Assert.Equal(5, Assert.Single(rows!.Value).Totals.Clicks);
        Assert.Equal((0, 5), await AuditAsync());
        await _host.RunAsync("DELETE FROM clicks WHERE id = (SELECT max(id::text)::uuid FROM clicks)");
        Assert.NotEqual(0, (await AuditAsync()).Drift);
    }

    [Fact]
    public async Task A_click_of_a_day_that_is_gone_is_counted_and_forgotten()
    {
        var link = Make.Link("code");
        await Ledger.RecordAsync(ClickBatch.Of(Make.Click(link)));
        await AuditAsync();
        _host.Clock.Now = Make.Noon.AddDays(20);
        await _host.Get<PostgresPartitions>().KeepUpAsync();

        await Ledger.RecordAsync(ClickBatch.Of(Make.Click(link)));
        Assert.Equal((0, 2), await AuditAsync());
        await _host.Get<PostgresPartitions>().KeepUpAsync();

        Assert.Equal(0, await _host.CountAsync("clicks"));
        Assert.Equal((0, 2), await AuditAsync());
        Assert.Equal(2, (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).Clicks);
    }

    [Fact]
    public async Task A_partition_stays_until_the_audit_and_the_rollups_have_read_it()
    {
        await Ledger.RecordAsync(ClickBatch.Of(Make.Click(Make.Link("code"))));
        _host.Clock.Now = Make.Noon.AddDays(20);
        await _host.Get<PostgresPartitions>().KeepUpAsync();
        Assert.Equal(1, await _host.CountAsync("clicks"));

        await AuditAsync();
        await _host.Get<PostgresPartitions>().KeepUpAsync();

        Assert.Equal(0, await _host.CountAsync("clicks"));
        Assert.Equal((0, 1), await AuditAsync());
    }

    [Fact]
    public async Task A_partition_that_is_in_use_stays_and_nobody_waits_for_it()
    {
        var link = Make.Link("code");
        await Ledger.RecordAsync(ClickBatch.Of(Make.Click(link)));
        await AuditAsync();
        _host.Clock.Now = Make.Noon.AddDays(20);
        await _host.Database.UseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var read = connection.Command("SELECT count(*) FROM clicks");
            await read.ExecuteNonQueryAsync();

            await _host.Get<PostgresPartitions>().KeepUpAsync();
            return await _host.CountAsync("clicks");
        });
        Assert.Equal(1, await _host.CountAsync("clicks"));

        await _host.Get<PostgresPartitions>().KeepUpAsync();
        Assert.Equal(0, await _host.CountAsync("clicks"));
    }

    [Fact]
    public async Task Clicks_are_kept_while_their_partition_cannot_be_made_and_move_when_it_can()
    {
        var link = Make.Link("code");
        var click = Make.Click(link);
        await _host.Database.UseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var read = connection.Command("SELECT count(*) FROM clicks_default");
            await read.ExecuteNonQueryAsync();
            return (await Ledger.RecordAsync(ClickBatch.Of(click))).Added;
        });
        Assert.Equal(1, await _host.CountAsync("clicks_default"));

        _host.Clock.Now += TimeSpan.FromMinutes(1);
        await Ledger.RecordAsync(ClickBatch.Of(click, Make.Click(link)));

        Assert.Equal((0, 2), (await _host.CountAsync("clicks_default"), await _host.CountAsync("clicks_20260501")));
    }

    [Fact]
    public async Task Partitions_are_made_ahead()
    {
        await _host.Get<PostgresPartitions>().KeepUpAsync();
        await _host.Get<PostgresPartitions>().KeepUpAsync();

        var names = await _host.Database.ReadAsync("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'clicks'::regclass ORDER BY 1", row => row.Text());
        Assert.Equal(["clicks_20260501", "clicks_20260502", "clicks_20260503", "clicks_20260504", "clicks_default"], names);
    }

    private async Task<(long Drift, long Clicks)> AuditAsync()
    {
        await _host.Get<IReportStore>().FoldAllAsync();
        var audit = await Ledger.AuditAsync(TimeSpan.FromSeconds(1));
        return (audit.Drift, audit.Clicks);
    }
}
