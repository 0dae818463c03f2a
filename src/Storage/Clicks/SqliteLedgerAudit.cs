using System.Diagnostics;
using System.Runtime.InteropServices;
using OrleansLinks.Reports;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>
/// Compares counters and rollups with the clicks and the conversions' entries. The auditor folds these rows itself, which are only ever added to,
/// and keeps its folds, so that a check reads the new rows and compares folds with counters; old rows are read again
/// range by range, and compared with what they once added up to.
/// </summary>
/// <remarks>
/// <para>
/// What is compared is read in one snapshot, in which counters, rollups, folds and the rows that are not folded yet
/// belong together; clicks that are recorded meanwhile are in none or in all of them, and so never a difference.
/// </para>
/// <para>
/// Sums alone do not tell when clicks are moved from one link or task to another. Where only sums are kept, a
/// <see cref="AuditPrint"/> is kept beside them.
/// </para>
/// </remarks>
internal sealed class SqliteLedgerAudit(SqliteDatabase database, IReportStore reports, TimeProvider clock)
{
    /// <summary>Rowids of a range, and so the most rows that are folded in a piece.</summary>
    internal const int RangeLength = 1 << RangeBits;

    /// <summary>So many ranges are read again in any case: with less than 500,000 clicks, these are all.</summary>
    internal const int RangesPerCheck = 8;

    /// <summary>So few rows are left to be folded in the snapshot of the comparison.</summary>
    internal const int MaxRemainder = 8192;

    private const int RangeBits = 16;

    /// <summary>Pieces after which the comparison begins however many rows are left: clicks may come as fast as they are folded.</summary>
    private const int MaxPieces = 1000;

    /// <summary>So many tasks' scopes are remembered between pieces and checks.</summary>
    private const int MaxRememberedTasks = 100_000;

    // Of the budget, for the days of before; the snapshot lasts so long.
    private static readonly TimeSpan LongestRotation = TimeSpan.FromMilliseconds(250);

    private const string ReadState = "SELECT last_rowid, last_entry FROM audit_state";

    private const string SaveState = "UPDATE audit_state SET last_rowid = ?, last_entry = ? WHERE last_rowid = ? AND last_entry = ?";

    private const string LastRow = "SELECT (SELECT coalesce(max(rowid), 0) FROM clicks), (SELECT coalesce(max(number), 0) FROM conversion_entries)";

    private const string ReadClicks = "SELECT link, task, at, is_unique, is_bot, class FROM clicks WHERE rowid > ? AND rowid <= ?";

    private const string ReadEntries =
        "SELECT link, task, start, conversions, revenue, payout FROM conversion_entries WHERE number > ? AND number <= ? AND task IS NOT NULL";

    private const string FindTask =
        "SELECT program, task_id, campaign_id, partner_id FROM click_tasks WHERE number = ?";

    private const string FindName = "SELECT scope FROM scopes WHERE number = ?";

    private const string FindProgram = "SELECT program_id FROM click_programs WHERE number = ?";

    private const string MoveCounters =
        $"INSERT INTO audited_counters (scope, {LedgerTally.Columns}) VALUES (?, {SqliteTallies.Parameters}) ON CONFLICT DO UPDATE SET {SqliteTallies.Added}";

    private static readonly string MoveRange =
        $"""
        INSERT INTO audited_ranges (number, {LedgerTally.Columns}, print) VALUES (?, {SqliteTallies.Parameters}, ?) ON CONFLICT DO UPDATE SET {SqliteTallies.Added},
          print = (print + excluded.print) & {AuditPrint.Mask}
        """;

    private static readonly string MoveHours =
        $"""
        INSERT INTO audited_hours (program, start, task, {LedgerTally.Columns}, {LedgerTally.LinkedColumns}, link_print)
        VALUES (?, ?, ?, {SqliteTallies.Parameters}, {SqliteTallies.Parameters}, ?) ON CONFLICT DO UPDATE SET {SqliteTallies.Added},
          {LedgerTally.ForEachColumn(static column => $"linked_{column} = linked_{column} + excluded.linked_{column}")},
          link_print = (link_print + excluded.link_print) & {AuditPrint.Mask}
        """;

    // Both sides are walked in the order of their keys. The second part finds counters of which no click is known.
    private const string DifferentCounters =
        """
        SELECT a.scope, coalesce(c.clicks, 0), coalesce(c.unique_clicks, 0), coalesce(c.bot_clicks, 0), coalesce(c.outside_terms_clicks, 0),
               coalesce(c.conversions, 0), coalesce(c.revenue, 0), coalesce(c.payout, 0),
               a.clicks, a.unique_clicks, a.bot_clicks, a.outside_terms_clicks, a.conversions, a.revenue, a.payout
        FROM audited_counters a LEFT JOIN counters c ON c.scope = a.scope
        WHERE c.clicks IS NOT a.clicks OR c.unique_clicks IS NOT a.unique_clicks
           OR c.bot_clicks IS NOT a.bot_clicks OR c.outside_terms_clicks IS NOT a.outside_terms_clicks
           OR c.conversions IS NOT a.conversions OR c.revenue IS NOT a.revenue OR c.payout IS NOT a.payout
        UNION ALL
        SELECT c.scope, c.clicks, c.unique_clicks, c.bot_clicks, c.outside_terms_clicks, c.conversions, c.revenue, c.payout, 0, 0, 0, 0, 0, 0, 0
        FROM counters c WHERE NOT EXISTS (SELECT 1 FROM audited_counters a WHERE a.scope = c.scope)
        """;

    private const string ReadCounter = $"SELECT {LedgerTally.Columns} FROM counters WHERE scope = ?";

    private static readonly string AuditedHours =
        $"SELECT start, task, {LedgerTally.Columns}, {LedgerTally.LinkedColumns}, link_print FROM audited_hours WHERE program = ? AND start >= ? AND start < ?";

    // Of the folds and of the rollups, so that one is found that stands on a day without clicks.
    private const string NextDay =
        """
        SELECT program, start FROM (
          SELECT * FROM (SELECT program, start FROM audited_hours WHERE (program, start) > (?1, ?2 * 86400 + 86399) ORDER BY program, start LIMIT 1)
          UNION ALL
          SELECT * FROM (SELECT program, day * 86400 AS start FROM report_segments WHERE (program, day) > (?1, ?2) ORDER BY program, day LIMIT 1))
        ORDER BY program, start LIMIT 1
        """;

    private const string ReadRange = $"SELECT {LedgerTally.Columns}, print FROM audited_ranges WHERE number = ?";

    // Conversions after a number up to another, with what their entries add up to, where these are not the same.
    private const string DifferentConversions =
        """
        SELECT c.id, c.state = 1, iif(c.state = 1, c.amount, 0), c.payout, coalesce(e.conversions, 0), coalesce(e.revenue, 0), coalesce(e.payout, 0)
        FROM conversions c LEFT JOIN (
          SELECT conversion, sum(conversions) AS conversions, sum(revenue) AS revenue, sum(payout) AS payout
          FROM conversion_entries WHERE conversion > ?1 AND conversion <= ?2 GROUP BY conversion) e ON e.conversion = c.number
        WHERE c.number > ?1 AND c.number <= ?2
          AND ((c.state = 1) <> coalesce(e.conversions, 0) OR iif(c.state = 1, c.amount, 0) <> coalesce(e.revenue, 0) OR c.payout <> coalesce(e.payout, 0))
        """;

    private const string LastConversion = "SELECT coalesce(max(number), 0) FROM conversions";

    private const string CountAudited = "SELECT coalesce(sum(clicks), 0) FROM audited_ranges";

    private readonly Lock _turn = new();

    // What a task's clicks count for does not change: it is looked up once.
    private readonly Dictionary<long, TaskScopes> _tasks = [];

    // What the next check looks at in any case: what has changed since it was last compared, and what differed then.
    private readonly HashSet<DayKey> _days = [];
    private readonly HashSet<long> _differentRanges = [];

    // Where the rounds over what is old go on.
    private DayKey _lastDay;
    private long _nextRange;
    private long _lastConversion;

    /// <inheritdoc cref="ILedgerStore.AuditAsync"/>
    /// <remarks>On a thread of its own: it reads for seconds, and callers and the pool have better things to do.</remarks>
    public Task<LedgerAudit> RunAsync(TimeSpan budget) => Task.Factory.StartNew(
        () =>
        {
            lock (_turn)
                return Run(budget);
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private LedgerAudit Run(TimeSpan budget)
    {
        for (var piece = 0; piece < MaxPieces && FoldNext(); piece++)
        {
        }

        // So that little of what rollups do not have yet is added up in the snapshot.
        while (reports.FoldAsync().GetAwaiter().GetResult() > MaxRemainder)
        {
        }

        var found = new AuditFindings();
        var clicks = database.Read(reader => reader.Snapshot(session => Compare(session, budget, found)));
        ReadAgain(budget, found);
        CompareConversions(found);
        return new LedgerAudit(clock.GetUtcNow(), clicks, found.Drift, [.. found.Texts]);
    }

    /// <summary>Folds the next piece of rows, unless only few are left.</summary>
    private bool FoldNext()
    {
        var piece = database.Read(reader => reader.Snapshot(session =>
        {
            var from = session.Prepare(ReadState).First(Position.Read, default);
            var last = session.Prepare(LastRow).First(Position.Read, default);
            var to = new Position(Math.Min(last.Click, EndOfRange(RangeOf(from.Click + 1))), Math.Min(last.Entry, from.Entry + RangeLength));
            return last.Click - from.Click <= MaxRemainder && last.Entry - from.Entry <= MaxRemainder ? null : Fold(session, from, to);
        }));
        if (piece is null)
            return false;

        var isKept = database.WriteAsync(session => Keep(session, piece), piece.Counters.Count).GetAwaiter().GetResult();
        if (isKept)
            _days.UnionWith(piece.Days);

        return isKept;
    }

    private Piece Fold(SqliteSession session, Position from, Position to)
    {
        var piece = new Piece(from, to);
        var clicks = session.Prepare(ReadClicks).Bind(from.Click).Bind(to.Click);
        while (clicks.Step())
        {
            var click = AuditedClick.Read(clicks);
            piece.All += click.Tally;
            piece.Print += click.Print;
            CollectionsMarshal.GetValueRefOrAddDefault(piece.Rows, click.Key, out _) += click.Tally;
        }

        clicks.Reset();
        var entries = session.Prepare(ReadEntries).Bind(from.Entry).Bind(to.Entry);
        while (entries.Step())
        {
            var key = new RowKey(Link: entries.Int64OrNull(), Task: entries.Int64(), Start: entries.Int64());
            CollectionsMarshal.GetValueRefOrAddDefault(piece.Rows, key, out _) += LedgerTally.OfConversion(entries.Int64(), entries.Int64(), entries.Int64());
        }

        entries.Reset();
        foreach (var (key, tally) in piece.Rows)
        {
            if (ScopesOf(session, key.Task) is not { } task)
                continue; // nobody can say what such a click counts for, so that all its totals are too high

            ref var hour = ref CollectionsMarshal.GetValueRefOrAddDefault(piece.Hours, new HourKey(task.Program, key.Start, key.Task), out _);
            hour += key.Link is { } linked ? new HourTally(tally, tally, AuditPrint.Of(linked, tally)) : new HourTally(tally, default, default);
            Count(task.Task);
            Count(task.Campaign);
            Count(task.Share);
            if (key.Link is { } link)
                Count(link);

            void Count(long scope) => CollectionsMarshal.GetValueRefOrAddDefault(piece.Counters, scope, out _) += tally;
        }

        return piece;
    }

    /// <summary>Keeps what was folded, unless another has in the meantime.</summary>
    private static bool Keep(SqliteSession session, Piece piece)
    {
        if (session.Prepare(SaveState).Bind(piece.To.Click).Bind(piece.To.Entry).Bind(piece.From.Click).Bind(piece.From.Entry).Run() == 0)
            return false;

        var counters = session.Prepare(MoveCounters);
        foreach (var (scope, tally) in piece.Counters)
            counters.Bind(scope).Bind(tally).Run();

        var hours = session.Prepare(MoveHours);
        foreach (var (hour, tally) in piece.Hours)
            hours.Bind(hour.Program).Bind(hour.Start).Bind(hour.Task).Bind(tally.All).Bind(tally.Linked).Bind(tally.LinkPrint.Value).Run();

        if (piece.To.Click > piece.From.Click)
            session.Prepare(MoveRange).Bind(RangeOf(piece.To.Click)).Bind(piece.All).Bind(piece.Print.Value).Run();
        return true;
    }

    private TaskScopes? ScopesOf(SqliteSession session, long number)
    {
        if (_tasks.TryGetValue(number, out var known))
            return known;

        var ids = session.Prepare(FindTask).Bind(number)
            .First<(long Program, Guid Task, Guid Campaign, Guid Partner)?>(static row => (row.Int64(), row.Guid(), row.Guid(), row.Guid()), null);
        if (ids is not var (program, task, campaign, partner))
            return null;

        if (_tasks.Count >= MaxRememberedTasks)
            _tasks.Clear();

        var campaignId = EntityId.From(EntityId.Campaign, campaign);
        return _tasks[number] = new TaskScopes(
            program,
            task,
            Number(CounterScopes.OfTask(EntityId.From(EntityId.Task, task))),
            Number(CounterScopes.OfCampaign(campaignId)),
            Number(CounterScopes.OfPartnerIn(campaignId, EntityId.From(EntityId.Partner, partner))));

        // 0 is no counter's number: a name that is missing is found as a counter that is.
        long Number(string scope) => session.Prepare(SqliteNumbers.FindScope).Bind(scope).First(static row => row.Int64(), 0);
    }

    private long Compare(SqliteSession session, TimeSpan budget, AuditFindings found)
    {
        var from = session.Prepare(ReadState).First(Position.Read, default);
        var rest = Fold(session, from, Position.Last);
        CompareCounters(session, rest, found);

        // What differs is looked at again in the next check, until it does no more.
        _days.UnionWith(rest.Days);
        var unfolded = SqliteReportStore.ReadUnfolded(session);
        var different = _days.Where(day => !CompareDay(session, day, rest, unfolded, found)).ToHashSet();
        var rotation = TimeSpan.FromTicks(Math.Min(budget.Ticks / 4, LongestRotation.Ticks));
        var began = Stopwatch.GetTimestamp();
        var first = default(DayKey?);
        do
        {
            if ((NextDayAfter(session, _lastDay) ?? NextDayAfter(session, default)) is not { } day || day == first)
                break;

            _lastDay = day;
            first ??= day;
            if (!_days.Contains(day) && !CompareDay(session, day, rest, unfolded, found))
                different.Add(day);
        }
        while (Stopwatch.GetElapsedTime(began) < rotation);

        // The rest's days are compared again when it has been folded.
        _days.Clear();
        _days.UnionWith(different);
        return session.Prepare(CountAudited).First(static row => row.Int64(), 0) + rest.All.Clicks;
    }

    private static void CompareCounters(SqliteSession session, Piece rest, AuditFindings found)
    {
        var left = new Dictionary<long, LedgerTally>(rest.Counters);
        var different = session.Prepare(DifferentCounters);
        while (different.Step())
        {
            var scope = different.Int64();
            var (counted, kept) = (LedgerTally.Read(different), LedgerTally.Read(different));
            left.Remove(scope, out var added);
            if (counted != kept + added)
                found.Add(Name(scope), counted, kept + added);
        }

        different.Reset();

        // Counters that equal the folds lack the clicks that are not folded yet.
        foreach (var (scope, added) in left)
        {
            var counted = session.Prepare(ReadCounter).Bind(scope).First(LedgerTally.Read, default);
            found.Add(Name(scope), counted, counted + added);
        }

        string Name(long scope) => AuditFindings.Name(session.Prepare(FindName).Bind(scope).First(static row => row.Text(), ""));
    }

    /// <summary>Compares the rollup of a day with the folds of its hours.</summary>
    private bool CompareDay(SqliteSession session, DayKey day, Piece rest, ReportPiece unfolded, AuditFindings found)
    {
        var kept = ReadKept(session, day, rest);
        var program = session.Prepare(FindProgram).Bind(day.Program).First(static row => row.Guid(), default);
        var segments = SqliteReportStore.ReadDay(session, new ReportDay(program, day.Day)).Concat(unfolded.Of(new ReportDay(program, day.Day))).ToArray();

        var links = new Dictionary<string, long>();
        return RollupComparison.IsEqual(day.Start, segments, kept, NumberOf, found);

        long NumberOf(string code)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(links, code, out var isKnown);
            return isKnown ? number : number = session.Prepare(SqliteNumbers.FindScope).Bind(CounterScopes.OfLink(code)).First(static row => row.Int64(), 0);
        }
    }

    private Dictionary<(long Start, Guid Task), HourTally> ReadKept(SqliteSession session, DayKey day, Piece rest)
    {
        var kept = new Dictionary<(long, Guid), HourTally>();
        var rows = session.Prepare(AuditedHours).Bind(day.Program).Bind(day.Start).Bind(day.Start + LedgerTime.SecondsPerDay)
            .All(static row => (Start: row.Int64(), Task: row.Int64(), Tally: new HourTally(LedgerTally.Read(row), LedgerTally.Read(row), new AuditPrint(row.Int64()))));
        foreach (var row in rows)
            Add(row.Start, row.Task, row.Tally);

        foreach (var (hour, tally) in rest.Hours.Where(hour => hour.Key.Day == day))
            Add(hour.Start, hour.Task, tally);

        return kept;

        void Add(long start, long task, in HourTally tally) =>
            CollectionsMarshal.GetValueRefOrAddDefault(kept, (start, ScopesOf(session, task)?.TaskId ?? default), out _) += tally;
    }

    private static DayKey? NextDayAfter(SqliteSession session, DayKey day) => session.Prepare(NextDay).Bind(day.Program).Bind(day.Day)
        .First<DayKey?>(static row => DayKey.Of(row.Int64(), row.Int64()), null);

    /// <summary>Reads old rows again, each range in a snapshot of its own.</summary>
    private void ReadAgain(TimeSpan budget, AuditFindings found)
    {
        var began = Stopwatch.GetTimestamp();
        var last = RangeOf(database.Read(static session => session.Prepare(ReadState).First(static row => row.Int64(), 0)));
        var seen = new HashSet<long>();
        foreach (var range in _differentRanges.ToArray())
            Check(range);

        for (var i = 0; i <= last && (i < RangesPerCheck || Stopwatch.GetElapsedTime(began) < budget); i++)
        {
            Check(_nextRange > last ? 0 : _nextRange);
            _nextRange = _nextRange >= last ? 0 : _nextRange + 1;
        }

        void Check(long range)
        {
            if (!seen.Add(range))
                return;

            if (CompareRange(range, found))
                _differentRanges.Remove(range);
            else
                _differentRanges.Add(range);
        }
    }

    /// <summary>Compares the next conversions of a round over all with their entries.</summary>
    private void CompareConversions(AuditFindings found)
    {
        var end = _lastConversion + AuditFindings.ConversionsPerCheck;
        var (last, different) = database.Read(reader => reader.Snapshot(session => (
            session.Prepare(LastConversion).First(static row => row.Int64(), 0),
            session.Prepare(DifferentConversions).Bind(_lastConversion).Bind(end).All(AuditFindings.ReadConversion))));
        found.AddConversions(different);
        if (different.IsEmpty)
            _lastConversion = end < last ? end : 0;
    }

    private bool CompareRange(long range, AuditFindings found)
    {
        var (counted, kept) = database.Read(reader => reader.Snapshot(session =>
        {
            var to = Math.Min(EndOfRange(range), session.Prepare(ReadState).First(static row => row.Int64(), 0));
            var counted = session.Prepare(ReadRange).Bind(range)
                .First(static row => (Tally: LedgerTally.Read(row), Print: new AuditPrint(row.Int64())), default);
            var kept = (Tally: default(LedgerTally), Print: default(AuditPrint));
            var clicks = session.Prepare(ReadClicks).Bind(EndOfRange(range - 1)).Bind(to);
            while (clicks.Step())
            {
                var click = AuditedClick.Read(clicks);
                kept.Tally += click.Tally;
                kept.Print += click.Print;
            }

            clicks.Reset();
            return (counted, kept);
        }));
        if (counted == kept)
            return true;

        var name = $"clicks {EndOfRange(range - 1) + 1} to {EndOfRange(range)}";
        found.Add(name, counted.Tally, kept.Tally);
        if (counted.Tally == kept.Tally)
            found.AddMoved(name);

        return false;
    }

    private static long RangeOf(long rowid) => rowid >> RangeBits;

    private static long EndOfRange(long range) => ((range + 1) << RangeBits) - 1;

    /// <summary>Up to where rows are folded: a rowid of clicks, and a number of conversions' entries.</summary>
    private readonly record struct Position(long Click, long Entry)
    {
        public static Position Last => new(long.MaxValue, long.MaxValue);

        public static Position Read(SqliteStatement row) => new(row.Int64(), row.Int64());
    }

    /// <summary>What a task's clicks count for, by numbers of scopes, its program's number, and its id.</summary>
    private sealed record TaskScopes(long Program, Guid TaskId, long Task, long Campaign, long Share);

    /// <summary>A task's hour: numbers of program and task, and the Unix second of the beginning.</summary>
    private readonly record struct HourKey(long Program, long Start, long Task)
    {
        public DayKey Day => DayKey.Of(Program, Start);
    }

    /// <summary>A UTC day of a program: its number, and days since 1970.</summary>
    private readonly record struct DayKey(long Program, int Day)
    {
        public long Start => Day * LedgerTime.SecondsPerDay;

        public static DayKey Of(long program, long second) => new(program, LedgerTime.DayNumberOf(second));
    }

    /// <summary>What a click or an entry is folded by.</summary>
    private readonly record struct RowKey(long Task, long? Link, long Start);

    /// <summary>What the auditor reads of a click.</summary>
    private readonly record struct AuditedClick(RowKey Key, LedgerTally Tally)
    {
        public AuditPrint Print => AuditPrint.Of(Key.Task, Key.Link ?? 0, Key.Start, Tally);

        /// <summary>The columns of <see cref="ReadClicks"/>.</summary>
        public static AuditedClick Read(SqliteStatement row) => new(
            new RowKey(Link: row.Int64OrNull(), Task: row.Int64(), Start: LedgerTime.HourOf(row.Int64())),
            LedgerTally.OfClick(row.Boolean(), row.Boolean(), row.Int32() == (int)ClickClass.OutsideTerms));
    }

    /// <summary>The fold of the rows after <paramref name="From"/> up to <paramref name="To"/>.</summary>
    private sealed record Piece(Position From, Position To)
    {
        public LedgerTally All { get; set; }

        public AuditPrint Print { get; set; }

        public Dictionary<RowKey, LedgerTally> Rows { get; } = [];

        public Dictionary<long, LedgerTally> Counters { get; } = [];

        public Dictionary<HourKey, HourTally> Hours { get; } = [];

        public IEnumerable<DayKey> Days => Hours.Keys.Select(static hour => hour.Day).Distinct();
    }
}
