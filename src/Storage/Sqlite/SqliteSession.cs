using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>A connection and its prepared statements, for one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens a database file, making it when it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cacheKilobytes">Most memory that its page cache takes.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteSession Open(string path, int cacheKilobytes)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // FULL: a commit is on disk when it returns, also when the power fails. Checkpoints are the writer's affair.
            using var settings = connection.CreateCommand();
            settings.CommandText = $"""
                PRAGMA busy_timeout = 5000;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = {-cacheKilobytes};
                """;
            settings.ExecuteNonQuery();
            return new SqliteSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The connection, for what is done once.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>The statement with that text, ready for its first parameter.</summary>
    /// <exception cref="SqliteException">The text is not SQL.</exception>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var code = raw.sqlite3_prepare_v3(_connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
            SqliteException.ThrowExceptionForRC(code, _connection.Handle);
            _statements.Add(sql, statement = new SqliteStatement(_connection.Handle!, prepared));
        }

        return statement;
    }

    /// <summary>Runs a statement without parameters.</summary>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public void Run(string sql) => Prepare(sql).Run();

    /// <summary>Ends whatever an exception left half done.</summary>
    public void Abandon()
    {
        foreach (var statement in _statements.Values)
            statement.Reset();

        // SQLite has already rolled back after some errors (a full disk, for one), and this then says so. Should it
        // fail otherwise, the next BEGIN will tell the next callers.
        raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
    }

    /// <summary>Pages that went to the write-ahead log since this was asked last.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Copies the write-ahead log into the database file.</summary>
    /// <param name="restart">Whether to wait for readers, so that the log begins anew for certain.</param>
    /// <returns>Pages in the log, now copied or not; 0 when another connection is at it.</returns>
    public int Checkpoint(bool restart)
    {
        var mode = restart ? raw.SQLITE_CHECKPOINT_RESTART : raw.SQLITE_CHECKPOINT_PASSIVE;
        var code = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", mode, out var pages, out _);
        if (code != raw.SQLITE_BUSY)
            SqliteException.ThrowExceptionForRC(code, _connection.Handle);

        return Math.Max(0, pages);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _connection.Dispose();
    }
}
