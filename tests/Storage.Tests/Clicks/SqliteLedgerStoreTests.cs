using Microsoft.Data.Sqlite;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;
using Xunit;

namespace OrleansLinks.Clicks;

public sealed class SqliteLedgerStoreTests() : LedgerStoreTests(new SqliteHost())
{
    private SqliteDatabase Database => Host.Get<SqliteDatabase>();

    [Fact]
    public async Task Visits_are_forgotten_as_clicks_go_on()
    {
        var link = Make.Link("code");
        for (var round = 0; round < 40; round++)
        {
            Host.Clock.Now = Make.Noon.AddHours(round);
            await RecordAsync([.. Enumerable.Range(0, SqliteVisits.Ranges * SqliteVisits.ClicksPerRange / 16).Select(_ => Make.Click(link, Host.Clock.Now))]);
        }

        // The clicks of 40 hours are two and a half rounds. Of the last hour and a half are 16,384 at most.
        var visits = await CountAsync("visits");
        Assert.InRange(visits, 1, 5 * 16_384);
        var state = await CountAsync("clicks WHERE rowid > (SELECT merged_rowid FROM visits_state)");
        Assert.InRange(state, 1, 2 * SqliteVisits.Ranges * SqliteVisits.ClicksPerRange);
    }

    [Fact]
    public async Task Visits_of_a_rolled_back_transaction_are_forgotten()
    {
        var link = Make.Link("code");
        var visitor = Guid.NewGuid();
        await RecordAsync(Make.Click(link)); // someone else
        using var hold = new ManualResetEventSlim();
        var first = Database.WriteAsync(_ => hold.Wait(TimeSpan.FromSeconds(30)));
        var recording = Ledger.RecordAsync(ClickBatch.Of(Make.Click(link, visitor: visitor)));
        var guilty = Database.WriteAsync<int>(_ => throw new InvalidDataException("guilty"));
        hold.Set();

        await Assert.ThrowsAsync<InvalidDataException>(() => guilty);
        Assert.True(await first);
        Assert.Equal(1, (await recording).Added); // in its second run
        Assert.Equal(2, (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).UniqueClicks);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Empty_texts_stay_empty_and_missing_ones_missing()
    {
        var click = Make.Click(Make.Link("code")) with { LandingPage = "", Referrer = "", UserAgent = null };
        await RecordAsync(click);

        Assert.Equal(click, (await Ledger.FindClickAsync(click.Id))!.Click);
    }

    [Theory]
    [InlineData("UPDATE counters SET clicks = clicks + 5 WHERE scope IN (SELECT number FROM scopes WHERE scope LIKE 'tsk_%')", 5, "task tsk_…: 105 clicks counted, 100 kept")]
    [InlineData("UPDATE counters SET bot_clicks = 3 WHERE scope IN (SELECT number FROM scopes WHERE scope LIKE 'lnk_%')", 3, "link lnk_code: 3 bot clicks counted, 0 kept")]
    [InlineData("DELETE FROM counters WHERE scope IN (SELECT number FROM scopes WHERE scope LIKE 'cmp_%/%')", 200, "partner's share cmp_…: 0 clicks counted, 100 kept")]
    [InlineData("UPDATE counters SET scope = 4711 WHERE scope IN (SELECT number FROM scopes WHERE scope LIKE 'lnk_%')", 400, "a counter without a name: 100 clicks counted, 0 kept")]
    [InlineData("INSERT INTO counters (scope, clicks, unique_clicks, bot_clicks, outside_terms_clicks, version, changed_at) VALUES (4711, 1, 0, 0, 0, 1, 0)", 1, "a counter without a name: 1 clicks counted, 0 kept")]
    [InlineData("DELETE FROM report_segments", 400, "hour from 2026-05-01 12:00 UTC of task tsk_…, by task: 0 clicks counted, 100 kept")]
    [InlineData("DELETE FROM report_segments WHERE kind = 1", 400, "hour from 2026-05-01 12:00 UTC of task tsk_…, by task and reporting value: 0 clicks counted, 100 kept")]
    [InlineData("INSERT INTO report_segments (program, day, kind, rows, body) SELECT program, day - 1000, 0, rows, body FROM report_segments WHERE kind = 2", 400, "hour from 2023-08-05 12:00 UTC of task tsk_…, by task: 100 clicks counted, 0 kept")]
    public async Task An_audit_finds_totals_that_are_not_those_of_the_clicks(string damage, long drift, string finding)
    {
        var link = Make.Link("code");
        await RecordAsync([.. Enumerable.Range(0, 100).Select(_ => Make.Click(link))]);
        await AssertAuditFindsNothingAsync();

        await RunAsync(damage);

        for (var i = 0; i < 2; i++)
        {
            var audit = await Ledger.AuditAsync(AuditBudget);
            Assert.Equal((drift, 100), (audit.Drift, audit.Clicks));
            Assert.Equal(finding, WithoutIds(audit.Findings[0]));
        }
    }

    [Theory]
    [InlineData("DELETE FROM clicks WHERE rowid = (SELECT max(rowid) FROM clicks)")]
    [InlineData("UPDATE clicks SET class = 1 WHERE rowid = (SELECT max(rowid) FROM clicks)")]
    [InlineData("DELETE FROM clicks WHERE rowid = 5")]
    [InlineData("UPDATE clicks SET class = 1 WHERE rowid = 5")]
    [InlineData("UPDATE clicks SET is_bot = 1 - is_bot WHERE rowid = 70000")]
    [InlineData("UPDATE clicks SET link = link + 1 WHERE rowid = 6")]
    [InlineData("UPDATE clicks SET at = at + 3600000 WHERE rowid = 6")]
    public async Task An_audit_finds_clicks_that_are_not_those_of_the_totals(string damage)
    {
        // More than a range, so that old ones are folded and new ones are not.
        await RecordManyAsync(SqliteLedgerAudit.RangeLength + 10_000);
        await AssertAuditFindsNothingAsync();
        await RecordManyAsync(100);
        Assert.InRange(await FoldedAsync(), SqliteLedgerAudit.RangeLength, SqliteLedgerAudit.RangeLength + 10_000);

        await RunAsync(damage);

        for (var i = 0; i < 2; i++)
        {
            var audit = await Ledger.AuditAsync(TimeSpan.Zero);
            Assert.InRange(audit.Drift, 1, 40);
            Assert.NotEmpty(audit.Findings);
        }
    }

    [Fact]
    public async Task An_audit_finds_an_old_rollup_that_was_changed()
    {
        var link = Make.Link("code");
        for (var hour = 0; hour < 50; hour++)
            await RecordManyAsync(400, link, Make.Noon.AddHours(hour));

        await AssertAuditFindsNothingAsync();
        Assert.NotEqual(0, await FoldedAsync());
        var day = LedgerOrder.DayOf(Make.Noon);
        var segments = await Database.ReadAsync(session => session.Prepare("SELECT number, kind, body FROM report_segments WHERE day = ?").Bind(day)
            .All(row => (Number: row.Int64(), Kind: row.Int32(), Body: row.Bytes())));
        var (number, _, body) = segments.Single(segment => segment.Kind == (int)SegmentKind.Reduced);
        var other = new SegmentBuilder();
        foreach (var (slot, task, code, tally) in new ReportSegment(body).Tallies())
            other.Add(new ReportFacts(default, task, slot == 60 && code is not null ? "other" : code, (day * 86400L) + (slot * 900), null, 0), null, tally);

        await ReplaceAsync(other.Write());

        var audit = await Ledger.AuditAsync(AuditBudget);

        Assert.Equal(1, audit.Drift);
        Assert.Equal("hour from 2026-05-01 15:00 UTC of task tsk_…, by link: clicks are counted elsewhere than they belong, with the same sums", WithoutIds(Assert.Single(audit.Findings)));

        await ReplaceAsync(body);
        await AssertAuditFindsNothingAsync();

        Task<int> ReplaceAsync(byte[] with) => Database.WriteAsync(session => session.Prepare("UPDATE report_segments SET body = ? WHERE number = ?").Bind(with).Bind(number).Run());
    }

    [Fact]
    public async Task An_audit_goes_on_after_reopening()
    {
        await RecordManyAsync(20_000);
        await AssertAuditFindsNothingAsync();
        await Host.CloseAsync();
        await RecordManyAsync(20_000);

        var audit = await Ledger.AuditAsync(TimeSpan.Zero);

        Assert.Equal((0, 40_000), (audit.Drift, audit.Clicks));
    }

    [Fact]
    public async Task An_audit_has_ten_findings_at_most()
    {
        await RecordAsync([.. Enumerable.Range(0, 30).Select(i => Make.Click(Make.Link($"code{i}")))]);
        await RunAsync("UPDATE counters SET clicks = clicks + 1");

        var audit = await Ledger.AuditAsync(TimeSpan.Zero);

        Assert.Equal((120, 10), (audit.Drift, audit.Findings.Length));
    }

    [Fact]
    public async Task Clicks_of_a_database_from_before_rollups_are_rolled_up()
    {
        var program = Make.Id(EntityId.Program);
        var links = Enumerable.Range(0, 3).Select(i => Make.Link($"code{i}") with { ProgramId = program }).ToArray();
        await RecordAsync([.. Enumerable.Range(0, 500).Select(i => Make.Click(links[i % 3], Make.Noon.AddMinutes(11 * i)) with
        {
            LinkCode = i % 10 == 0 ? null : links[i % 3].Code,
            IsBot = i % 7 == 0,
            Class = i % 5 == 0 ? ClickClass.OutsideTerms : ClickClass.InTerms,
        })]);
        var visitor = Guid.NewGuid();
        await RecordAsync(Make.Click(links[0], Make.Noon.AddDays(5), visitor));
        var expected = await ReadRollupsAsync(program);
        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfLink("code1"));
        var pages = await Task.WhenAll(links.Select(link => Ledger.ListClicksAsync(link.TaskId, null, 500)));
        await ToVersion1Async();

        Assert.Equal(expected, await ReadRollupsAsync(program));
        Assert.Equal(totals, await Ledger.ReadCountersAsync(CounterScopes.OfLink("code1")));
        Assert.Equal(pages, await Task.WhenAll(links.Select(link => Ledger.ListClicksAsync(link.TaskId, null, 500))));
        Assert.Equal(501, (await Ledger.AuditAsync(AuditBudget)).Clicks);
        await AssertAuditFindsNothingAsync();

        await RecordAsync(Make.Click(links[0], Make.Noon.AddDays(5).AddMinutes(1), visitor));
        await AssertAuditFindsNothingAsync();
    }

    /// <summary>Makes the database one that the first release wrote.</summary>
    private async Task ToVersion1Async()
    {
        await Host.CloseAsync();
        var path = Path.Combine(((SqliteHost)Host).Folder, SqliteDatabase.FileName);
        var old = path + ".v1";
        var assembly = typeof(SqliteSchema).Assembly;
        var script = assembly.GetManifestResourceNames().Single(name => name.EndsWith("LinksSchema.001-links-clicks-lists.sql", StringComparison.Ordinal));
        using (var reader = new StreamReader(assembly.GetManifestResourceStream(script)!))
        using (var connection = new SqliteConnection($"Data Source={old};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                $"""
                {await reader.ReadToEndAsync()}
                PRAGMA user_version = 1;
                ATTACH '{path}' AS new;
                INSERT INTO clicks
                SELECT c.id, substr(s.scope, 5), t.task_id, t.campaign_id, t.partner_id, p.program_id, c.at, c.class, c.outside_terms_reason, c.is_bot,
                  c.visitor, c.landing_page, c.referrer, u.user_agent, c.sub_id1, c.sub_id2, c.sub_id3, c.shared_id, c.param, c.is_unique
                FROM new.clicks c JOIN new.click_tasks t ON t.number = c.task JOIN new.click_programs p ON p.number = t.program
                  LEFT JOIN new.scopes s ON s.number = c.link LEFT JOIN new.user_agents u ON u.number = c.user_agent
                ORDER BY c.rowid;
                INSERT INTO counters
                SELECT s.scope, c.clicks, c.unique_clicks, c.bot_clicks, c.outside_terms_clicks, c.version, c.changed_at
                FROM new.counters c JOIN new.scopes s ON s.number = c.scope;
                INSERT INTO visits SELECT * FROM new.visits;
                """;
            command.ExecuteNonQuery();
        }

        File.Move(old, path, overwrite: true);
    }

    private async Task RecordManyAsync(int count, Links.Link? link = null, DateTimeOffset? at = null)
    {
        link ??= Make.Link("many");
        for (var sent = 0; sent < count; sent += 4000)
            await RecordAsync([.. Enumerable.Range(0, Math.Min(4000, count - sent)).Select(i => Make.Click(link, at) with { LinkCode = i % 4 == 0 ? null : link.Code, IsBot = i % 3 == 0 })]);
    }

    private Task<int> RunAsync(string sql) => Database.WriteAsync(session => session.Prepare(sql).Run());

    private Task<long> CountAsync(string rows) =>
        Database.ReadAsync(session => session.Prepare($"SELECT count(*) FROM {rows}").First(row => row.Int64(), 0));

    private Task<long> FoldedAsync() =>
        Database.ReadAsync(session => session.Prepare("SELECT last_rowid FROM audit_state").First(row => row.Int64(), 0));

    private static string WithoutIds(string text) => System.Text.RegularExpressions.Regex.Replace(text, "(tsk|prg|cmp)_[^:, ]+", "$1_…");
}
