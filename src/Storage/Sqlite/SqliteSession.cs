using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>A connection and its prepared statements, for one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private const int BusyMilliseconds = 5000;

    // Who reads for long, a backup above all, must not keep the writer from its work; the log only grows a little more.
    private const int ReadersMilliseconds = 100;

    /// <summary>Says that nobody changes a database file.</summary>
    public const string Immutable = "immutable=1";

    private readonly sqlite3 _database;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    static SqliteSession() => Batteries_V2.Init();

    private SqliteSession(sqlite3 database, string file) => (_database, FileName) = (database, file);

    /// <summary>The database file.</summary>
    public string FileName { get; }

    /// <summary>Opens a database file, making it when it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cacheKilobytes">Most memory that its page cache takes.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteSession Open(string path, int cacheKilobytes)
    {
        // Not by SqliteConnection, which has SQLite lock a mutex in each call: a click is some forty.
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out var database, Flags, null);
        try
        {
            SqliteException.ThrowExceptionForRC(code, database);

            // FULL: a commit is on disk when it returns, also when the power fails. Checkpoints are the writer's affair.
            code = raw.sqlite3_exec(database, $"""
                PRAGMA busy_timeout = {BusyMilliseconds};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = {-cacheKilobytes};
                """);
            SqliteException.ThrowExceptionForRC(code, database);
            return new SqliteSession(database, path);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a database file that nobody changes meanwhile, to read it. Nothing is written beside it either, so that it may lie where
    /// nothing can be written.
    /// </summary>
    /// <param name="path">The file. What is in a write-ahead log beside it is not seen.</param>
    /// <param name="cacheKilobytes">Most memory that its page cache takes.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteSession OpenUnchanging(string path, int cacheKilobytes)
    {
        const int Flags = raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(UriOfUnchanging(path), out var database, Flags, null);
        try
        {
            SqliteException.ThrowExceptionForRC(code, database);
            code = raw.sqlite3_exec(database, $"PRAGMA temp_store = MEMORY; PRAGMA cache_size = {-cacheKilobytes};");
            SqliteException.ThrowExceptionForRC(code, database);
            return new SqliteSession(database, path);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Whether a part of a database file is in the write-ahead log beside it.</summary>
    public static bool HasLog(string path) => new FileInfo(LogOf(path)) is { Exists: true, Length: > 0 };

    /// <summary>The write-ahead log of a database file.</summary>
    public static string LogOf(string path) => $"{path}-wal";

    /// <summary>How SQLite calls a database file that nobody changes: https://sqlite.org/uri.html#uriimmutable.</summary>
    public static string UriOfUnchanging(string path)
    {
        var escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return $"file:///{escaped.Replace(Path.DirectorySeparatorChar, '/').TrimStart('/')}?{Immutable}";
    }

    /// <summary>
    /// How often work was abandoned: what a caller remembers of the database beside it is worthless once this has changed.
    /// </summary>
    public int Abandonments { get; private set; }

    /// <summary>The statement with that text, ready for its first parameter.</summary>
    /// <exception cref="SqliteException">The text is not SQL.</exception>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var code = raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
            SqliteException.ThrowExceptionForRC(code, _database);
            _statements.Add(sql, statement = new SqliteStatement(_database, prepared));
        }

        return statement;
    }

    /// <summary>Runs a statement without parameters.</summary>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public void Run(string sql) => Prepare(sql).Run();

    /// <summary>Runs reads on one snapshot. It is let go of in any case: as long as it is held, the log cannot begin anew.</summary>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public T Snapshot<T>(Func<SqliteSession, T> read)
    {
        Run("BEGIN");
        try
        {
            var result = read(this);
            Run("COMMIT");
            return result;
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    /// <summary>Ends whatever an exception left half done.</summary>
    public void Abandon()
    {
        Abandonments++;
        foreach (var statement in _statements.Values)
            statement.Reset();

        // SQLite has already rolled back after some errors (a full disk, for one), and this then says so. Should it
        // fail otherwise, the next BEGIN will tell the next callers.
        raw.sqlite3_exec(_database, "ROLLBACK");
    }

    /// <summary>Pages that went to the write-ahead log since this was asked last.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_database, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Copies the write-ahead log into the database file.</summary>
    /// <param name="restart">Whether to wait a little for readers, so that the log begins anew.</param>
    /// <returns>Pages in the log, now copied or not; 0 when another connection is at it.</returns>
    public int Checkpoint(bool restart)
    {
        var mode = restart ? raw.SQLITE_CHECKPOINT_RESTART : raw.SQLITE_CHECKPOINT_PASSIVE;
        raw.sqlite3_busy_timeout(_database, ReadersMilliseconds);
        var code = raw.sqlite3_wal_checkpoint_v2(_database, "main", mode, out var pages, out _);
        raw.sqlite3_busy_timeout(_database, BusyMilliseconds);
        if (code != raw.SQLITE_BUSY)
            SqliteException.ThrowExceptionForRC(code, _database);

        return Math.Max(0, pages);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _database.Dispose();
    }
}
