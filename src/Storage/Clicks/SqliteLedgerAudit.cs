using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>
/// Compares counters and rollups with the clicks. The auditor folds the click rows itself, which are only ever added to,
/// and keeps its folds, so that a check reads the new rows and compares folds with counters; old rows are read again
/// range by range, and compared with what they once added up to.
/// </summary>
/// <remarks>
/// What is compared is read in one snapshot, in which counters, rollups, folds and the rows that are not folded yet
/// belong together; clicks that are recorded meanwhile are in none or in all of them, and so never a difference.
/// </remarks>
internal sealed class SqliteLedgerAudit(SqliteDatabase database, TimeProvider clock)
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

    // Of the budget, for the hours of before; the snapshot lasts so long.
    private static readonly TimeSpan LongestRotation = TimeSpan.FromMilliseconds(250);

    private const string Tallies = "clicks, unique_clicks, bot_clicks, outside_terms_clicks";

    private const string ReadState = "SELECT last_rowid FROM audit_state";

    private const string SaveState = "UPDATE audit_state SET last_rowid = ? WHERE last_rowid = ?";

    private const string LastRow = "SELECT coalesce(max(rowid), 0) FROM clicks";

    private const string NewClicks =
        """
        SELECT rowid, link_code, task_id, campaign_id, partner_id, program_id, at, is_unique, is_bot, class
        FROM clicks WHERE rowid > ? AND rowid <= ? ORDER BY rowid
        """;

    private const string Added =
        """
        clicks = clicks + excluded.clicks,
        unique_clicks = unique_clicks + excluded.unique_clicks,
        bot_clicks = bot_clicks + excluded.bot_clicks,
        outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks
        """;

    private const string MoveCounters =
        $"INSERT INTO audited_counters (scope, {Tallies}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Added}";

    private const string MoveRange =
        $"INSERT INTO audited_ranges (number, {Tallies}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Added}";

    private const string MoveHours =
        $"""
        INSERT INTO audited_hours VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Added},
          linked_clicks = linked_clicks + excluded.linked_clicks,
          linked_unique_clicks = linked_unique_clicks + excluded.linked_unique_clicks,
          linked_bot_clicks = linked_bot_clicks + excluded.linked_bot_clicks,
          linked_outside_terms_clicks = linked_outside_terms_clicks + excluded.linked_outside_terms_clicks
        """;

    // Both sides are walked in the order of their keys. The second part finds counters of which no click is known.
    private const string DifferentCounters =
        """
        SELECT a.scope, coalesce(c.clicks, 0), coalesce(c.unique_clicks, 0), coalesce(c.bot_clicks, 0), coalesce(c.outside_terms_clicks, 0),
               a.clicks, a.unique_clicks, a.bot_clicks, a.outside_terms_clicks
        FROM audited_counters a LEFT JOIN counters c ON c.scope = a.scope
        WHERE c.clicks IS NOT a.clicks OR c.unique_clicks IS NOT a.unique_clicks
           OR c.bot_clicks IS NOT a.bot_clicks OR c.outside_terms_clicks IS NOT a.outside_terms_clicks
        UNION ALL
        SELECT c.scope, c.clicks, c.unique_clicks, c.bot_clicks, c.outside_terms_clicks, 0, 0, 0, 0
        FROM counters c WHERE NOT EXISTS (SELECT 1 FROM audited_counters a WHERE a.scope = c.scope)
        """;

    private const string ReadCounter = $"SELECT {Tallies} FROM counters WHERE scope = ?";

    private const string Sums =
        "coalesce(sum(clicks), 0), coalesce(sum(unique_clicks), 0), coalesce(sum(bot_clicks), 0), coalesce(sum(outside_terms_clicks), 0)";

    private const string LinkedSums =
        "coalesce(sum(linked_clicks), 0), coalesce(sum(linked_unique_clicks), 0), coalesce(sum(linked_bot_clicks), 0), coalesce(sum(linked_outside_terms_clicks), 0)";

    private const string AuditedHours = $"SELECT {Sums}, {LinkedSums} FROM audited_hours WHERE program_id = ? AND start >= ? AND start < ?";

    private const string FirstHour = "SELECT program_id, start FROM audited_hours ORDER BY program_id, start LIMIT 1";

    private const string NextHour =
        "SELECT program_id, start FROM audited_hours WHERE (program_id, start) > (?, ?) ORDER BY program_id, start LIMIT 1";

    private const string ReadRange = $"SELECT {Tallies} FROM audited_ranges WHERE number = ?";

    private const string CountRange =
        "SELECT count(*), coalesce(sum(is_unique), 0), coalesce(sum(is_bot), 0), coalesce(sum(class = 1), 0) FROM clicks WHERE rowid > ? AND rowid <= ?";

    private const string CountAudited = "SELECT coalesce(sum(clicks), 0) FROM audited_ranges";

    private readonly Lock _turn = new();

    // What the next check looks at in any case: what has changed since it was last compared, and what differed then.
    private readonly HashSet<HourKey> _hours = [];
    private readonly HashSet<long> _differentRanges = [];

    // Where the rounds over what is old go on.
    private HourKey? _lastHour;
    private long _nextRange;

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

        var found = new AuditFindings();
        var clicks = database.Read(reader => reader.Snapshot(session => Compare(session, budget, found)));
        ReadAgain(budget, found);
        return new LedgerAudit(clock.GetUtcNow(), clicks, found.Drift, [.. found.Texts]);
    }

    /// <summary>Folds the next piece of rows, unless only few are left.</summary>
    private bool FoldNext()
    {
        var piece = database.Read(reader => reader.Snapshot(session =>
        {
            var from = session.Prepare(ReadState).First(static row => row.Int64(), 0);
            var last = session.Prepare(LastRow).First(static row => row.Int64(), 0);
            var to = Math.Min(last, EndOfRange(RangeOf(from + 1)));
            return last - from <= MaxRemainder ? null : Fold(session, from, to);
        }));
        if (piece is null)
            return false;

        var isKept = database.WriteAsync(session => Keep(session, piece), piece.Counters.Count).GetAwaiter().GetResult();
        if (isKept)
            _hours.UnionWith(piece.Hours.Keys);

        return isKept;
    }

    private static Piece Fold(SqliteSession session, long from, long to)
    {
        var fold = new ClickFold();
        var clicks = session.Prepare(NewClicks).Bind(from).Bind(to);
        while (clicks.Step())
        {
            _ = clicks.Int64();
            var hasLink = !clicks.IsNull;
            var code = clicks.Span();
            var (task, campaign, partner, program, at) = (clicks.Guid(), clicks.Guid(), clicks.Guid(), clicks.Guid(), clicks.Int64());
            var tally = ClickTally.OfOne(clicks.Boolean(), clicks.Boolean(), clicks.Int32() == (int)ClickClass.OutsideTerms);
            var hour = fold.Of(new TaskHourKey(task, campaign, partner, program, TaskHourKey.HourOf(at)));
            hour.Tally += tally;
            if (hasLink)
                hour.Of(code).Tally += tally;
        }

        clicks.Reset();
        var hours = new Dictionary<HourKey, HourTally>();
        var all = default(ClickTally);
        foreach (var taskHour in fold.TaskHours)
        {
            var key = new HourKey(taskHour.Key.Program, taskHour.Key.Start);
            var linked = taskHour.Links.Aggregate(default(ClickTally), static (sum, link) => sum + link.Tally);
            hours[key] = hours.GetValueOrDefault(key) + new HourTally(taskHour.Tally, linked);
            all += taskHour.Tally;
        }

        return new Piece(from, to, all, fold.Counters(), hours);
    }

    /// <summary>Keeps what was folded, unless another has in the meantime.</summary>
    private static bool Keep(SqliteSession session, Piece piece)
    {
        if (session.Prepare(SaveState).Bind(piece.To).Bind(piece.From).Run() == 0)
            return false;

        var counters = session.Prepare(MoveCounters);
        foreach (var (scope, tally) in piece.Counters)
            counters.BindText(scope).Bind(tally).Run();

        var hours = session.Prepare(MoveHours);
        foreach (var (hour, tally) in piece.Hours)
            hours.Bind(hour.Program).Bind(hour.Start).Bind(tally.All).Bind(tally.Linked).Run();

        session.Prepare(MoveRange).Bind(RangeOf(piece.To)).Bind(piece.All).Run();
        return true;
    }

    private long Compare(SqliteSession session, TimeSpan budget, AuditFindings found)
    {
        var from = session.Prepare(ReadState).First(static row => row.Int64(), 0);
        var rest = Fold(session, from, long.MaxValue);
        CompareCounters(session, rest, found);

        // What differs is looked at again in the next check, until it does no more.
        _hours.UnionWith(rest.Hours.Keys);
        var days = _hours.Select(hour => hour.Day).ToHashSet();
        var different = _hours.Where(hour => !CompareHour(session, hour, rest, found))
            .Concat(days.Where(day => !CompareDay(session, day, rest, found))).ToHashSet();
        var rotation = TimeSpan.FromTicks(Math.Min(budget.Ticks / 4, LongestRotation.Ticks));
        var began = Stopwatch.GetTimestamp();
        var first = default(HourKey?);
        do
        {
            _lastHour = NextHourAfter(session, _lastHour) ?? NextHourAfter(session, null);
            if (_lastHour is not { } hour || hour == first)
                break;

            first ??= hour;
            if (!_hours.Contains(hour) && !CompareHour(session, hour, rest, found))
                different.Add(hour);

            if (days.Add(hour.Day) && !CompareDay(session, hour.Day, rest, found))
                different.Add(hour.Day);
        }
        while (Stopwatch.GetElapsedTime(began) < rotation);

        // The rest's hours are compared again when it has been folded.
        _hours.Clear();
        _hours.UnionWith(different);
        return session.Prepare(CountAudited).First(static row => row.Int64(), 0) + rest.All.Clicks;
    }

    private static void CompareCounters(SqliteSession session, Piece rest, AuditFindings found)
    {
        var different = session.Prepare(DifferentCounters);
        while (different.Step())
        {
            var scope = different.Span().ToArray();
            var (counted, kept) = (ClickTally.Read(different), ClickTally.Read(different));
            rest.Counters.Remove(scope, out var added);
            if (counted != kept + added)
                found.Add(Name(scope), counted, kept + added);
        }

        different.Reset();

        // Counters that equal the folds lack the clicks that are not folded yet.
        foreach (var (scope, added) in rest.Counters)
        {
            var counted = session.Prepare(ReadCounter).BindText(scope).First(ClickTally.Read, default);
            found.Add(Name(scope), counted, counted + added);
        }
    }

    private static bool CompareHour(SqliteSession session, HourKey hour, Piece rest, AuditFindings found) =>
        CompareTime(session, hour, TaskHourKey.SecondsPerHour, "hour", "task_hours", "link_hours", rest, found);

    private static bool CompareDay(SqliteSession session, HourKey day, Piece rest, AuditFindings found) =>
        CompareTime(session, day, TaskHourKey.SecondsPerDay, "day", "task_days", null, rest, found);

    private static bool CompareTime(SqliteSession session, HourKey from, long length, string unit, string tasks, string? links, Piece rest, AuditFindings found)
    {
        var kept = session.Prepare(AuditedHours).Bind(from.Program).Bind(from.Start).Bind(from.Start + length)
            .First(static row => new HourTally(ClickTally.Read(row), ClickTally.Read(row)), default);
        foreach (var (hour, tally) in rest.Hours)
        {
            if (hour.Program == from.Program && hour.Start >= from.Start && hour.Start < from.Start + length)
                kept += tally;
        }

        var (ofTasks, ofLinks) = (SumOf(tasks), links is null ? kept.Linked : SumOf(links));
        if (ofTasks == kept.All && ofLinks == kept.Linked)
            return true;

        var begin = DateTimeOffset.FromUnixTimeSeconds(from.Start).UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var name = $"{unit} from {begin} UTC of program {EntityId.From(EntityId.Program, from.Program)}";
        found.Add($"{name}, by task", ofTasks, kept.All);
        found.Add($"{name}, by link", ofLinks, kept.Linked);
        return false;

        ClickTally SumOf(string table) => session.Prepare($"SELECT {Sums} FROM {table} WHERE program_id = ? AND start = ?")
            .Bind(from.Program).Bind(from.Start).First(ClickTally.Read, default);
    }

    private static HourKey? NextHourAfter(SqliteSession session, HourKey? hour)
    {
        var next = hour is { } last
            ? session.Prepare(NextHour).Bind(last.Program).Bind(last.Start)
            : session.Prepare(FirstHour);
        return next.First<HourKey?>(static row => new HourKey(row.Guid(), row.Int64()), null);
    }

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

    private bool CompareRange(long range, AuditFindings found)
    {
        var (counted, kept) = database.Read(reader => reader.Snapshot(session =>
        {
            var to = Math.Min(EndOfRange(range), session.Prepare(ReadState).First(static row => row.Int64(), 0));
            return (
                session.Prepare(ReadRange).Bind(range).First(ClickTally.Read, default),
                session.Prepare(CountRange).Bind(EndOfRange(range - 1)).Bind(to).First(ClickTally.Read, default));
        }));
        if (counted == kept)
            return true;

        found.Add($"clicks {EndOfRange(range - 1) + 1} to {EndOfRange(range)}", counted, kept);
        return false;
    }

    private static long RangeOf(long rowid) => rowid >> RangeBits;

    private static long EndOfRange(long range) => ((range + 1) << RangeBits) - 1;

    private static string Name(byte[] utf8)
    {
        var scope = Encoding.UTF8.GetString(utf8);
        return scope switch
        {
            _ when scope.StartsWith(EntityId.Link, StringComparison.Ordinal) => $"link {scope}",
            _ when scope.StartsWith(EntityId.Task, StringComparison.Ordinal) => $"task {scope}",
            _ when scope.Contains('/', StringComparison.Ordinal) => $"partner's share {scope}",
            _ => $"campaign {scope}",
        };
    }

    /// <summary>An hour of a program, or a day.</summary>
    private readonly record struct HourKey(Guid Program, long Start)
    {
        public HourKey Day => this with { Start = TaskHourKey.DayOf(Start) };
    }

    /// <summary>The clicks of an hour, and those of them that have a link's code.</summary>
    private readonly record struct HourTally(ClickTally All, ClickTally Linked)
    {
        public static HourTally operator +(HourTally a, HourTally b) => new(a.All + b.All, a.Linked + b.Linked);
    }

    /// <summary>The fold of the rows after <paramref name="From"/> up to <paramref name="To"/>.</summary>
    private sealed record Piece(
        long From, long To, ClickTally All, Dictionary<byte[], ClickTally> Counters, Dictionary<HourKey, HourTally> Hours);
}
