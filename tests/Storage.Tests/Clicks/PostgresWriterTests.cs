using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Clicks;

/// <summary>Several who record at once, and what goes wrong meanwhile.</summary>
public sealed class PostgresWriterTests : IAsyncDisposable
{
    private readonly PostgresHost _host = new();
    private readonly string _campaign = Make.Id(EntityId.Campaign);

    private ILedgerStore Ledger => _host.Get<ILedgerStore>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Writers_of_overlapping_batches_count_each_click_and_each_visitor_once()
    {
        var links = Enumerable.Range(0, 12).Select(i => Make.Link($"code{i}") with { CampaignId = _campaign }).ToArray();
        var visitors = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToArray();
        var random = new Random(1);
        Click[] pool = [.. Enumerable.Range(0, 3000).Select(_ => Make.Click(links[random.Next(links.Length)], Make.Noon.AddSeconds(random.Next(600)), visitors[random.Next(visitors.Length)]))];
        await using var other = _host.Other();
        ILedgerStore[] ledgers = [Ledger, other.GetRequiredService<ILedgerStore>()];

        // Each click is in several batches, which come in another order from each of the writers.
        var recording = Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            var order = new Random(writer);
            var added = 0;
            foreach (var batch in Enumerable.Range(0, 30).OrderBy(_ => order.Next()))
                added += await RecordStubbornlyAsync(ledgers[writer % 2], ClickBatch.Of([.. pool.Skip(batch * 90).Take(390).OrderBy(_ => order.Next())]));

            return added;
        })).ToArray();

        Assert.Equal(3000, (await Task.WhenAll(recording)).Sum());
        Assert.Equal(3000, (await Ledger.ReadCountersAsync(_campaign)).Clicks);
        var pairs = pool.Select(click => (click.LinkCode, click.Visitor)).Distinct().Count();
        Assert.Equal(pairs, (await Ledger.ReadCountersAsync(_campaign)).UniqueClicks);
        Assert.Equal(pairs, await _host.CountAsync("(SELECT DISTINCT link_code, visitor FROM clicks WHERE is_unique) c"));
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Batches_whose_connections_are_killed_are_sent_again_and_count_once()
    {
        var links = Enumerable.Range(0, 8).Select(i => Make.Link($"code{i}") with { CampaignId = _campaign }).ToArray();
        var batches = Enumerable.Range(0, 40).Select(_ => ClickBatch.Of([.. Enumerable.Range(0, 250).Select(i => Make.Click(links[i % links.Length]))])).ToArray();
        var ledger = Ledger;
        var next = -1;
        var recording = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int batch; (batch = Interlocked.Increment(ref next)) < batches.Length;)
                await RecordStubbornlyAsync(ledger, batches[batch]);
        })).ToArray();

        await using var admin = NpgsqlDataSource.Create(_host.Options.ConnectionString);
        var killed = 0L;
        do
        {
            await using var kill = admin.CreateCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'");
            killed += (long)(await kill.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
        while (!recording.All(task => task.IsCompleted) && killed < 60);

        await Task.WhenAll(recording);
        Assert.NotEqual(0, killed);
        Assert.Equal(10_000, (await Ledger.ReadCountersAsync(_campaign)).Clicks);
        Assert.Equal(10_000, await _host.CountAsync("clicks"));
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task A_batch_that_fails_half_way_leaves_nothing_and_can_be_sent_again()
    {
        var link = Make.Link("code");
        var batch = ClickBatch.Of([.. Enumerable.Range(0, 100).Select(_ => Make.Click(link))]);
        await _host.RunAsync("ALTER TABLE counters ADD CONSTRAINT refused CHECK (false)");
        await Assert.ThrowsAsync<PostgresException>(() => Ledger.RecordAsync(batch));
        Assert.Equal((0, 0), (await _host.CountAsync("clicks"), await _host.CountAsync("counters")));

        await _host.RunAsync("ALTER TABLE counters DROP CONSTRAINT refused");

        Assert.Equal(100, (await Ledger.RecordAsync(batch)).Added);
        Assert.Equal(100, (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).UniqueClicks);
        await AssertAuditFindsNothingAsync();
    }

    private async Task AssertAuditFindsNothingAsync() => Assert.Empty((await Ledger.AuditAsync(TimeSpan.FromSeconds(1))).Findings);

    /// <summary>Sends a batch until it is acknowledged, as a shipper does.</summary>
    private static async Task<int> RecordStubbornlyAsync(ILedgerStore ledger, ClickBatch batch)
    {
        while (true)
        {
            try
            {
                return (await ledger.RecordAsync(batch)).Added;
            }
            catch (NpgsqlException)
            {
                // The same batch again.
            }
        }
    }
}
