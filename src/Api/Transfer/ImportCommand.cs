using System.Globalization;
using OrleansLinks.Clicks;
using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>
/// <c>import --from EXPORT --Database:Provider Postgres --Database:ConnectionString …</c>: moves what an export of an installation over
/// SQLite has into an empty PostgreSQL database, for a cluster.
/// </summary>
/// <remarks>
/// Clicks that wait in the export's journal are counted in the export's own database first, as a start of the program on it would, and so
/// move with the others: the edges of the cluster begin with empty journals, and nobody has to think of it.
/// </remarks>
internal static class ImportCommand
{
    private const int MaxClicks = 16 * 1024;
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="StartupException">A setting cannot be used.</exception>
    /// <exception cref="DataFolderException">The export cannot be imported.</exception>
    /// <exception cref="JournalException">Its journal cannot be read.</exception>
    /// <exception cref="DatabaseException">The database is not empty, or did not take it; nothing was imported.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote the one or the other.</exception>
    public static async Task Run(string[] args, TextWriter output)
    {
        var settings = Settings.CreateBuilder(args, EdgeHost.Known).Configuration;
        var database = settings.Read<DatabaseOptions>("Database");
        var serviceId = settings.Read<ClusterSettings>("Cluster").ServiceId;
        if (database.Provider != DatabaseProvider.Postgres)
        {
            throw new StartupException("The setting Database:Provider must be Postgres for an import: that is where it goes to.");
        }

        var postgres = database.ToPostgres();
        using var folder = Open(settings.Read<ImportOptions>("Import").From);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning))
            .AddPostgresImport(postgres)
            .BuildServiceProvider();
        var import = services.GetRequiredService<IDataImport>();
        await import.CheckAsync(folder.Path);
        var (counted, lost) = await CountWaiting(folder, services);
        var report = await import.RunAsync(folder.Path, serviceId);
        await Tell(output, folder.Path, counted, lost, report);
    }

    private static DataFolder Open(string from)
    {
        if (string.IsNullOrWhiteSpace(from))
        {
            throw new DataFolderException("No export is named to import: set Import:From (--from).");
        }

        from = Path.GetFullPath(from);
        if (!System.IO.Directory.Exists(from))
        {
            throw new DataFolderException(File.Exists(from) ? $"'{from}' is a file: name the folder of an export." : $"There is no folder '{from}': name that of an export.");
        }

        // Before it is locked, which leaves a file in it.
        if (SqliteBackup.FindMissing(from) is { } missing)
        {
            throw new DataFolderException($"The folder '{from}' is no export: there is no '{missing}'.");
        }

        return File.Exists(Path.Combine(from, ClickOptions.JournalName, JournalState.Name))
            ? DataFolder.Open(from, "export", "Import:From (--from)")
            : throw new DataFolderException($"The folder '{from}' is no export: there is no journal in it. Where the journal is in another folder, export the data folder first.");
    }

    /// <summary>Counts what waits in the export's journal in its own database. To do so again does no harm.</summary>
    /// <returns>How many clicks were new, and how many the journal has lost.</returns>
    private static async Task<(long Counted, long Lost)> CountWaiting(DataFolder folder, IServiceProvider services)
    {
        await using var stores = new ServiceCollection()
            .AddSingleton(services.GetRequiredService<ILoggerFactory>())
            .AddLogging()
            .AddSingleton(folder)
            .AddSqliteStores(folder.Path)
            .BuildServiceProvider();
        var ledger = stores.GetRequiredService<ILedgerStore>();
        var journalSettings = new ClickOptions().ToSettings(folder.Path);
        using var journal = ClickJournal.Open(journalSettings, TimeProvider.System, services.GetRequiredService<ILogger<ClickJournal>>());
        var builder = new ClickBatchBuilder();
        long counted = 0;
        while (journal.ReadNext(MaxClicks, MaxBytes) is { } batch)
        {
            foreach (var click in batch)
            {
                builder.Add(click);
            }

            try
            {
                counted += (await ledger.RecordAsync(builder.Take())).Added;
            }
            catch (FormatException failure)
            {
                throw new DataFolderException($"The journal in '{folder.Path}' has a click that this program cannot read ({failure.Message.TrimEnd('.')}): import with the newest program.", failure);
            }

            journal.MarkShipped(batch.Last);
        }

        return (counted, journal.Lost);
    }

    private static async Task Tell(TextWriter output, string from, long counted, long lost, ImportReport report)
    {
        await output.WriteLineAsync($"  Imported '{from}' into the database {report.Database}.");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {counted:N0} clicks of its journal were not counted yet, and are now; the edges of the cluster begin with empty data folders."));
        if (lost > 0)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {lost:N0} clicks are lost: they were before, or the journal is damaged; the log says which."));
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync($"  {"",-28}{"exported",20}{"imported",20}");
        foreach (var measure in report.Measures)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {measure.Name,-28}{measure.Exported,20:N0}{measure.Imported,20:N0}"));
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  The audit of the ledger has compared all totals with {report.Audit.Clicks:N0} clicks: drift {report.Audit.Drift}."));
    }
}
