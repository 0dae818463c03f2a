using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Clicks;

/// <summary>What the audit finds.</summary>
public sealed class PostgresAuditTests : IAsyncDisposable
{
    private readonly PostgresHost _host = new();
    private readonly string _program = Make.Id(EntityId.Program);

    private static readonly TimeSpan AuditBudget = TimeSpan.FromSeconds(1);

    private ILedgerStore Ledger => _host.Get<ILedgerStore>();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("UPDATE counters SET clicks = clicks + 5 WHERE get_byte(scope, 0) = 116", 5, "task tsk_…: 105 clicks counted, 100 kept")]
    [InlineData("UPDATE counters SET bot_clicks = 3 WHERE get_byte(scope, 0) = 108", 3, "link lnk_code: 3 bot clicks counted, 0 kept")]
    [InlineData("DELETE FROM counters WHERE get_byte(scope, 0) = 112", 200, "partner's share cmp_…: 0 clicks counted, 100 kept")]
    [InlineData("INSERT INTO counters VALUES ('lnever', 1, 0, 0, 0, 1, 0)", 1, "link lnk_never: 1 clicks counted, 0 kept")]
    [InlineData("UPDATE task_hours SET unique_clicks = unique_clicks - 1", 1, "hour from 2026-05-01 12:00 UTC of task tsk_…, by task: 99 unique clicks counted, 100 kept")]
    [InlineData("UPDATE link_hours SET clicks = clicks + 2", 2, "hour from 2026-05-01 12:00 UTC of task tsk_…, by link: 102 clicks counted, 100 kept")]
    [InlineData("DELETE FROM task_days", 200, "day from 2026-05-01 00:00 UTC of task tsk_…, by task: 0 clicks counted, 100 kept")]
    [InlineData("UPDATE task_days SET outside_terms_clicks = 1", 1, "day from 2026-05-01 00:00 UTC of task tsk_…, by task: 1 clicks outside terms counted, 0 kept")]
    [InlineData("INSERT INTO task_hours SELECT program_id, start, gen_random_uuid(), campaign_id, partner_id, 3, 0, 0, 0 FROM task_hours", 3, "hour from 2026-05-01 12:00 UTC of task tsk_…, by task: 3 clicks counted, 0 kept")]
    public async Task An_audit_finds_totals_that_are_not_those_of_the_clicks(string damage, long drift, string finding)
    {
        var link = Make.Link("code");
        await Ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 100).Select(_ => Make.Click(link))]));
        await AssertAuditFindsNothingAsync();

        await _host.RunAsync(damage);

        for (var i = 0; i < 2; i++)
        {
            var audit = await Ledger.AuditAsync(AuditBudget);
            Assert.Equal((drift, 100), (audit.Drift, audit.Clicks));
            Assert.Equal(finding, Regex.Replace(audit.Findings[0], "(tsk|prg|cmp)_[^:, ]+", "$1_…"));
        }
    }

    [Fact]
    public async Task An_audit_finds_what_was_moved_from_one_task_to_another_of_the_same_hour()
    {
        var links = Enumerable.Range(0, 2).Select(i => Make.Link($"code{i}") with { ProgramId = _program }).ToArray();
        await Ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 100).Select(i => Make.Click(links[i % 2]))]));
        await AssertAuditFindsNothingAsync();

        await _host.RunAsync("UPDATE task_hours SET clicks = clicks + CASE WHEN task_id = (SELECT min(task_id::text)::uuid FROM task_hours) THEN 1 ELSE -1 END");

        Assert.Equal(2, (await Ledger.AuditAsync(TimeSpan.Zero)).Drift);
    }

    [Fact]
    public async Task An_audit_finds_clicks_that_are_not_those_of_the_totals()
    {
        // More than a range, so that some were folded long ago and some are not folded yet.
        var link = Make.Link("many");
        await RecordManyAsync(PostgresLedgerAudit.RangeLength + 10_000, link, Make.Noon);
        await AssertAuditFindsNothingAsync();
        foreach (var place in new[] { "(SELECT min(position) + 4 FROM clicks)", "(SELECT min(position) + 69999 FROM clicks)", "(SELECT max(position) FROM clicks)" })
        {
            foreach (var damage in new[] { "DELETE FROM clicks", "UPDATE clicks SET class = 1 - class", "UPDATE clicks SET is_bot = NOT is_bot", "UPDATE clicks SET is_unique = NOT is_unique" })
            {
                await RecordManyAsync(20, link, Make.Noon);
                await _host.RunAsync($"CREATE TABLE saved AS SELECT * FROM clicks WHERE position = {place}");
                await _host.RunAsync($"{damage} WHERE position = (SELECT position FROM saved)");
                for (var i = 0; i < 2; i++)
                {
                    var audit = await Ledger.AuditAsync(TimeSpan.Zero);
                    Assert.InRange(audit.Drift, 1, 40);
                    Assert.NotEmpty(audit.Findings);
                }

                await _host.RunAsync("DELETE FROM clicks WHERE id = (SELECT id FROM saved); INSERT INTO clicks SELECT * FROM saved; DROP TABLE saved");

                // What was folded as it was is right again; what was folded damaged differs from now on.
                if (!place.Contains("max", StringComparison.Ordinal))
                    await AssertAuditFindsNothingAsync();
            }
        }
    }

    [Fact]
    public async Task An_audit_finds_an_old_rollup_that_was_changed_until_it_is_right_again()
    {
        var link = Make.Link("code");
        for (var hour = 0; hour < 50; hour++)
            await RecordManyAsync(40, link, Make.Noon.AddHours(hour));

        await AssertAuditFindsNothingAsync();
        await _host.RunAsync($"UPDATE link_hours SET clicks = clicks + 1 WHERE start = {Make.Noon.AddHours(3).ToUnixTimeSeconds()}");

        // Each goes on with the round over old hours, by 16 at least.
        var audit = await Ledger.AuditAsync(TimeSpan.Zero);
        for (var i = 1; i < 4; i++)
            audit = await Ledger.AuditAsync(TimeSpan.Zero);

        Assert.Equal(1, audit.Drift);
        Assert.Contains("hour from 2026-05-01 15:00 UTC", Assert.Single(audit.Findings), StringComparison.Ordinal);
        await _host.RunAsync($"UPDATE link_hours SET clicks = clicks - 1 WHERE start = {Make.Noon.AddHours(3).ToUnixTimeSeconds()}");
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Two_auditors_at_once_find_nothing_and_fold_each_click_once()
    {
        await using var other = _host.Other();
        ILedgerStore[] ledgers = [Ledger, other.GetRequiredService<ILedgerStore>()];
        await RecordManyAsync(12_000, Make.Link("code"), Make.Noon);

        var audits = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => ledgers[i % 2].AuditAsync(TimeSpan.Zero))));

        Assert.All(audits, audit => Assert.Equal((0, 12_000), (audit.Drift, audit.Clicks)));
    }

    [Fact]
    public async Task An_audit_goes_on_after_reopening()
    {
        var link = Make.Link("code");
        await RecordManyAsync(5000, link, Make.Noon);
        await AssertAuditFindsNothingAsync();
        await _host.CloseAsync();
        await RecordManyAsync(5000, link, Make.Noon);

        var audit = await Ledger.AuditAsync(TimeSpan.Zero);

        Assert.Equal((0, 10_000), (audit.Drift, audit.Clicks));
    }

    [Fact]
    public async Task An_audit_has_ten_findings_at_most()
    {
        await Ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 30).Select(i => Make.Click(Make.Link($"code{i}")))]));
        await _host.RunAsync("UPDATE counters SET clicks = clicks + 1");

        var audit = await Ledger.AuditAsync(TimeSpan.Zero);

        Assert.Equal((120, 10), (audit.Drift, audit.Findings.Length));
    }

    private async Task AssertAuditFindsNothingAsync() => Assert.Empty((await Ledger.AuditAsync(TimeSpan.FromSeconds(1))).Findings);

    private async Task RecordManyAsync(int count, Links.Link link, DateTimeOffset at)
    {
        for (var sent = 0; sent < count; sent += 4000)
            await Ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, Math.Min(4000, count - sent)).Select(i => Make.Click(link, at) with { LinkCode = i % 4 == 0 ? null : link.Code, IsBot = i % 3 == 0 })]));
    }
}
