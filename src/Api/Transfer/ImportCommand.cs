using System.Globalization;
using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Transfer;

/// <summary>
/// <c>import --from EXPORT --Database:Provider Postgres --Database:ConnectionString …</c>: moves what an export of an installation over
/// SQLite has into an empty PostgreSQL database, for a cluster.
/// </summary>
/// <remarks>
/// Clicks that wait in the export's journal are counted first and move with the others: the edges of the cluster begin with empty journals,
/// and nobody has to think of it. The export itself stays as it is, and what it is has been looked at before anything else.
/// </remarks>
internal static class ImportCommand
{
    /// <exception cref="StartupException">A setting cannot be used.</exception>
    /// <exception cref="DataFolderException">The export cannot be imported.</exception>
    /// <exception cref="DatabaseException">The database is not empty, a silo runs on it, or it did not take it; nothing was imported.</exception>
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
        var from = FolderOf(settings.Read<ImportOptions>("Import").From);
        using var manifest = Open(from);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning))
            .AddPostgresImport(postgres)
            .BuildServiceProvider();
        var import = services.GetRequiredService<IDataImport>();
        await import.CheckAsync(from);
        using var waiting = await WaitingClicks.Count(from, services.GetRequiredService<ILoggerFactory>());
        var report = await import.RunAsync(waiting.Folder, serviceId);
        await Tell(output, from, waiting, report);
    }

    private static string FolderOf(string from)
    {
        if (string.IsNullOrWhiteSpace(from))
        {
            throw new DataFolderException("No export is named to import: set Import:From (--from).");
        }

        from = Path.GetFullPath(from);
        return System.IO.Directory.Exists(from)
            ? from
            : throw new DataFolderException(File.Exists(from) ? $"'{from}' is a file: name the folder of an export." : $"There is no folder '{from}': name that of an export.");
    }

    private static ExportManifest Open(string from)
    {
        var manifest = ExportManifest.Find(from)
            ?? throw new DataFolderException($"The folder '{from}' is no export: there is no '{ExportManifest.Name}' in it. Export it (export --data {from} --to …), and import that.");
        if (SqliteBackup.Files.Append(Path.Combine(ClickOptions.JournalName, JournalState.Name)).FirstOrDefault(file => !manifest.Has(file)) is not { } missing)
        {
            return manifest;
        }

        manifest.Dispose();
        throw new DataFolderException($"The export '{from}' cannot be imported: it is one without '{missing}', as that of an edge over PostgreSQL is.");
    }

    private static async Task Tell(TextWriter output, string from, WaitingClicks waiting, ImportReport report)
    {
        await output.WriteLineAsync($"  Imported '{from}' into the database {report.Database}.");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {waiting.Counted:N0} clicks of its journal were not counted yet, and are now; the edges of the cluster begin with empty data folders."));
        if (waiting.Lost > 0)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {waiting.Lost:N0} clicks are lost: they were before, or the journal is damaged; the log says which."));
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
