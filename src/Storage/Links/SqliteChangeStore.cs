using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Links;

/// <summary>The feed of changes in SQLite.</summary>
internal sealed class SqliteChangeStore(SqliteDatabase database, TimeProvider clock) : IChangeStore
{
    /// <summary>Changes looked at for each new one, oldest first, to forget those past their retention.</summary>
    internal const int ForgottenPerChange = 4;

    private const string Insert = "INSERT INTO changes (id, at) VALUES (?, ?)";

    private const string Oldest = "SELECT seq, at FROM changes ORDER BY seq LIMIT ?";

    private const string Forget = "DELETE FROM changes WHERE seq = ?";

    private const string After = "SELECT seq, id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?";

    // Where AUTOINCREMENT is, also when there are no rows any more.
    private const string End = "SELECT seq FROM sqlite_sequence WHERE name = 'changes'";

    public Task AppendAsync(string id) => database.WriteAsync(session => Append(session, id, clock.GetUtcNow()));

    public Task<ChangePage> ReadAsync(long? after, int limit) =>
        database.ReadAsync(reader => reader.Snapshot(session => Read(session, after, limit)));

    /// <summary>Adds a change in the transaction that makes it.</summary>
    internal static int Append(SqliteSession session, string id, DateTimeOffset now)
    {
        // Only from the beginning and without holes, also when the clock was turned back: whoever reads tells by the
        // oldest row what is missing.
        foreach (var (seq, at) in session.Prepare(Oldest).Bind(ForgottenPerChange).All(static row => (row.Int64(), row.Time())))
        {
            if (at >= now - ChangePages.Retention)
                break;

            session.Prepare(Forget).Bind(seq).Run();
        }

        return session.Prepare(Insert).Bind(id).Bind(now).Run();
    }

    private static ChangePage Read(SqliteSession session, long? after, int limit)
    {
        var end = session.Prepare(End).First(static row => row.Int64(), 0);
        return after is { } place
            ? ChangePages.Of(place, end, session.Prepare(After).Bind(place).Bind(limit).All(static row => (row.Int64(), row.Text())))
            : new ChangePage([], end, HasGap: false);
    }
}
