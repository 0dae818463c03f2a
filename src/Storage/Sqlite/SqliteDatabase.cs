using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>
/// The database of links, clicks and lists: <c>links.db</c> in the data folder. Writes go through one
/// <see cref="GroupCommitWriter"/>; reads run on the calling thread, each on a session of its own, and in the
/// write-ahead log's snapshot never wait for the writer.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "links.db";

    private const int WriterCacheKilobytes = 64 * 1024;
    private const int ReaderCacheKilobytes = 2 * 1024;

    // A read beyond these opens a session for itself (0.3 ms) rather than wait.
    private const int IdleReaders = 8;

    private readonly string _path;
    private readonly GroupCommitWriter _writer;
    private readonly ConcurrentQueue<SqliteSession> _readers = new();
    private volatile bool _closed;

    /// <summary>Opens the database, making it and bringing its schema up to date.</summary>
    /// <exception cref="SchemaVersionException">A newer program wrote it.</exception>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteDatabase(DataFolder folder, ILogger<SqliteDatabase> log)
    {
        _path = Path.Combine(folder.Path, FileName);
        log.Opened(_path, Migrate(_path));
        _writer = new GroupCommitWriter(SqliteSession.Open(_path, WriterCacheKilobytes), "links.db writer", log);
    }

    /// <inheritdoc cref="GroupCommitWriter.WriteAsync"/>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, int rows = 1) => _writer.WriteAsync(work, rows);

    /// <summary>Runs a read of a few rows; what was acknowledged before the call is seen by it.</summary>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> read)
    {
        try
        {
            return Task.FromResult(Read(read));
        }
        catch (Exception failure)
        {
            return Task.FromException<T>(failure);
        }
    }

    /// <summary>Runs a read that may take a while; it is the calling thread's, which must not be one of the pool.</summary>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    /// <exception cref="SqliteException">SQLite refused it.</exception>
    public T Read<T>(Func<SqliteSession, T> read)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (!_readers.TryDequeue(out var reader))
            reader = SqliteSession.Open(_path, ReaderCacheKilobytes);

        var healthy = false;
        try
        {
            var result = read(reader);
            healthy = true;
            return result;
        }
        finally
        {
            if (healthy && !_closed && _readers.Count < IdleReaders)
                _readers.Enqueue(reader);
            else
                reader.Dispose();
        }
    }

    /// <summary>Commits what is queued, then closes the files.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_readers.TryDequeue(out var reader))
            reader.Dispose();

        _writer.Dispose();
    }

    private static int Migrate(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var settings = connection.CreateCommand();
        settings.CommandText = $"PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = {-WriterCacheKilobytes};";
        settings.ExecuteNonQuery();
        return SqliteSchema.Apply(connection, "LinksSchema");
    }
}
