using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Transfer;

/// <summary>Copies the databases of a data folder, whether a program uses them meanwhile or not.</summary>
public static class SqliteBackup
{
    // What SQLite says where it would have to write.
    private const int ReadOnly = 8;
    private const int CannotOpen = 14;

    /// <summary>The databases of a data folder.</summary>
    public static readonly ImmutableArray<string> Files = [SqliteGrainDatabase.FileName, SqliteDatabase.FileName];

    /// <summary>The first of the databases that a data folder has not; null when it has both.</summary>
    public static string? FindMissing(string folder) => Files.Select(file => Path.Combine(folder, file)).FirstOrDefault(path => !File.Exists(path));

    /// <summary>The first file beside the databases of a folder in which SQLite would look for a part of them; null when there is none.</summary>
    public static string? FindRemains(string folder) => Files.Select(file => Path.Combine(folder, file))
        .SelectMany(static path => new[] { SqliteSession.LogOf(path), $"{path}-journal" })
        .FirstOrDefault(static path => new FileInfo(path) is { Exists: true, Length: > 0 });

    /// <summary>Copies both databases; the copies are on disk when it returns.</summary>
    /// <remarks>
    /// Each is copied from one snapshot, which keeps nobody from writing. That of actors' states is begun first, and that of links right
    /// after it: lists, names and versions of settings are written before the state that rests on them, so that what comes in
    /// between looks like a crash between the two, which every start can deal with. The other way round, a campaign could be at a
    /// version of its settings that nobody finds.
    /// </remarks>
    /// <param name="from">The data folder, which may be one that cannot be written.</param>
    /// <param name="to">A folder that has neither of them.</param>
    /// <param name="isUnchanging">Whether nobody changes the data folder meanwhile; then nothing is written in it.</param>
    /// <exception cref="DataFolderException">One of them cannot be read or written.</exception>
    public static void Copy(string from, string to, bool isUnchanging = false)
    {
        var sources = new List<SqliteConnection>();
        try
        {
            foreach (var file in Files)
                Try(Path.Combine(from, file), path => sources.Add(Open(path, isUnchanging)));

            for (var i = 0; i < Files.Length; i++)
                Try(Path.Combine(to, Files[i]), path => Copy(sources[i], path));

            foreach (var source in sources)
                Try(source.DataSource, path => ThrowIfChanged(path, source.ConnectionString));
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
            throw new DataFolderException($"The database '{path}' cannot be copied ({cause.Message.TrimEnd('.')}): mend that and begin again.", cause);
        }
    }

    private static SqliteConnection Open(string path, bool isUnchanging)
    {
        try
        {
            return OpenSnapshot(isUnchanging ? SqliteSession.UriOfUnchanging(path) : path);
        }
        catch (SqliteException refused) when (!isUnchanging && refused.SqliteErrorCode is CannotOpen or ReadOnly && File.Exists(path))
        {
            // Whoever reads a database takes part in the files beside it, and makes them where there are none. Where nothing can be
            // written and the log has nothing, no program has it open.
            return SqliteSession.HasLog(path)
                ? throw new IOException($"a part of it is in '{SqliteSession.LogOf(path)}', for which SQLite has to write in the folder: copy the data folder to where that can be, and export the copy", refused)
                : OpenSnapshot(SqliteSession.UriOfUnchanging(path));
        }
    }

    private static SqliteConnection OpenSnapshot(string source)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
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

    /// <exception cref="IOException">What was taken for a database that nobody changes is none.</exception>
    private static void ThrowIfChanged(string path, string connectionString)
    {
        if (connectionString.Contains(SqliteSession.Immutable, StringComparison.Ordinal) && SqliteSession.HasLog(path))
            throw new IOException($"what is in '{SqliteSession.LogOf(path)}' came to it meanwhile");
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
