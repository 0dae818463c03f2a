using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansLinks.Storage.Postgres;
using Xunit;

[assembly: AssemblyFixture(typeof(OrleansLinks.Storage.PostgresCluster))]

namespace OrleansLinks.Storage;

/// <summary>The PostgreSQL that all tests of a run share, each with a database of its own.</summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private const string Template = "template_orleanslinks";

    private static PostgresCluster? _current;

    private PostgresServer? _server;
    private NpgsqlDataSource? _admin;
    private int _databases;

    public static PostgresCluster Current => _current ?? throw new InvalidOperationException("The PostgreSQL of the tests is not started.");

    public async ValueTask InitializeAsync()
    {
        // What the suite asks for has nothing to do with the disk.
        _server = await PostgresServer.StartAsync("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=500", "shared_buffers=128MB", "max_wal_size=4GB", "autovacuum_naptime=1min");
        _admin = NpgsqlDataSource.Create(_server.ConnectionStringOf("postgres"));
        Run($"CREATE DATABASE {Template}");
        await using (var database = new PostgresDatabase(OptionsOf(Template), TimeProvider.System, NullLogger<PostgresDatabase>.Instance))
            await database.OpenAsync(null, CancellationToken.None);

        _current = this;
    }

    public async ValueTask DisposeAsync()
    {
        if (_admin is not null)
            await _admin.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Makes a database, with the schema or empty.</summary>
    /// <returns>Its name.</returns>
    public string Create(bool isEmpty = false)
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        // To copy the files is many times faster than to write each page into the log, where nothing waits for the disk.
        Run($"CREATE DATABASE {name} TEMPLATE {(isEmpty ? "template0" : Template)} STRATEGY FILE_COPY");
        return name;
    }

    /// <summary>Drops a database, whoever is connected to it.</summary>
    public void Drop(string name) => Run($"DROP DATABASE {name} WITH (FORCE)");

    public PostgresOptions OptionsOf(string database, TimeSpan? retention = null) =>
        new() { ConnectionString = _server!.ConnectionStringOf(database), ClickRetention = retention };

    private void Run(string sql)
    {
        using var command = _admin!.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
