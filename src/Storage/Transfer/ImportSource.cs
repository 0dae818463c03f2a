using Microsoft.Data.Sqlite;
using OrleansLinks.Clicks;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>The databases of a data folder that is imported.</summary>
internal sealed class ImportSource : IDisposable
{
    private const int CacheKilobytes = 64 * 1024;

    // Pages, rows and what indexes say of them; one finding is enough.
    private const string FindDamage = "PRAGMA integrity_check(1)";

    private const string NextClick = "SELECT id FROM clicks WHERE id >= ? ORDER BY id LIMIT 1";

    private ImportSource(SqliteSession grains, SqliteSession links) => (Grains, Links) = (grains, links);

    /// <summary>The database of actors' states.</summary>
    public SqliteSession Grains { get; }

    /// <summary>The database of everything else.</summary>
    public SqliteSession Links { get; }

    /// <summary>Opens both. Neither is written, nor anything beside them.</summary>
    /// <exception cref="DataFolderException">One is missing, cannot be read, or was written by an older program.</exception>
    /// <exception cref="SchemaVersionException">A newer program wrote one.</exception>
    public static ImportSource Open(string folder)
    {
        if (SqliteBackup.FindMissing(folder) is { } missing)
            throw new DataFolderException($"The folder '{folder}' is neither an export nor a data folder: there is no '{missing}'.");

        var grains = Open(Path.Combine(folder, SqliteGrainDatabase.FileName), "GrainsSchema");
        try
        {
            return new ImportSource(grains, Open(Path.Combine(folder, SqliteDatabase.FileName), "LinksSchema"));
        }
        catch
        {
            grains.Dispose();
            throw;
        }
    }

    /// <summary>The UTC days of clicks, by their ids, up to one: a look into the index for each.</summary>
    public IEnumerable<int> Days(int last)
    {
        for (var from = Guid.Empty; Links.Prepare(NextClick).Bind(from).First<Guid?>(static row => row.Guid(), null) is { } id;)
        {
            var day = LedgerOrder.DayOf(id);
            if (day > last)
                yield break;

            yield return day;
            from = LedgerOrder.FirstOf(day + 1);
        }
    }

    /// <summary>Has SQLite look for damage in both, by which rows could go missing without a word.</summary>
    /// <exception cref="DataFolderException">There is some, or one cannot be read.</exception>
    public void ThrowIfDamaged()
    {
        foreach (var session in new[] { Grains, Links })
        {
            try
            {
                if (session.Prepare(FindDamage).First(static row => row.Text(), "") is var found and not "ok")
                    throw Damaged(session.FileName, found, null);
            }
            catch (SqliteException cause)
            {
                throw Unreadable(session, cause);
            }
        }
    }

    /// <summary>What is said when one of them cannot be read.</summary>
    public static DataFolderException Unreadable(SqliteSession session, SqliteException cause) => Damaged(session.FileName, cause.Message, cause);

    public void Dispose()
    {
        Grains.Dispose();
        Links.Dispose();
    }

    private static DataFolderException Damaged(string path, string reason, Exception? cause) =>
        new($"The database '{path}' cannot be read ({reason.ReplaceLineEndings(" ").TrimEnd('.')}): it was damaged before it was exported, or its disk is; take an export from before that.", cause);

    private static SqliteSession Open(string path, string schema)
    {
        if (SqliteSession.HasLog(path))
            throw new DataFolderException($"The database '{path}' has been opened since it was exported, and a part of it is in '{SqliteSession.LogOf(path)}': export the folder, and import that export.");

        SqliteSession? session = null;
        try
        {
            session = SqliteSession.OpenUnchanging(path, CacheKilobytes);
            var (found, known) = (session.Prepare("PRAGMA user_version").First(static row => row.Int32(), 0), SqliteSchema.Known(schema));
            if (found > known)
                throw new SchemaVersionException(path, found, known);

            if (found < known)
                throw new DataFolderException($"The database '{path}' has schema version {found}, and this program imports version {known}: start this program once with a copy of the export as its data folder, export that, and import it.");

            return session;
        }
        catch (SqliteException cause)
        {
            session?.Dispose();
            throw Damaged(path, cause.Message, cause);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }
}
