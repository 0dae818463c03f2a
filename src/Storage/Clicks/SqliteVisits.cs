using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>
/// When visitors last clicked links. The rows are in no order of time, so that each new visit would write a page of its
/// own; new visits are therefore kept in memory and merged into the table a range of keys at a time.
/// </summary>
/// <remarks>
/// Nothing rests on the memory: the clicks themselves are on disk, and the visits that are not merged are read from
/// them again when the database is opened, or when a transaction was rolled back and memory may know visits that never
/// were. The writer's thread alone uses this.
/// </remarks>
internal sealed class SqliteVisits
{
    /// <summary>Ranges of keys, by their first 8 bits.</summary>
    internal const int Ranges = 256;

    /// <summary>
    /// After so many clicks the next range is merged. The more, the fewer pages are written, and the more clicks are
    /// read again when the database is opened: those of two rounds at most, 262,144.
    /// </summary>
    internal const int ClicksPerRange = 512;

    /// <summary>
    /// Visits looked at for each new click, to forget the old ones. With 2, the table settles at twice what is needed,
    /// without an index by time, which every click would have to move.
    /// </summary>
    internal const int SweptPerClick = 2;

    private const int BitsBelowRange = 56;

    private const string Find = "SELECT last_at FROM visits WHERE key = ?";

    private const string Save =
        "INSERT INTO visits (key, last_at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at";

    private const string SweepEnd = "SELECT key FROM visits WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?";

    private const string Sweep = "DELETE FROM visits WHERE key > ? AND key <= ? AND last_at < ?";

    private const string UnmergedClicks =
        """
        SELECT s.scope, t.task_id, c.visitor, c.at
        FROM clicks c CROSS JOIN click_tasks t ON t.number = c.task LEFT JOIN scopes s ON s.number = c.link
        WHERE c.rowid > (SELECT merged_rowid FROM visits_state) ORDER BY c.rowid
        """;

    private const string SaveState = "UPDATE visits_state SET merged_rowid = ?";

    private const string LastClick = "SELECT max(rowid) FROM clicks";

    private readonly Dictionary<long, long>[] _unmerged = [.. Enumerable.Range(0, Ranges).Select(_ => new Dictionary<long, long>())];
    private int _abandonments = -1;
    private int _nextRange;
    private int _clicks;
    private long _roundFrom;
    private long _sweptTo = long.MinValue;

    /// <summary>To be called before anything else in each piece of work.</summary>
    public void Begin(SqliteSession session)
    {
        if (_abandonments == session.Abandonments)
            return;

        foreach (var range in _unmerged)
            range.Clear();

        var clicks = session.Prepare(UnmergedClicks);
        while (clicks.Step())
        {
            var scope = clicks.TextOrNull();
            var task = clicks.Guid();
            scope ??= CounterScopes.OfTask(EntityId.From(EntityId.Task, task));
            var key = VisitKeys.KeyOf(VisitKeys.SeedOf(scope), clicks.Guid());
            // The table may know a later visit: its range may have been merged, and clicks come late.
            Keep(key, Math.Max(clicks.Int64(), LastAt(session, key)));
        }

        clicks.Reset();
        _nextRange = 0;
        _roundFrom = ReadLastClick(session);
        _abandonments = session.Abandonments;
    }

    /// <summary>When the visitor was last seen, Unix milliseconds; <see cref="long.MinValue"/> for never.</summary>
    public long LastAt(SqliteSession session, long key)
    {
        if (RangeOf(key).TryGetValue(key, out var lastAt))
            return lastAt;

        return session.Prepare(Find).Bind(key).First(static row => row.Int64(), long.MinValue);
    }

    /// <summary>Remembers a visit, which must not be from before <see cref="LastAt"/>.</summary>
    public void Keep(long key, long at) => RangeOf(key)[key] = at;

    /// <summary>
    /// Merges what is due after so many new clicks, which must be in the transaction, and forgets some of the visits from
    /// before the horizon.
    /// </summary>
    public void End(SqliteSession session, int clicks, DateTimeOffset horizon)
    {
        for (_clicks += clicks; _clicks >= ClicksPerRange; _clicks -= ClicksPerRange)
            MergeNext(session);

        Forget(session, clicks * SweptPerClick, horizon);
    }

    private Dictionary<long, long> RangeOf(long key) => _unmerged[(int)((ulong)key >> BitsBelowRange)];

    private static long ReadLastClick(SqliteSession session) => session.Prepare(LastClick).First(static row => row.Int64(), 0);

    private void MergeNext(SqliteSession session)
    {
        var save = session.Prepare(Save);
        var range = _unmerged[_nextRange];
        foreach (var (key, lastAt) in range)
            save.Bind(key).Bind(lastAt).Run();

        range.Clear();
        if (++_nextRange < Ranges)
            return;

        // All ranges were merged since the round began, so that the clicks from before it are needed no more.
        session.Prepare(SaveState).Bind(_roundFrom).Run();
        _nextRange = 0;
        _roundFrom = ReadLastClick(session);
    }

    /// <summary>Goes on through the visits, round and round.</summary>
    private void Forget(SqliteSession session, int count, DateTimeOffset horizon)
    {
        var end = session.Prepare(SweepEnd).Bind(_sweptTo).Bind(count - 1L).First(static row => row.Int64(), long.MaxValue);
        session.Prepare(Sweep).Bind(_sweptTo).Bind(end).Bind(horizon).Run();
        _sweptTo = end == long.MaxValue ? long.MinValue : end;
    }
}
