using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Reports;
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
    [InlineData("DELETE FROM report_segments", 400, "hour from 2026-05-01 12:00 UTC of task tsk_…, by task: 0 clicks counted, 100 kept")]
    [InlineData("DELETE FROM report_segments WHERE kind = 1", 400, "hour from 2026-05-01 12:00 UTC of task tsk_…, by task and reporting value: 0 clicks counted, 100 kept")]
    [InlineData("INSERT INTO report_segments (program_id, day, kind, rows, body) SELECT program_id, day - 1000, 0, rows, body FROM report_segments WHERE kind = 2", 400, "hour from 2023-08-05 12:00 UTC of task tsk_…, by task: 100 clicks counted, 0 kept")]
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
        var day = LedgerOrder.DayOf(Make.Noon);
        await _host.RunAsync($"CREATE TABLE saved AS SELECT * FROM report_segments WHERE day = {day}; DELETE FROM report_segments WHERE day = {day}");

        // Each goes on with the round over old days, by one at least.
        var audit = await Ledger.AuditAsync(TimeSpan.Zero);
        for (var i = 1; i < 4; i++)
            audit = await Ledger.AuditAsync(TimeSpan.Zero);

        Assert.NotEqual(0, audit.Drift);
        Assert.Contains("hour from 2026-05-01 12:00 UTC", audit.Findings[0], StringComparison.Ordinal);
        await _host.RunAsync("INSERT INTO report_segments OVERRIDING SYSTEM VALUE SELECT * FROM saved");
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

    private async Task AssertAuditFindsNothingAsync()
    {
        await _host.Get<IReportStore>().FoldAllAsync();
        Assert.Empty((await Ledger.AuditAsync(TimeSpan.FromSeconds(1))).Findings);
    }

    private async Task RecordManyAsync(int count, Links.Link link, DateTimeOffset at)
    {
        for (var sent = 0; sent < count; sent += 4000)
            await Ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, Math.Min(4000, count - sent)).Select(i => Make.Click(link, at) with { LinkCode = i % 4 == 0 ? null : link.Code, IsBot = i % 3 == 0 })]));
    }
}
