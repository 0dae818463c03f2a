using System.Text;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.Exports;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using Xunit;

namespace OrleansLinks.Clicks;

/// <summary>How PostgreSQL goes about the questions that are asked, over tables that are large enough to matter.</summary>
public sealed class PostgresPlanTests(PostgresPlanTests.FilledHost filled) : IClassFixture<PostgresPlanTests.FilledHost>
{
    [Fact]
    public async Task A_click_is_looked_up_in_the_partition_of_its_day_alone()
    {
        var plan = await ExplainAsync(PostgresLedgerStore.FindClick, Parameter.Of(filled.ClickId));

        AssertReadsByIndex(plan);
        Assert.Equal(["clicks_20260510"], PartitionsOf(plan));
    }

    [Fact]
    public async Task A_page_of_a_tasks_clicks_reads_no_more_rows_than_it_has_and_few_partitions()
    {
        var today = LedgerOrder.DayOf(Make.Noon.AddDays(19));
        var plan = await ExplainAsync(
            PostgresLedgerStore.ListClicks,
            Parameter.Of(filled.Task, EntityId.Task), Parameter.Of(LedgerOrder.FirstOf(today - 1)), Parameter.Of(LedgerOrder.FirstOf(today + 1)), Parameter.Of(50));

        // The partitions one after the other, the second only if the first is not enough.
        AssertReadsByIndex(plan);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.Equal(["clicks_20260519", "clicks_20260520"], PartitionsOf(plan));
        Assert.Contains("never executed", plan, StringComparison.Ordinal);
        Assert.All(ActualRowsOf(plan), rows => Assert.InRange(rows, 0, 50));
    }

    [Fact]
    public async Task A_page_over_all_partitions_reads_each_by_index()
    {
        var plan = await ExplainAsync(
            PostgresLedgerStore.ListClicks, Parameter.Of(filled.Task, EntityId.Task), Parameter.Of(Guid.Empty), Parameter.Of(Guid.AllBitsSet), Parameter.Of(50));

        AssertReadsByIndex(plan);
        Assert.Equal(21, PartitionsOf(plan).Count);
        Assert.All(ActualRowsOf(plan), rows => Assert.InRange(rows, 0, 50));
    }

    [Fact]
    public async Task The_audit_reads_new_and_old_clicks_by_their_positions()
    {
        AssertReadsByIndex(await ExplainAsync(PostgresLedgerAudit.Fold, Parameter.Of(filled.Position), Parameter.Of(filled.Position + 1000), Parameter.Of((short)0), Parameter.Of(filled.Day.From), Parameter.Of(filled.Day.To)));
        AssertReadsByIndex(await ExplainAsync(
            PostgresLedgerAudit.DifferentRange, Parameter.Of(filled.Position >> 16), Parameter.Of(filled.Position + 500), Parameter.Of(filled.Day.From), Parameter.Of(0), Parameter.Of(filled.Day.To)));
        Assert.Equal(LedgerOrder.DayOf(filled.Day.From) + 1, LedgerOrder.DayOf(filled.Day.To));
    }

    [Fact]
    public async Task A_batch_that_comes_again_finds_its_clicks_by_index()
    {
        var ids = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7(Make.Noon.AddDays(9))).ToArray();
        var plan = await ExplainAsync(PostgresRecording.FindKnown, Parameter.Of(ids), Parameter.Of(ids[0]), Parameter.Of(Guid.CreateVersion7(Make.Noon.AddDays(9).AddSeconds(1))));

        AssertReadsByIndex(plan);
        Assert.Equal(["clicks_20260510"], PartitionsOf(plan));
    }

    [Fact]
    public async Task Links_lists_counters_and_rollups_are_read_by_index()
    {
        AssertReadsByIndex(await ExplainAsync(PostgresLinkStore.Find, Parameter.Of("code77")));
        AssertReadsByIndex(await ExplainAsync(PostgresLinkStore.List, Parameter.Of(filled.Task, EntityId.Task), Parameter.Of(long.MaxValue), Parameter.Of(51L)));
        AssertReadsByIndex(await ExplainAsync(PostgresLedgerStore.ReadCounters, Parameter.Of(LedgerOrder.ScopeOf(filled.Task)!)));
        AssertReadsByIndex(await ExplainAsync(PostgresLedgerStore.ReadManyCounters, Parameter.Of(new[] { LedgerOrder.ScopeOf(filled.Task)!, LedgerOrder.ScopeOf(filled.Task)! })));
        AssertReadsByIndex(await ExplainAsync(
            PostgresReportStore.ReadSegments,
            Parameter.Of(filled.Program, EntityId.Program), Parameter.Of(LedgerOrder.DayOf(Make.Noon)), Parameter.Of(LedgerOrder.DayOf(Make.Noon) + 1), Parameter.Of(new short[] { 0, 2 })));
        AssertReadsByIndex(await ExplainAsync(PostgresReportStore.ReadClicks, Parameter.Of(filled.Position), Parameter.Of(filled.Position + 1000), Parameter.OfOrNull(null), Parameter.Of(filled.Day.From), Parameter.Of(filled.Day.To)));
    }

    [Fact]
    public async Task A_page_of_an_export_reads_of_each_task_what_it_takes_in_the_partition_of_its_day_alone()
    {
        var day = LedgerOrder.DayOf(Make.Noon.AddDays(9));
        var tasks = filled.Tasks.Take(40).ToArray();
        var begin = LedgerOrder.FirstOf(day);
        var plan = await ExplainAsync(
            PostgresExportStore.FindIds,
            Parameter.Of(Enumerable.Range(0, tasks.Length).ToArray()), Parameter.Of(tasks), Parameter.Of(tasks.Select(_ => begin).ToArray()),
            Parameter.Of(begin), Parameter.Of(LedgerOrder.FirstOf(day + 1)), Parameter.Of(4L));

        AssertReadsByIndex(plan);
        Assert.Equal(["clicks_20260510"], PartitionsOf(plan));
        Assert.All(ActualRowsOf(plan), rows => Assert.InRange(rows, 0, 4 * tasks.Length));

        var ids = await filled.Host.Database.ReadClicksAsync("SELECT id FROM clicks WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 100", row => row.Guid(), Parameter.Of(begin), Parameter.Of(LedgerOrder.FirstOf(day + 1)));
        plan = await ExplainAsync(PostgresExportStore.ReadClicks, Parameter.Of(ids.ToArray()), Parameter.Of(ids[0]), Parameter.Of(ids[^1]));

        AssertReadsByIndex(plan);
        Assert.Equal(["clicks_20260510"], PartitionsOf(plan));
    }

    [Theory]
    [InlineData("program_id")]
    [InlineData("campaign_id")]
    [InlineData("partner_id")]
    public async Task A_page_of_exported_conversions_reads_no_more_rows_than_it_has(string column)
    {
        var plan = await ExplainAsync(PostgresExportStore.ListOf(column), Parameter.Of(filled.Holder), Parameter.Of(1_000L), Parameter.Of(5L), Parameter.Of(long.MaxValue), Parameter.Of(50L));

        AssertReadsByIndex(plan);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.All(ActualRowsOf(plan), rows => Assert.Equal(50, rows));
    }

    [Fact]
    public async Task The_tasks_of_an_export_are_found_by_index()
    {
        AssertReadsByIndex(await ExplainAsync(PostgresExportStore.FindTasks, Parameter.Of("tasks:cmp_x7"), Parameter.Of("tasks:prt_x")));
        AssertReadsByIndex(await ExplainAsync(PostgresExportStore.FindTasksOfProgram, Parameter.Of("campaigns:x::"), Parameter.Of((string?)null)));
    }

    [Fact]
    public async Task A_search_looks_the_names_of_its_list_up_and_no_others()
    {
        // 20 ids are on the list, and 40,000 have names.
        var plan = await ExplainAsync(PostgresDirectoryStore.SearchFirst, Parameter.Of("tasks:cmp_x7"), Parameter.Of(50), Parameter.Of("absent"));
        AssertReadsByIndex(plan);
        Assert.Contains("loops=20)", plan, StringComparison.Ordinal);

        // A page that is found at once ends the search.
        plan = await ExplainAsync(PostgresDirectoryStore.SearchNext, Parameter.Of("tasks:prt_x"), Parameter.Of(50), Parameter.Of("name"), Parameter.Of("tsk_x5"));
        AssertReadsByIndex(plan);
        Assert.Contains("loops=50)", plan, StringComparison.Ordinal);
        Assert.All(ActualRowsOf(plan), rows => Assert.InRange(rows, 0, 50));
    }

    [Fact]
    public async Task Who_looks_for_ids_without_a_name_reads_the_piece_alone()
    {
        var plan = await ExplainAsync(PostgresDirectoryStore.ListNameless, Parameter.Of("tasks:cmp_x7"), Parameter.Of("tsk_x7"), Parameter.Of(100));
        AssertReadsByIndex(plan);
        Assert.All(ActualRowsOf(plan), rows => Assert.InRange(rows, 0, 100));
    }

    private static void AssertReadsByIndex(string plan)
    {
        Assert.DoesNotMatch("Seq Scan on (clicks|links|counters|report_|conversions|directory)", plan);
        Assert.Contains("Index", plan, StringComparison.Ordinal);
    }

    private static SortedSet<string> PartitionsOf(string plan) => new(
        System.Text.RegularExpressions.Regex.Matches(plan, " on (clicks_(\\d+|default)) ").Select(match => match.Groups[1].Value), StringComparer.Ordinal);

    private static IEnumerable<long> ActualRowsOf(string plan) =>
        System.Text.RegularExpressions.Regex.Matches(plan, "actual rows=(\\d+)").Select(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The plan by which a statement really ran; what it changed is undone.</summary>
    private Task<string> ExplainAsync(string sql, params Npgsql.NpgsqlParameter[] parameters) => filled.Host.Database.UseAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = connection.Command($"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sql}", parameters);
        return new StringBuilder().AppendJoin('\n', await explain.ReadAsync(row => row.Text())).ToString();
    });

    /// <summary>20 days of 3,000 clicks each over 60 tasks, links and rollups, with statistics.</summary>
    public sealed class FilledHost : IAsyncLifetime
    {
        private const int Days = 20;

        public string Task { get; } = Make.Id(EntityId.Task);

        public string Program { get; private set; } = "";

        /// <summary>All tasks.</summary>
        public IReadOnlyList<Guid> Tasks { get; private set; } = [];

        /// <summary>A program, campaign and partner of every fourth of 20,000 conversions.</summary>
        public Guid Holder { get; } = new(1, 0, 0, new byte[8]);

        public Guid ClickId { get; private set; }

        public long Position { get; private set; }

        /// <summary>The bounds of the day of that position.</summary>
        public (Guid From, Guid To) Day { get; private set; }

        internal PostgresHost Host { get; } = new();

        public async ValueTask InitializeAsync()
        {
            var tasks = Enumerable.Range(0, 60).Select(i => i == 0 ? Task : Make.Id(EntityId.Task)).ToArray();
            Tasks = [.. tasks.Select(task => EntityId.Parse(task, EntityId.Task))];
            var links = Enumerable.Range(0, 3000).Select(i => Make.Link($"code{i}", tasks[i % tasks.Length])).ToArray();
            await Host.Get<ILinkStore>().AddAsync([.. links], atomic: false);
            for (var day = 0; day < Days; day++)
            {
                Host.Clock.Now = Make.Noon.AddDays(day);
                Click[] clicks = [.. links.Select(link => Make.Click(link, Host.Clock.Now))];
                await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of([.. clicks]));
                if (day == 9)
                    ClickId = clicks[100].Id;
            }

            Program = links[0].ProgramId;
            await Host.Get<IReportStore>().FoldAllAsync();

            // The default partition too: an empty table may as well be scanned.
            await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of([.. links.Select(link => Make.Click(link, Host.Clock.Now) with { Id = Guid.CreateVersion7(Make.Noon.AddYears(60)) })]));
            const string Holder = "lpad((i % 4)::text, 8, '0')::text || '-0000-0000-0000-000000000000'";
            await Host.RunAsync(
                $"""
                INSERT INTO conversions ({ConversionRows.Columns})
                SELECT gen_random_uuid(), 1, ({Holder})::uuid, 'sale', i::text, gen_random_uuid(), 1, NULL, 0, 1, 1, 'EUR', i / 7, i / 7, gen_random_uuid(),
                  NULL, gen_random_uuid(), ({Holder})::uuid, ({Holder})::uuid, 0, 0, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL FROM generate_series(1, 20000) AS i;
                INSERT INTO directory SELECT 'campaigns:x::', 'cmp_x' || i FROM generate_series(1, 20) AS i;
                INSERT INTO directory SELECT 'tasks:cmp_x' || i % 2000, 'tsk_x' || i FROM generate_series(1, 40000) AS i;
                INSERT INTO directory SELECT 'tasks:prt_x', 'tsk_x' || i FROM generate_series(1, 40000) AS i;
                INSERT INTO directory_names SELECT 'tsk_x' || i, 'name ' || i, 1 FROM generate_series(1, 40000) AS i;
                """);
            await Host.RunAsync("ANALYZE");

            // A shard that has only one of the tasks has 50 clicks of the first day.
            Position = await Host.ReadOneAsync("SELECT min(position) + 10 FROM clicks", row => row.Int64());
            Day = await Host.Database.UseAsync(connection => PostgresDays.BoundsAsync(connection, (int)(Position >> 48), Position, Position + 20));
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
