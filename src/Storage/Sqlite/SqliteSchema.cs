using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>Brings a database to the newest schema by the numbered scripts that are embedded in a folder.</summary>
internal static class SqliteSchema
{
    /// <summary>The newest schema version that this program knows.</summary>
    /// <param name="folder">Folder beside this file.</param>
    public static int Known(string folder) => SchemaScripts.Read($"Sqlite.{folder}").Length;

    /// <summary>Applies the scripts that the database has not seen, all in one transaction; safe to race and to repeat.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="folder">Folder beside this file that holds <c>001-….sql</c>, <c>002-….sql</c> and so on.</param>
    /// <returns>The schema version.</returns>
    /// <exception cref="SchemaVersionException">The database is newer than the scripts.</exception>
    public static int Apply(SqliteConnection connection, string folder)
    {
        var scripts = SchemaScripts.Read($"Sqlite.{folder}");
        // Looked at under the write lock, so that of two programs that start at once one migrates and one finds it done.
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > scripts.Length)
            throw new SchemaVersionException(connection.DataSource, version, scripts.Length);

        if (version < scripts.Length)
        {
            command.CommandText = string.Join('\n', scripts[version..]) + $"\nPRAGMA user_version = {scripts.Length};";
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return scripts.Length;
    }
}
