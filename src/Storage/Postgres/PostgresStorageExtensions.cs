using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansLinks.Access;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.History;
using OrleansLinks.Exports;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Transfer;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Storage.Postgres;

/// <summary>Adds PostgreSQL storage, for an installation of several processes.</summary>
public static class PostgresStorageExtensions
{
    private const string Invariant = "Npgsql";

    /// <summary>
    /// Adds the stores, and the service that makes partitions of clicks ahead and drops those past their retention. They need
    /// <see cref="OpenPostgresStores"/> to have been called.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The database.</param>
    /// <exception cref="DatabaseException">At first resolve: the connection string cannot be read.</exception>
    public static IServiceCollection AddPostgresStores(this IServiceCollection services, PostgresOptions options)
    {
        services.AddPostgresDatabase(options);
        services.AddSingleton<ILinkStore, PostgresLinkStore>();
        services.AddSingleton<IChangeStore, PostgresChangeStore>();
        services.AddSingleton<PostgresPartitions>().AddSingleton<PostgresVisits>().AddSingleton<PostgresLedgerAudit>();
        services.AddSingleton<ILedgerStore, PostgresLedgerStore>();
        services.AddSingleton<IConversionStore, PostgresConversionStore>();
        services.AddSingleton<IReportStore, PostgresReportStore>();
        services.AddSingleton<ISettingsHistory, PostgresSettingsHistory>();
        services.AddSingleton<IExportStore, PostgresExportStore>();
        services.AddSingleton<IWebhookFeedStore, PostgresWebhookFeedStore>().AddSingleton<IWebhookDeliveryStore, PostgresWebhookDeliveryStore>();
        services.AddSingleton<IDirectoryStore, PostgresDirectoryStore>();
        services.AddSingleton<IIdempotencyStore, PostgresIdempotencyStore>();
        services.AddHostedService<PostgresUpkeep>();
        return services;
    }

    /// <summary>Adds the import of a data folder, with the stores; no <see cref="OpenPostgresStores"/> before it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The database. Whatever its connection string says, statements may take as long as they do.</param>
    /// <exception cref="DatabaseException">At first resolve: the connection string cannot be read.</exception>
    public static IServiceCollection AddPostgresImport(this IServiceCollection services, PostgresOptions options) => services
        .AddPostgresStores(new PostgresOptions
        {
            ConnectionString = $"{options.ConnectionString};Command Timeout=0",
            MaxConnections = options.MaxConnections,
            ClickRetention = options.ClickRetention,
        })
        .AddSingleton<IDataImport, PostgresImport>();

    /// <summary>
    /// Waits until the server answers, with a line of log every few seconds, and brings the schema up to date. To be called
    /// before the host is started: Orleans reads its queries once.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="waits">Is told, as often as it is found out, that the server does not answer, and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseException">The database cannot be used; the message says why in one line and names the setting.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote the database.</exception>
    /// <exception cref="OperationCanceledException">It has given up.</exception>
    public static Task OpenPostgresStores(this IServiceProvider services, Action<string>? waits = null, CancellationToken cancellationToken = default) =>
        services.GetRequiredService<PostgresDatabase>().OpenAsync(waits, cancellationToken);

    /// <summary>
    /// Adds grain storage, as JSON (System.Text.Json), which an operator can read and which lets states gain fields. Keys of
    /// grains must not read as hexadecimal numbers (see <see cref="EntityId"/>).
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="options">The database.</param>
    /// <param name="name">Name of the storage provider.</param>
    /// <exception cref="DatabaseException">When the silo starts: the connection string cannot be read.</exception>
    public static ISiloBuilder AddPostgresGrainStorage(this ISiloBuilder builder, PostgresOptions options, string name = "Default")
    {
        builder.Services.AddPostgresDatabase(options);
        builder.UseSystemTextJsonGrainStorageSerializer();
        return builder.AddAdoNetGrainStorage(name, storage => storage.Configure<PostgresDatabase>((storage, database) =>
        {
            storage.Invariant = Invariant;
            storage.DataSource = database.Source;
        }));
    }

    /// <summary>Has silos find each other through the database.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="options">The database.</param>
    /// <exception cref="DatabaseException">When the silo starts: the connection string cannot be read.</exception>
    public static ISiloBuilder AddPostgresClustering(this ISiloBuilder builder, PostgresOptions options)
    {
        builder.Services.AddPostgresDatabase(options);
        return builder.UseAdoNetClustering(clustering => clustering.Configure<PostgresDatabase>((clustering, database) =>
        {
            clustering.Invariant = Invariant;
            clustering.DataSource = database.Source;
        }));
    }

    /// <summary>Has a client find silos through the database.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="options">The database.</param>
    /// <exception cref="DatabaseException">When the client starts: the connection string cannot be read.</exception>
    public static IClientBuilder AddPostgresClustering(this IClientBuilder builder, PostgresOptions options)
    {
        builder.Services.AddPostgresDatabase(options);
        return builder.UseAdoNetClustering(clustering => clustering.Configure<PostgresDatabase>((clustering, database) =>
        {
            clustering.Invariant = Invariant;
            clustering.DataSource = database.Source;
        }));
    }

    // One pool, whoever asks for it first.
    private static void AddPostgresDatabase(this IServiceCollection services, PostgresOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton<PostgresDatabase>();
    }

    /// <summary>Looks after the partitions of clicks at the start and every hour; of several processes, one at a time.</summary>
    private sealed class PostgresUpkeep(PostgresPartitions partitions, TimeProvider clock, ILogger<PostgresUpkeep> log) : BackgroundService
    {
        private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(Pause, clock);
            do
            {
                try
                {
                    await partitions.KeepUpAsync();
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    log.UpkeepFailed(failure);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
    }
}
