using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansLinks.Storage.Postgres;

/// <summary>The PostgreSQL database: one pool of connections, which the stores and Orleans share.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    // Statements are small: to compile them costs more than it saves. And a process that vanishes without a word must not
    // keep its locks until the system notices, which takes hours.
    private const string SessionSettings =
        "-c jit=off -c idle_in_transaction_session_timeout=30s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isClosed;

    /// <summary>Makes the pool; nothing is connected yet.</summary>
    /// <exception cref="DatabaseException">The connection string cannot be read.</exception>
    public PostgresDatabase(PostgresOptions options, TimeProvider clock, ILogger<PostgresDatabase> log)
    {
        if (options.ClickRetention < PostgresOptions.LeastClickRetention)
            throw new DatabaseException($"Clicks must be kept for {PostgresOptions.LeastClickRetention.TotalDays} days at least, not {options.ClickRetention}.");

        Source = MakeSource(options);
        _clock = clock;
        _log = log;
    }

    /// <summary>The pool.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>
    /// Waits until the server answers, saying every few seconds in the log that it does not, and brings the schema up to
    /// date. To be called before anything else; more often does no harm.
    /// </summary>
    /// <param name="waits">Is told, as often as it is found out, that the server does not answer, and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseException">It will not answer however long one waits, or what it is cannot be used.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote it.</exception>
    public async Task OpenAsync(Action<string>? waits, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var connection = await Source.OpenConnectionAsync(cancellationToken);
                if (connection.PostgresParameters["server_encoding"] != "UTF8")
                    throw Unusable($"its encoding is {connection.PostgresParameters["server_encoding"]}: create it with ENCODING 'UTF8'", null);

                _log.Opened(Name(connection), await PostgresSchema.ApplyAsync(connection, cancellationToken), PostgresSchema.Known);
                return;
            }
            catch (NpgsqlException failure) when (IsNotUpYet(failure))
            {
                using var connection = Source.CreateConnection();
                var (name, reason) = (Name(connection), OneLine(failure.InnerException is SocketException socket ? socket : failure));
                _log.NotUpYet(name, reason);

                // Those of before may lead to a server that is not the first one any more.
                Source.Clear();
                waits?.Invoke($"The database {name} does not answer yet ({reason}).");
            }
            catch (NpgsqlException failure)
            {
                throw Unusable(ReasonOf(failure), failure);
            }

            await Task.Delay(Pause, _clock, cancellationToken);
        }
    }

    /// <summary>Lends a connection to some work; a transaction that the work leaves open is undone.</summary>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    /// <exception cref="NpgsqlException">The work failed, the server does not answer, or no connection became free for the connection string's timeout.</exception>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        Enter();
        try
        {
            await using var connection = await Source.OpenConnectionAsync();
            return await work(connection);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Lends a connection to work that only reads. A connection that the server has closed while nobody used it is found out by its
    /// next use: the work then gets a new one, and so does everybody else.
    /// </summary>
    /// <exception cref="NpgsqlException">It failed; it can be run again.</exception>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> look)
    {
        try
        {
            return await UseAsync(look);
        }
        catch (NpgsqlException failure) when (failure.InnerException is IOException or SocketException || failure.SqlState == PostgresErrorCodes.AdminShutdown)
        {
            Source.Clear();
            return await UseAsync(look);
        }
    }

    /// <summary>Runs a statement that is prepared once a connection; on disk when the task completes.</summary>
    /// <returns>How many rows it inserted, updated or deleted.</returns>
    /// <exception cref="NpgsqlException">It failed; it can be run again.</exception>
    public Task<int> RunAsync(string sql, params NpgsqlParameter[] parameters) => UseAsync(async connection =>
    {
        await using var command = connection.Command(sql, parameters);
        await command.PrepareAsync();
        return await command.ExecuteNonQueryAsync();
    });

    /// <summary>The rows that a statement answers, which is prepared once a connection.</summary>
    /// <exception cref="NpgsqlException">It failed; it can be run again.</exception>
    public Task<List<T>> ReadAsync<T>(string sql, Func<IRow, T> read, params NpgsqlParameter[] parameters) =>
        ReadAsync(connection => ReadAsync(connection, sql, isPrepared: true, read, parameters));

    /// <summary>
    /// The rows that a statement about clicks answers. It is planned anew each time, by its parameters, which names the few
    /// partitions that it concerns; a prepared one has to open all of them to find out.
    /// </summary>
    /// <exception cref="NpgsqlException">It failed; it can be run again.</exception>
    public Task<List<T>> ReadClicksAsync<T>(string sql, Func<IRow, T> read, params NpgsqlParameter[] parameters) =>
        ReadAsync(connection => ReadAsync(connection, sql, isPrepared: false, read, parameters));

    /// <summary>What went wrong, in one line, with what PostgreSQL or we know to do about it.</summary>
    public string ReasonOf(NpgsqlException failure)
    {
        if (failure is not PostgresException answer)
            return OneLine(failure.InnerException ?? failure);

        var remedy = answer.SqlState == PostgresErrorCodes.InsufficientPrivilege ? RightsNeeded() : answer.Hint;
        return remedy is null ? OneLine(answer) : $"{OneLine(answer)}; {remedy.ReplaceLineEndings(" ").TrimEnd('.')}";
    }

    public void Dispose()
    {
        Close();
        Source.Dispose();
    }

    /// <summary>Lets what has begun come to its end, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _idle.Task;
        await Source.DisposeAsync();
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, bool isPrepared, Func<IRow, T> read, NpgsqlParameter[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        try
        {
            if (isPrepared)
                await command.PrepareAsync();

            return await command.ReadAsync(read);
        }
        finally
        {
            // They belong to one command at a time, and may be wanted for another try.
            command.Parameters.Clear();
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _running++;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running == 0 && _isClosed)
                _idle.TrySetResult();
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_running == 0)
                _idle.TrySetResult();
        }
    }

    private static NpgsqlDataSource MakeSource(PostgresOptions options)
    {
        try
        {
            var text = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            if (string.IsNullOrWhiteSpace(text.Host))
                throw new ArgumentException("it names no Host");

            if (!text.ContainsKey("Maximum Pool Size"))
                text.MaxPoolSize = options.MaxConnections;

            text.ApplicationName ??= "orleanslinks";

            // Nothing here leaves anything in a session that would have to be reset.
            text.NoResetOnClose = true;
            text.Options ??= SessionSettings;
            return new NpgsqlDataSourceBuilder(text.ToString()) { Name = "orleanslinks" }.Build();
        }
        catch (Exception cause) when (cause is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            throw new DatabaseException($"The setting {PostgresOptions.ConnectionStringSetting} cannot be used ({OneLine(cause)}): it looks like 'Host=127.0.0.1;Database=orleanslinks;Username=orleanslinks;Password=…'.", cause);
        }
    }

    // Since version 15 nobody but a database's owner may create anything in its schema public.
    private string RightsNeeded()
    {
        var text = new NpgsqlConnectionStringBuilder(Source.ConnectionString);
        var (role, name) = (text.Username ?? Environment.UserName, text.Database ?? text.Username);
        return $"the role '{role}' has to own the database and its tables: ALTER DATABASE \"{name}\" OWNER TO \"{role}\", or, where it is empty, GRANT CREATE ON SCHEMA public TO \"{role}\"";
    }

    private DatabaseException Unusable(string reason, Exception? cause)
    {
        using var connection = Source.CreateConnection();
        return new DatabaseException($"The database {Name(connection)} cannot be used ({reason.TrimEnd('.')}): see the setting {PostgresOptions.ConnectionStringSetting}.", cause);
    }

    /// <summary>Whether to wait: nothing listens, or it is starting, stopping, full, or read only for the moment. A wrong password stays wrong.</summary>
    private static bool IsNotUpYet(NpgsqlException failure) => failure is PostgresException answer
        ? answer.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        : failure.InnerException is SocketException or IOException or TimeoutException;

    private static string Name(NpgsqlConnection connection) => $"'{connection.Database}' on {connection.DataSource}";

    private static string OneLine(Exception cause) =>
        (cause is PostgresException answer ? answer.MessageText : cause.Message).ReplaceLineEndings(" ").TrimEnd('.');
}
