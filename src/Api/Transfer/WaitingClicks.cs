using Microsoft.Data.Sqlite;
using OrleansLinks.Clicks;
using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>
/// The clicks that wait in the journal of an export, counted as a start of the program on it would: in a copy of the export, which is left
/// as it is. The copy has the databases only when there is something to be counted, and is gone after disposal.
/// </summary>
internal sealed class WaitingClicks : IDisposable
{
    private const int MaxClicks = 16 * 1024;
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly string _copy;

    private WaitingClicks(string copy, string folder) => (_copy, Folder) = (copy, folder);

    /// <summary>The databases that have them: those of the export, or the copies.</summary>
    public string Folder { get; private set; }

    /// <summary>How many clicks were new.</summary>
    public long Counted { get; private set; }

    /// <summary>How many clicks the journal has lost.</summary>
    public long Lost { get; private set; }

    /// <summary>Counts them.</summary>
    /// <param name="export">The export.</param>
    /// <param name="logs">Where losses are told.</param>
    /// <exception cref="DataFolderException">It could not be copied, or has a click that cannot be read.</exception>
    public static async Task<WaitingClicks> Count(string export, ILoggerFactory logs)
    {
        WaitingClicks? waiting = null;
        try
        {
            var copy = System.IO.Directory.CreateTempSubdirectory("orleanslinks-import-").FullName;
            waiting = new WaitingClicks(copy, export);
            var journal = System.IO.Directory.CreateDirectory(Path.Combine(copy, ClickOptions.JournalName)).FullName;
            if (JournalCopy.Make(Path.Combine(export, ClickOptions.JournalName), journal) > 0)
            {
                SqliteBackup.Copy(export, copy, isUnchanging: true);
                waiting.Folder = copy;
            }

            await waiting.CountIn(copy, logs);
            return waiting;
        }
        catch (FormatException failure)
        {
            waiting?.Dispose();
            throw new DataFolderException($"The journal in '{export}' has a click that this program cannot read ({failure.Message.TrimEnd('.')}): import with the newest program.", failure);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or JournalException or DataFolderException)
        {
            waiting?.Dispose();
            throw new DataFolderException(
                $"The clicks that wait in the journal of '{export}' cannot be counted in a copy of it in '{Path.GetTempPath()}' ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}): see that there is as much room as the export takes, or name another folder with the environment variable TMPDIR, and begin the import again.",
                failure);
        }
    }

    public void Dispose()
    {
        try
        {
            System.IO.Directory.Delete(_copy, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is in the folder for temporary files.
        }
    }

    private async Task CountIn(string copy, ILoggerFactory logs)
    {
        using var folder = DataFolder.Open(copy);
        await using var stores = new ServiceCollection().AddSingleton(logs).AddLogging().AddSingleton(folder).AddSqliteStores(copy).BuildServiceProvider();
        using var journal = ClickJournal.Open(new ClickOptions().ToSettings(copy), TimeProvider.System, logs.CreateLogger<ClickJournal>());
        var builder = new ClickBatchBuilder();
        while (journal.ReadNext(MaxClicks, MaxBytes) is { } batch)
        {
            foreach (var click in batch)
            {
                builder.Add(click);
            }

            // It opens the copies of the databases, and would make empty ones where there are none.
            Counted += (await stores.GetRequiredService<ILedgerStore>().RecordAsync(builder.Take())).Added;
            journal.MarkShipped(batch.Last);
        }

        Lost = journal.Lost;
    }
}
