using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>
/// The database of grain state: <c>grains.db</c> in the data folder, a file of its own, so that Orleans' connections
/// and the writer of <see cref="SqliteDatabase"/> never wait for each other's lock.
/// </summary>
internal sealed class SqliteGrainDatabase : DbDataSource
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "grains.db";

    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Makes the database when it is not there, and brings its schema up to date: the provider reads its queries once.</summary>
    /// <exception cref="SchemaVersionException">A newer program wrote it.</exception>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteGrainDatabase(DataFolder folder, ILogger<SqliteGrainDatabase> log)
    {
        var path = Path.Combine(folder.Path, FileName);
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true }.ToString();
        using var connection = (SqliteConnection)OpenDbConnection();
        log.Opened(path, SqliteSchema.Apply(connection, "GrainsSchema"));
    }

    /// <inheritdoc/>
    public override string ConnectionString { get; }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new Connection(ConnectionString, _writing);

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection()
    {
        var connection = new Connection(ConnectionString, _writing);
        try
        {
            connection.Open();
            using var settings = connection.CreateCommand();
            settings.CommandText = """
                PRAGMA busy_timeout = 10000;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA journal_size_limit = 16777216;
                """;
            settings.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            using var any = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(any);
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class Connection(string connectionString, SemaphoreSlim writing) : SqliteConnection(connectionString)
    {
        public override SqliteCommand CreateCommand() => new Command(writing) { Connection = this, CommandTimeout = DefaultTimeout, Transaction = Transaction };
    }

    /// <summary>
    /// Lets one write at a time to SQLite and the others wait in line without a thread: SQLite itself would have each
    /// hold a thread of the pool and sleep until it happens to find the lock free.
    /// </summary>
    private sealed class Command(SemaphoreSlim writing) : SqliteCommand
    {
        private bool _isWriting;

        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(System.Data.CommandBehavior behavior, CancellationToken cancellationToken)
        {
            if (!CommandText.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase))
            {
                await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
                _isWriting = true;
            }

            return await base.ExecuteDbDataReaderAsync(behavior, cancellationToken).ConfigureAwait(false);
        }

        // A statement that returns rows commits at its end, so the turn lasts until the command is disposed.
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (_isWriting)
            {
                _isWriting = false;
                writing.Release();
            }
        }
    }
}
