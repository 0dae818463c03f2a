using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Storage;

/// <summary>A PostgreSQL database of its own for one test.</summary>
/// <param name="retention">How long clicks are kept.</param>
public sealed class PostgresHost(TimeSpan? retention = null) : StorageHost
{
    private readonly Lazy<string> _name = new(() => PostgresCluster.Current.Create());

    public string Name => _name.Value;

    public PostgresOptions Options => PostgresCluster.Current.OptionsOf(Name, retention);

    internal PostgresDatabase Database => Get<PostgresDatabase>();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_name.IsValueCreated)
            PostgresCluster.Current.Drop(Name);
    }

    /// <summary>Another process with the same database, as far as the stores can tell.</summary>
    public ServiceProvider Other() => Configure(new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Clock)).BuildServiceProvider();

    public Task<int> RunAsync(string sql) => Database.UseAsync(async connection =>
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    });

    /// <summary>Waits until a number that the database answers is as it should be.</summary>
    public async Task UntilAsync(string what, string sql, Func<long, bool> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo(await ReadOneAsync(sql, row => row.Int64())))
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"Within 30 seconds it did not happen that {what}.");
        }
    }

    internal async Task<T> ReadOneAsync<T>(string sql, Func<IRow, T> read) => (await Database.ReadAsync(sql, read)).Single();

    internal Task<long> CountAsync(string rows) => ReadOneAsync($"SELECT count(*) FROM {rows}", row => row.Int64());

    protected override IServiceCollection Configure(IServiceCollection services) => services.AddPostgresStores(Options);
}
