using System.Collections.Immutable;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using Xunit;

namespace OrleansLinks.Clicks;

public sealed class PostgresLedgerStoreTests() : LedgerStoreTests(new PostgresHost())
{
    private PostgresHost Postgres => (PostgresHost)Host;

    [Fact]
    public async Task A_click_goes_to_the_partition_of_its_day_and_one_with_an_absurd_id_to_the_default()
    {
        var link = Make.Link("code");
        DateTimeOffset[] times = [Make.Noon, Make.Noon.AddDays(-20), Make.Noon.AddDays(3), Make.Noon.AddDays(4), Make.Noon.AddDays(-400), Make.Noon.AddYears(900)];
        var clicks = times.Select(time => Make.Click(link, Make.Noon) with { Id = Guid.CreateVersion7(time) }).ToArray();
        await RecordAsync([.. clicks, Make.Click(link) with { Id = Guid.NewGuid() }]);
        Assert.Equal(0, await RecordAsync([.. clicks]));

        Assert.Equal(["clicks_20260411", "clicks_20260501", "clicks_20260504", "clicks_default"], await PartitionsAsync());
        Assert.Equal(4, await Postgres.CountAsync("clicks_default"));
        Assert.Equal(7, (await Ledger.ListClicksAsync(link.TaskId, null, 100)).Length);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task A_click_of_tomorrow_moves_to_its_partition_when_that_is_made_and_still_counts_once()
    {
        var link = Make.Link("code");
        var early = Make.Click(link, Make.Noon.AddDays(5));
        await RecordAsync(early);
        Assert.Equal(1, await Postgres.CountAsync("clicks_default"));
        Host.Clock.Now = Make.Noon.AddDays(5);

        Assert.Equal(1, await RecordAsync(early, Make.Click(link, Host.Clock.Now)));

        Assert.Equal((2, 0), (await Postgres.CountAsync("clicks_20260506"), await Postgres.CountAsync("clicks_default")));
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task A_list_is_in_the_order_of_ids_over_all_partitions()
    {
        var link = Make.Link("code");
        Host.Clock.Now = Make.Noon.AddDays(20);
        Click[] clicks = [.. Enumerable.Range(0, 60).Select(i => Make.Click(link, Make.Noon.AddHours(i * i / 6)) with { Id = Guid.CreateVersion7(Make.Noon.AddHours(i * i / 6).AddMilliseconds(i)) })];
        clicks[59] = clicks[59] with { Id = Guid.CreateVersion7(Make.Noon.AddYears(70)) };
        clicks[0] = clicks[0] with { Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch) };
        await RecordAsync([.. clicks.OrderBy(click => click.Visitor)]);

        foreach (var size in new[] { 1, 7, 60, 100 })
        {
            var seen = new List<Guid>();
            ImmutableArray<ClickRecord> page;
            do
            {
                page = await Ledger.ListClicksAsync(link.TaskId, seen.Count == 0 ? null : seen[^1], size);
                seen.AddRange(page.Select(record => record.Click.Id));
            }
            while (page.Length == size);

            Assert.Equal(clicks.Select(click => click.Id).Reverse(), seen);
        }
    }

    [Fact]
    public async Task Visits_are_forgotten_a_table_at_a_time_as_hours_go_by()
    {
        var link = Make.Link("code");
        var visitor = Guid.NewGuid();
        for (var hour = 0; hour < 20; hour++)
        {
            Host.Clock.Now = Make.Noon.AddHours(hour);
            await RecordAsync([.. Enumerable.Range(0, 50).Select(_ => Make.Click(link, Host.Clock.Now)), Make.Click(link, Host.Clock.Now, visitor), Make.Click(link, Host.Clock.Now.AddMinutes(20), visitor)]);
        }

        for (var slot = 0; slot < PostgresVisits.Slots; slot++)
            Assert.Equal(51, await Postgres.CountAsync($"visits_{slot}"));

        // A click an hour late finds the visit after it.
        await RecordAsync([Make.Click(link, Host.Clock.Now.AddHours(-1).AddMinutes(55), visitor)]);
        Assert.Equal(20 * 51, (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).UniqueClicks);
    }

    private Task<List<string>> PartitionsAsync() => Postgres.Database.ReadAsync(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'clicks'::regclass ORDER BY 1", row => row.Text());
}
