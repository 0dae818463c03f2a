using System.Globalization;
using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Storage;

namespace OrleansLinks.Transfer;

/// <summary>
/// <c>export --data FOLDER --to FOLDER</c>: copies what a program keeps in its data folder, while it runs. The copy is a data folder.
/// </summary>
/// <remarks>
/// The journal goes first and the databases after it: a click that was answered before is in the journal's copy or, if it was shipped
/// before its turn came, in the database by then.
/// </remarks>
internal static class ExportCommand
{
    /// <exception cref="StartupException">A setting cannot be used.</exception>
    /// <exception cref="DataFolderException">Something is not there, is damaged, cannot be read or cannot be written; nothing is left of the export.</exception>
    /// <exception cref="JournalException">There is no journal.</exception>
    public static async Task Run(string[] args, TextWriter output)
    {
        var settings = Settings.CreateBuilder(args, EdgeHost.Known).Configuration;
        var from = Path.GetFullPath(settings.Read<DataOptions>("Data").Folder);
        var journal = settings.Read<ClickOptions>("Clicks").ToSettings(from).Folder;
        var hasDatabases = settings.Read<DatabaseOptions>("Database").Provider == DatabaseProvider.Sqlite;
        var to = settings.Read<ExportOptions>("Export").To;
        if (!System.IO.Directory.Exists(from))
        {
            throw new DataFolderException(File.Exists(from)
                ? $"'{from}' is a file: name the data folder with the setting Data:Folder (--data)."
                : $"There is no data folder '{from}': name it with the setting Data:Folder (--data).");
        }

        if (hasDatabases && SqliteBackup.FindMissing(from) is { } missing)
        {
            throw new DataFolderException($"The folder '{from}' is no data folder: there is no '{missing}'. The data folder of an edge over PostgreSQL is exported with Database:Provider set as the edge has it.");
        }

        if (!hasDatabases && SqliteBackup.FindMissing(from) is null)
        {
            throw new DataFolderException($"The folder '{from}' has an installation over SQLite, and Database:Provider is Postgres, with which the journal alone would be exported: export with --Database:Provider Sqlite.");
        }

        // An export can be exported again; what came to it meanwhile is not passed on as sound.
        using var exported = ExportManifest.Find(from);
        using var folder = ExportFolder.Make(to, from, journal);
        long waiting;
        try
        {
            waiting = JournalCopy.Make(journal, folder.Add(ClickOptions.JournalName));
            if (hasDatabases)
            {
                SqliteBackup.Copy(from, folder.Path, isUnchanging: exported is not null);
            }

            ExportManifest.Write(folder.Path);
            folder.Complete();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The export of '{from}' was broken off, and nothing of it is left ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}): mend that and export again.", failure);
        }

        var what = hasDatabases ? "its databases and the journal of its clicks" : "the journal of its clicks; everything else is in PostgreSQL";
        await output.WriteLineAsync($"  Exported '{from}' to '{to}': {what}.");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {waiting:N0} clicks in the journal were not marked as counted yet; a start with --data {to} counts those that are not."));
    }
}
