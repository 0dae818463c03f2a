using Microsoft.Data.Sqlite;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>Copies the databases of a data folder, whether a program uses them meanwhile or not.</summary>
public static class SqliteBackup
{
    private static readonly string[] Files = [SqliteGrainDatabase.FileName, SqliteDatabase.FileName];

    /// <summary>The first of the databases that a data folder has not; null when it has both.</summary>
    public static string? FindMissing(string folder) => Files.Select(file => Path.Combine(folder, file)).FirstOrDefault(path => !File.Exists(path));

    /// <summary>Copies both databases; the copies are on disk when it returns.</summary>
    /// <remarks>
    /// Each is copied from one snapshot, which keeps nobody from writing. That of actors' states is begun first, and that of links right
    /// after it: lists, names and versions of settings are written before the state that rests on them, so that what comes in
    /// between looks like a crash between the two, which every start can deal with. The other way round, a campaign could be at a
    /// version of its settings that nobody finds.
    /// </remarks>
    /// <param name="from">The data folder.</param>
    /// <param name="to">A folder that has neither of them.</param>
    /// <exception cref="DataFolderException">One of them cannot be read or written.</exception>
    public static void Copy(string from, string to)
    {
        var sources = new List<SqliteConnection>();
        try
        {
            foreach (var file in Files)
                Try(Path.Combine(from, file), path => sources.Add(OpenSnapshot(path)));

            for (var i = 0; i < Files.Length; i++)
                Try(Path.Combine(to, Files[i]), path => Copy(sources[i], path));
        }
        finally
        {
            sources.ForEach(static source => source.Dispose());
        }
    }

    private static void Try(string path, Action<string> work)
    {
        try
        {
            work(path);
        }
        catch (Exception cause) when (cause is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The database '{path}' cannot be copied ({cause.Message.TrimEnd('.')}): mend that and export again.", cause);
        }
    }

    private static SqliteConnection OpenSnapshot(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();

            Run(connection, "PRAGMA busy_timeout = 5000");

            // The snapshot is that of the first read.
            Run(connection, "BEGIN");
            Run(connection, "SELECT count(*) FROM sqlite_schema");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Copy(SqliteConnection source, string path)
    {
        using (var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            copy.Open();

            // It counts when it is complete, and is flushed then.
            Run(copy, "PRAGMA journal_mode = OFF");
            Run(copy, "PRAGMA synchronous = OFF");
            source.BackupDatabase(copy);
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }
}
