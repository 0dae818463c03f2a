using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansLinks.Access;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.History;
using OrleansLinks.Exports;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>Adds SQLite storage in a data folder, for an installation in one process.</summary>
public static class SqliteStorageExtensions
{
    // What the provider calls its SQLite flavour; the driver beneath is Microsoft.Data.Sqlite.
    private const string Invariant = "System.Data.SQLite";

    /// <summary>
    /// Adds the stores over <c>links.db</c>. The folder is locked and the database opened when the first of them
    /// is resolved, and closed with the container, after what was queued is on disk.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="dataFolder">The data folder; made when it is not there.</param>
    /// <exception cref="DataFolderException">At first resolve: the folder cannot be used.</exception>
    /// <exception cref="SchemaVersionException">At first resolve: a newer program wrote the database.</exception>
    public static IServiceCollection AddSqliteStores(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => DataFolder.Open(dataFolder));
        services.TryAddSingleton<SqliteDatabase>();
        services.AddSingleton<ILinkStore, SqliteLinkStore>();
        services.AddSingleton<IChangeStore, SqliteChangeStore>();
        services.AddSingleton<SqliteTotals>().AddSingleton<SqliteLedgerAudit>();
        services.AddSingleton<ILedgerStore, SqliteLedgerStore>();
        services.AddSingleton<IConversionStore, SqliteConversionStore>();
        services.AddSingleton<IReportStore, SqliteReportStore>();
        services.AddSingleton<ISettingsHistory, SqliteSettingsHistory>();
        services.AddSingleton<IExportStore, SqliteExportStore>();
        services.AddSingleton<IWebhookFeedStore, SqliteWebhookFeedStore>().AddSingleton<IWebhookDeliveryStore, SqliteWebhookDeliveryStore>();
        services.AddSingleton<IDirectoryStore, SqliteDirectoryStore>();
        services.AddSingleton<IIdempotencyStore, SqliteIdempotencyStore>();
        return services;
    }

    /// <summary>Opens both databases, so that one that cannot be opened is met at the start and by its name.</summary>
    /// <exception cref="DataFolderException">One cannot be opened.</exception>
    public static void OpenSqliteStores(this IServiceProvider services)
    {
        var folder = services.GetRequiredService<DataFolder>();
        Open<SqliteDatabase>(SqliteDatabase.FileName);
        Open<SqliteGrainDatabase>(SqliteGrainDatabase.FileName);

        void Open<T>(string file)
            where T : class
        {
            try
            {
                services.GetRequiredService<T>();
            }
            catch (SchemaVersionException cause)
            {
                throw new DataFolderException(cause.Message, cause);
            }
            catch (SqliteException cause)
            {
                var path = Path.Combine(folder.Path, file);
                throw new DataFolderException($"The database '{path}' cannot be opened ({cause.Message.TrimEnd('.')}): restore it from a backup, or choose another folder with the setting Data:Folder (--data).", cause);
            }
        }
    }

    /// <summary>
    /// Adds grain storage over <c>grains.db</c>, as JSON (System.Text.Json), which an operator can read and which lets
    /// states gain fields. Keys of grains must not read as hexadecimal numbers (see <see cref="EntityId"/>).
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="dataFolder">The data folder; made when it is not there.</param>
    /// <param name="name">Name of the storage provider.</param>
    /// <exception cref="DataFolderException">When the silo starts: the folder cannot be used.</exception>
    /// <exception cref="SchemaVersionException">When the silo starts: a newer program wrote the database.</exception>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder builder, string dataFolder, string name = "Default")
    {
        builder.Services.TryAddSingleton(_ => DataFolder.Open(dataFolder));
        builder.Services.TryAddSingleton<SqliteGrainDatabase>();
        builder.UseSystemTextJsonGrainStorageSerializer();
        return builder.AddAdoNetGrainStorage(name, options => options.Configure<SqliteGrainDatabase>((storage, database) =>
        {
            storage.Invariant = Invariant;
            storage.DataSource = database;
        }));
    }
}
