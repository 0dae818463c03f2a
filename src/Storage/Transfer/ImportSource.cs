using Microsoft.Data.Sqlite;
using OrleansLinks.Clicks;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>The databases of a data folder that is imported.</summary>
internal sealed class ImportSource : IDisposable
{
    private const int CacheKilobytes = 64 * 1024;

    private const string NextClick = "SELECT id FROM clicks WHERE id >= ? ORDER BY id LIMIT 1";

    private ImportSource(SqliteSession grains, SqliteSession links) => (Grains, Links) = (grains, links);

    /// <summary>The database of actors' states.</summary>
    public SqliteSession Grains { get; }

    /// <summary>The database of everything else.</summary>
    public SqliteSession Links { get; }

    /// <summary>Opens both.</summary>
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

    public void Dispose()
    {
        Grains.Dispose();
        Links.Dispose();
    }

    private static SqliteSession Open(string path, string schema)
    {
        SqliteSession? session = null;
        try
        {
            session = SqliteSession.Open(path, CacheKilobytes);
            var (found, known) = (session.Prepare("PRAGMA user_version").First(static row => row.Int32(), 0), SqliteSchema.Known(schema));
            if (found > known)
                throw new SchemaVersionException(path, found, known);

            if (found < known)
                throw new DataFolderException($"The database '{path}' has schema version {found}, and this program imports version {known}: start this program once with a copy of it as its data folder, and import that.");

            return session;
        }
        catch (SqliteException cause)
        {
            session?.Dispose();
            throw new DataFolderException($"The database '{path}' cannot be read ({cause.Message.TrimEnd('.')}): take another export.", cause);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }
}
