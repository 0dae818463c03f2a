using System.Diagnostics;
using Npgsql;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>
/// Compares counters and rollups with the clicks and the conversions' entries. The auditor has PostgreSQL fold these rows by a statement of its own,
/// and keeps the folds, so that a check reads the new rows and compares folds with counters; old rows are read again range by
/// range, and compared with what they once added up to.
/// </summary>
/// <remarks>
/// New rows are those of greater positions. A shard's positions are given out under a lock that is held until the commit, so
/// that whoever sees one sees all before it: what has been folded up to there is complete for ever. What is compared is
/// read in one snapshot, up to whose last positions is folded first: counters, rollups and folds then are of the same clicks,
/// whatever is recorded meanwhile.
/// </remarks>
internal sealed class PostgresLedgerAudit(PostgresDatabase database, IReportStore reports, TimeProvider clock) : IDisposable
{
    /// <summary>Positions of a range, and so the most clicks that are folded in a piece.</summary>
    internal const int RangeLength = 1 << RangeBits;

    /// <summary>So many ranges are read again in any case: with less than 500,000 clicks, these are all.</summary>
    internal const int RangesPerCheck = 8;

    /// <summary>So few clicks of a shard are left to be folded in the snapshot of the comparison.</summary>
    internal const int MaxRemainder = 1024;

    private const int RangeBits = 16;

    /// <summary>Above these bits, a position says its shard.</summary>
    private const int PositionBits = 48;

    /// <summary>Pieces after which the comparison begins however many clicks are left: they may come as fast as they are folded.</summary>
    private const int MaxPieces = 1000;

    // Of the budget, for the days of before; the snapshot lasts so long.
    private static readonly TimeSpan LongestRotation = TimeSpan.FromMilliseconds(250);

    // Taken before the snapshot, which begins with the first query: of two auditors, the second then sees what the first has done.
    private const string LockOthersOut = "LOCK TABLE audit_shards IN EXCLUSIVE MODE";

    private const string ReadShards =
        "SELECT a.shard::integer, a.folded_to, l.last_position, a.entries_folded_to, l.last_entry FROM audit_shards a JOIN ledger_shards l USING (shard) ORDER BY a.shard";

    private const string Sums =
        """
        sum(clicks)::bigint AS clicks, sum(unique_clicks)::bigint AS unique_clicks,
        sum(bot_clicks)::bigint AS bot_clicks, sum(outside_terms_clicks)::bigint AS outside_terms_clicks,
        sum(conversions)::bigint AS conversions, sum(revenue)::bigint AS revenue, sum(payout)::bigint AS payout
        """;

    private const string CountClicks =
        """
        count(*) AS clicks, count(*) FILTER (WHERE is_unique) AS unique_clicks,
        count(*) FILTER (WHERE is_bot) AS bot_clicks, count(*) FILTER (WHERE class = 1) AS outside_terms_clicks,
        0::bigint AS conversions, 0::bigint AS revenue, 0::bigint AS payout
        """;

    private static readonly string LinkedSums = LedgerTally.ForEachColumn(static column => $"coalesce(sum({column}) FILTER (WHERE link_code IS NOT NULL), 0)");

    private static readonly string LinkedAdded = LedgerTally.ForEachColumn(static column => $"linked_{column} = t.linked_{column} + excluded.linked_{column}");

    // The clicks of a shard ($3) after a position ($1) up to another ($2) of the same range, of the days that these are of ($4, $5).
    internal static readonly string Fold = FoldOf(
        $"""
        SELECT program_id, floor_to(at, 3600000) / 1000 AS start, task_id, campaign_id, partner_id, link_code, day_of_id(id) AS day, {CountClicks}
        FROM clicks WHERE position > $1 AND position <= $2 AND id >= $4 AND id < $5
        GROUP BY program_id, floor_to(at, 3600000), task_id, campaign_id, partner_id, link_code, day_of_id(id)
        """,
        $"""
        by_range AS (
          INSERT INTO audited_ranges AS t (number, day, {LedgerTally.Columns}) SELECT $2 >> 16, day, {Sums} FROM piece GROUP BY day
          ON CONFLICT (number, day) DO UPDATE SET {PostgresTallies.Added}),
        folded AS (
          UPDATE audit_shards SET folded_to = $2, clicks = clicks + (SELECT coalesce(sum(p.clicks), 0) FROM piece p) WHERE shard = $3)
        """);

    // The conversions' entries of a shard ($3) after a position ($1) up to another ($2).
    internal static readonly string FoldEntries = FoldOf(
        """
        SELECT program_id, start, task_id, campaign_id, partner_id, link_code,
          0::bigint AS clicks, 0::bigint AS unique_clicks, 0::bigint AS bot_clicks, 0::bigint AS outside_terms_clicks,
          sum(conversions)::bigint AS conversions, sum(revenue)::bigint AS revenue, sum(payout)::bigint AS payout
        FROM conversion_entries WHERE shard = $3 AND position > $1 AND position <= $2
        GROUP BY program_id, start, task_id, campaign_id, partner_id, link_code
        """,
        "folded AS (UPDATE audit_shards SET entries_folded_to = $2 WHERE shard = $3)");

    // What is on one side alone is a difference to zero.
    private const string Sides =
        """
        coalesce(c.clicks, 0), coalesce(c.unique_clicks, 0), coalesce(c.bot_clicks, 0), coalesce(c.outside_terms_clicks, 0),
        coalesce(c.conversions, 0), coalesce(c.revenue, 0), coalesce(c.payout, 0),
        coalesce(a.clicks, 0), coalesce(a.unique_clicks, 0), coalesce(a.bot_clicks, 0), coalesce(a.outside_terms_clicks, 0),
        coalesce(a.conversions, 0), coalesce(a.revenue, 0), coalesce(a.payout, 0)
        """;

    private const string Differ =
        """
        (c.clicks, c.unique_clicks, c.bot_clicks, c.outside_terms_clicks, c.conversions, c.revenue, c.payout)
        IS DISTINCT FROM (a.clicks, a.unique_clicks, a.bot_clicks, a.outside_terms_clicks, a.conversions, a.revenue, a.payout)
        """;

    private const string DifferentCounters =
        $"SELECT scope, {Sides} FROM counters c FULL JOIN audited_counters a USING (scope) WHERE {Differ}";

    private static readonly string AuditedHours =
        $"SELECT start, task_id, {LedgerTally.Columns}, {LedgerTally.LinkedColumns} FROM audited_hours WHERE program_id = $1 AND start >= $2 AND start < $3";

    // Of the folds and of the rollups, so that one is found that stands on a day without clicks.
    private const string NextDay =
        """
        SELECT program_id, day FROM (
          (SELECT program_id, floor_to(start, 86400) / 86400 AS day FROM audited_hours
           WHERE (program_id, start) > ($1, $2 * 86400 + 86399) ORDER BY program_id, start LIMIT 1)
          UNION ALL
          (SELECT program_id, day::bigint FROM report_segments WHERE (program_id, day) > ($1, $2) ORDER BY program_id, day LIMIT 1)) d
        ORDER BY program_id, day LIMIT 1
        """;

    private const string CountAudited = "SELECT sum(clicks)::bigint FROM audit_shards";

    // A range by the days of its clicks; those of days that may have been dropped are not looked at.
    internal const string DifferentRange =
        $"""
        SELECT {Sides}
        FROM (
          SELECT day_of_id(id) AS day, {CountClicks} FROM clicks
          WHERE position >= $1 << 16 AND position <= least($2, (($1 + 1) << 16) - 1) AND id >= $3 AND id < $5 GROUP BY day_of_id(id)) c
        FULL JOIN (SELECT * FROM audited_ranges WHERE number = $1 AND day >= $4) a USING (day)
        WHERE {Differ}
        """;

    // Conversions after a number up to another, with what their entries add up to, where these are not the same.
    private const string DifferentConversions =
        """
        SELECT c.id, (c.state = 1)::integer::bigint, CASE WHEN c.state = 1 THEN c.amount ELSE 0 END, c.payout,
          coalesce(e.conversions, 0)::bigint, coalesce(e.revenue, 0)::bigint, coalesce(e.payout, 0)::bigint
        FROM conversions c LEFT JOIN (
          SELECT conversion, sum(conversions) AS conversions, sum(revenue) AS revenue, sum(payout) AS payout
          FROM conversion_entries WHERE conversion > $1 AND conversion <= $2 GROUP BY conversion) e ON e.conversion = c.number
        WHERE c.number > $1 AND c.number <= $2
          AND ((c.state = 1)::integer <> coalesce(e.conversions, 0) OR CASE WHEN c.state = 1 THEN c.amount ELSE 0 END <> coalesce(e.revenue, 0)
            OR c.payout <> coalesce(e.payout, 0))
        """;

    private const string LastConversion = "SELECT coalesce(max(number), 0) FROM conversions";

    private const string FirstDay = "SELECT first_day FROM clicks_retention";

    private readonly SemaphoreSlim _turn = new(1);

    // What the next check looks at in any case: what has changed since it was last compared, and what differed then.
    private readonly HashSet<ReportDay> _days = [];
    private readonly HashSet<(int Shard, long Number)> _differentRanges = [];

    // Where the rounds over what is old go on.
    private ReportDay _lastDay;
    private long _nextRange;
    private long _lastConversion;

    /// <inheritdoc cref="ILedgerStore.AuditAsync"/>
    public async Task<LedgerAudit> RunAsync(TimeSpan budget)
    {
        await _turn.WaitAsync();
        try
        {
            return await database.UseAsync(connection => RunAsync(connection, budget));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Folds and compares everything in the transaction that there is, of what nobody else can have changed: an import is committed only
    /// when this finds no difference.
    /// </summary>
    public async Task<LedgerAudit> RunWithinAsync(NpgsqlConnection connection)
    {
        var found = new AuditFindings();
        var clicks = await CompareAsync(connection, TimeSpan.MaxValue, found);
        do
        {
            await CompareConversionsAsync(connection, found);
        }
        while (_lastConversion > 0 && found.Drift == 0);

        return new LedgerAudit(clock.GetUtcNow(), clicks, found.Drift, [.. found.Texts]);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<LedgerAudit> RunAsync(NpgsqlConnection connection, TimeSpan budget)
    {
        await FoldAllButFewAsync(connection);

        // So that little of what rollups do not have yet is added up in the snapshot.
        while (await reports.FoldAsync() > MaxRemainder)
        {
        }

        var found = new AuditFindings();
        var clicks = await CompareInSnapshotAsync(connection, budget, found);
        await ReadAgainAsync(connection, budget, found);
        await CompareConversionsAsync(connection, found);
        return new LedgerAudit(clock.GetUtcNow(), clicks, found.Drift, [.. found.Texts]);
    }

    /// <summary>Folds piece by piece, so that little is left for the snapshot.</summary>
    private async Task FoldAllButFewAsync(NpgsqlConnection connection)
    {
        for (var piece = 0; piece < MaxPieces; piece++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await ExecuteAsync(connection, LockOthersOut);
            var shards = await ReadShardsAsync(connection);
            var shard = shards.MaxBy(static shard => shard.Left);
            if (shard.Left <= MaxRemainder)
                return;

            await FoldAsync(connection, shard);
            await transaction.CommitAsync();
        }
    }

    private async Task<long> CompareInSnapshotAsync(NpgsqlConnection connection, TimeSpan budget, AuditFindings found)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var clicks = await CompareAsync(connection, TimeSpan.FromTicks(Math.Min(budget.Ticks / 4, LongestRotation.Ticks)), found);
        await transaction.CommitAsync();
        return clicks;
    }

    /// <summary>Folds what is left and compares it, in the transaction that there is.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="rotation">How long days of before are compared, in a round over all.</param>
    /// <param name="found">Gets what differs.</param>
    /// <returns>How many clicks are folded.</returns>
    private async Task<long> CompareAsync(NpgsqlConnection connection, TimeSpan rotation, AuditFindings found)
    {
        await ExecuteAsync(connection, LockOthersOut);
        foreach (var shard in await ReadShardsAsync(connection))
        {
            for (var rest = shard; rest.Left > 0;)
                rest = await FoldAsync(connection, rest);
        }

        await using (var counters = connection.Command(DifferentCounters))
        {
            foreach (var (scope, counted, kept) in await counters.ReadAsync(static row => (row.Bytes(), LedgerTally.Read(row), LedgerTally.Read(row))))
                found.Add(LedgerOrder.Describe(scope), counted, kept);
        }

        // What differs is looked at again in the next check, until it does no more.
        var unfolded = await PostgresReportStore.ReadUnfoldedAsync(connection, null);
        var different = new HashSet<ReportDay>();
        foreach (var day in _days)
            await CompareDayAsync(day);

        var began = Stopwatch.GetTimestamp();
        var first = default(ReportDay?);
        do
        {
            if ((await NextDayAsync(connection, _lastDay) ?? await NextDayAsync(connection, default)) is not { } day || day == first)
                break;

            _lastDay = day;
            first ??= day;
            if (!_days.Contains(day))
                await CompareDayAsync(day);
        }
        while (Stopwatch.GetElapsedTime(began) < rotation);

        await using var count = connection.Command(CountAudited);
        var clicks = (await count.ReadAsync(static row => row.Int64())).Single();
        _days.Clear();
        _days.UnionWith(different);
        return clicks;

        async Task CompareDayAsync(ReportDay day)
        {
            var start = day.Day * LedgerTime.SecondsPerDay;
            var segments = await PostgresReportStore.ReadDayAsync(connection, day);
            if (!RollupComparison.IsEqual(start, [.. segments, .. unfolded.Of(day)], await ReadKeptAsync(connection, day, start), null, found))
                different.Add(day);
        }
    }

    /// <summary>A statement that folds what a piece consists of, and answers the days that it concerns.</summary>
    private static string FoldOf(string piece, string rest) =>
        $"""
        WITH piece AS MATERIALIZED (
          {piece}),
        counted AS (
          INSERT INTO audited_counters AS t (scope, {LedgerTally.Columns})
          SELECT scope, {Sums} FROM (
            SELECT 't'::bytea || uuid_send(task_id) AS scope, {LedgerTally.Columns} FROM piece
            UNION ALL SELECT 'c'::bytea || uuid_send(campaign_id), {LedgerTally.Columns} FROM piece
            UNION ALL SELECT 'p'::bytea || uuid_send(campaign_id) || uuid_send(partner_id), {LedgerTally.Columns} FROM piece
            UNION ALL SELECT 'l'::bytea || convert_to(link_code, 'UTF8'), {LedgerTally.Columns} FROM piece WHERE link_code IS NOT NULL) s
          GROUP BY scope
          ON CONFLICT (scope) DO UPDATE SET {PostgresTallies.Added}),
        by_hour AS (
          INSERT INTO audited_hours AS t (program_id, start, task_id, {LedgerTally.Columns}, {LedgerTally.LinkedColumns})
          SELECT program_id, start, task_id, {Sums}, {LinkedSums}
          FROM piece GROUP BY program_id, start, task_id
          ON CONFLICT (program_id, start, task_id) DO UPDATE SET {PostgresTallies.Added}, {LinkedAdded}),
        {rest}
        SELECT DISTINCT program_id, floor_to(start, 86400) / 86400 FROM piece
        """;

    private static async Task<Dictionary<(long Start, Guid Task), HourTally>> ReadKeptAsync(NpgsqlConnection connection, ReportDay day, long start)
    {
        var kept = new Dictionary<(long, Guid), HourTally>();
        await using var read = connection.Command(AuditedHours, Parameter.Of(day.Program), Parameter.Of(start), Parameter.Of(start + LedgerTime.SecondsPerDay));
        foreach (var (hour, tally) in await read.ReadAsync(static row => ((row.Int64(), row.Guid()), new HourTally(LedgerTally.Read(row), LedgerTally.Read(row), default))))
            kept.Add(hour, tally);

        return kept;
    }

    private static async Task<ReportDay?> NextDayAsync(NpgsqlConnection connection, ReportDay day)
    {
        await using var next = connection.Command(NextDay, Parameter.Of(day.Program), Parameter.Of((long)day.Day));
        return (await next.ReadAsync(ReadDay)).Cast<ReportDay?>().SingleOrDefault();
    }

    private static ReportDay ReadDay(IRow row) => new(row.Guid(), (int)row.Int64());

    /// <summary>Reads old rows again, each range in a snapshot of its own.</summary>
    private async Task ReadAgainAsync(NpgsqlConnection connection, TimeSpan budget, AuditFindings found)
    {
        var began = Stopwatch.GetTimestamp();
        var shards = await ReadShardsAsync(connection);
        var ranges = shards.SelectMany(static shard => shard.Ranges).ToArray();
        var seen = new HashSet<(int, long)>();
        foreach (var range in ranges.Where(_differentRanges.Contains))
            await CheckAsync(range);

        for (var i = 0; i < ranges.Length && (i < RangesPerCheck || Stopwatch.GetElapsedTime(began) < budget); i++)
        {
            await CheckAsync(ranges[_nextRange % ranges.Length]);
            _nextRange = (_nextRange + 1) % ranges.Length;
        }

        async Task CheckAsync((int Shard, long Number) range)
        {
            if (!seen.Add(range))
                return;

            if (await CompareRangeAsync(connection, range.Shard, range.Number, found))
                _differentRanges.Remove(range);
            else
                _differentRanges.Add(range);
        }
    }

    /// <summary>Compares the next conversions of a round over all with their entries; one statement is one snapshot.</summary>
    private async Task CompareConversionsAsync(NpgsqlConnection connection, AuditFindings found)
    {
        var end = _lastConversion + AuditFindings.ConversionsPerCheck;
        await using var compare = connection.Command(DifferentConversions, Parameter.Of(_lastConversion), Parameter.Of(end));
        var different = await compare.ReadAsync(AuditFindings.ReadConversion);
        found.AddConversions(different);
        await using var last = connection.Command(LastConversion);
        if (different.Count == 0)
            _lastConversion = end < (await last.ReadAsync(static row => row.Int64())).Single() ? end : 0;
    }

    /// <returns>Whether a range's clicks, as far as they were folded, still are what they were.</returns>
    private static async Task<bool> CompareRangeAsync(NpgsqlConnection connection, int shard, long number, AuditFindings found)
    {
        // Another auditor may fold more of the last range meanwhile; it cannot while this transaction has the lock.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await ExecuteAsync(connection, LockOthersOut);
        var foldedTo = (await ReadShardsAsync(connection)).Single(row => row.Number == shard).FoldedTo;
        await using var day = connection.Command(FirstDay);
        var firstDay = (await day.ReadAsync(static row => row.Int32())).Single();
        var days = await PostgresDays.BoundsAsync(connection, shard, (number << RangeBits) - 1, Math.Min(foldedTo, ((number + 1) << RangeBits) - 1));
        var first = LedgerOrder.FirstOf(Math.Max(firstDay, LedgerOrder.DayOf(days.From)));
        await using var compare = connection.Command(
            DifferentRange, Parameter.Of(number), Parameter.Of(foldedTo), Parameter.Of(first), Parameter.Of(firstDay), Parameter.Of(days.To));
        var rows = await compare.ReadAsync(static row => (Counted: LedgerTally.Read(row), Kept: LedgerTally.Read(row)));
        foreach (var (isThere, was) in rows)
            found.Add($"clicks {number << RangeBits} to {((number + 1) << RangeBits) - 1}", was, isThere);

        return rows.Count == 0;
    }

    /// <summary>Folds the next piece of a shard's clicks, in the transaction that there is.</summary>
    /// <returns>The shard as it then is.</returns>
    private async Task<Shard> FoldAsync(NpgsqlConnection connection, Shard shard)
    {
        if (shard.LastEntry > shard.EntriesFoldedTo)
        {
            var end = Math.Min(shard.LastEntry, shard.EntriesFoldedTo + RangeLength);
            await using var entries = connection.Command(
                FoldEntries, Parameter.Of(shard.EntriesFoldedTo), Parameter.Of(end), Parameter.Of((short)shard.Number));
            _days.UnionWith(await entries.ReadAsync(ReadDay));
            shard = shard with { EntriesFoldedTo = end };
        }

        if (shard.Last == shard.FoldedTo)
            return shard;

        var to = Math.Min(shard.Last, ((((shard.FoldedTo + 1) >> RangeBits) + 1) << RangeBits) - 1);
        var days = await PostgresDays.BoundsAsync(connection, shard.Number, shard.FoldedTo, to);
        await using var fold = connection.Command(
            Fold, Parameter.Of(shard.FoldedTo), Parameter.Of(to), Parameter.Of((short)shard.Number), Parameter.Of(days.From), Parameter.Of(days.To));
        _days.UnionWith(await fold.ReadAsync(ReadDay));
        return shard with { FoldedTo = to };
    }

    private static async Task<List<Shard>> ReadShardsAsync(NpgsqlConnection connection)
    {
        await using var read = connection.Command(ReadShards);
        return await read.ReadAsync(static row => new Shard(row.Int32(), row.Int64(), row.Int64(), row.Int64(), row.Int64()));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.Command(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A shard of the ledger, the positions up to which its clicks and its conversions' entries are folded, and their last.</summary>
    private readonly record struct Shard(int Number, long FoldedTo, long Last, long EntriesFoldedTo, long LastEntry)
    {
        /// <summary>How many rows are not folded yet.</summary>
        public long Left => Last - FoldedTo + LastEntry - EntriesFoldedTo;

        /// <summary>Its ranges of which something is folded.</summary>
        public IEnumerable<(int Shard, long Number)> Ranges
        {
            get
            {
                var (number, first) = (Number, (long)Number << PositionBits);
                return FoldedTo == first
                    ? []
                    : Enumerable.Range(0, (int)((FoldedTo - first) >> RangeBits) + 1).Select(range => (number, (first >> RangeBits) + range));
            }
        }
    }
}
