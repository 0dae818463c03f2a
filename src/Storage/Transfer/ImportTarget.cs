using Npgsql;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Transfer;

/// <summary>Whether a PostgreSQL database can take an import.</summary>
internal static class ImportTarget
{
    private const string SchemaTable = "orleanslinks_schema";

    private const string ListTables =
        """
        SELECT c.relname::text FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
        """;

    private const string Members = "cluster_members";

    // Status 6 is dead. A silo that was killed is not marked so while there is no other, but gives no more signs of life, which is otherwise
    // every two seconds; clocks may differ.
    private const string FindRunning =
        $"SELECT silo_name || ' at ' || address || ':' || port FROM {Members} WHERE status <> 6 AND i_am_alive_time > now() - interval '1 minute' LIMIT 1";

    private static readonly ImportTable[] Kept = [.. ImportTables.Of(ImportedPositions.OfClicks(0, 0), ImportedPositions.OfEntries(0, 0)), ImportTables.States("")];

    /// <summary>Changes nothing.</summary>
    /// <exception cref="DatabaseException">There is something in it, or a silo runs on it.</exception>
    /// <exception cref="SchemaVersionException">A newer program made it.</exception>
    public static async Task ThrowIfNotEmptyAsync(NpgsqlConnection connection)
    {
        await using var list = connection.Command(ListTables);
        var tables = await list.ReadAsync(static row => row.Text());
        if (tables.Count == 0)
            return;

        if (!tables.Contains(SchemaTable))
            throw new DatabaseException($"The database '{connection.Database}' is not empty: it has tables of another program, such as '{tables[0]}'. Import into a new one.");

        await using var version = connection.Command($"SELECT version FROM {SchemaTable}");
        if ((await version.ReadAsync(static row => row.Int32())).SingleOrDefault() is var found && found > PostgresSchema.Known)
            throw new SchemaVersionException($"The database '{connection.Database}'", found, PostgresSchema.Known);

        var looks = Kept.Where(table => tables.Contains(table.Name)).Select(table => $"('{table.Called.Replace("'", "''", StringComparison.Ordinal)}', EXISTS (SELECT 1 FROM {table.Name}))");
        await using var look = connection.Command($"SELECT called FROM (VALUES {string.Join(", ", looks)}) AS t (called, is_there) WHERE is_there");
        var there = await look.ReadAsync(static row => row.Text());
        if (there.Count > 0)
            throw new DatabaseException($"The database '{connection.Database}' is not empty: it has {string.Join(", ", there)}. Import into a new one, or make this one anew where nothing of that is needed: stop what runs on it, DROP DATABASE \"{connection.Database}\", and CREATE DATABASE \"{connection.Database}\" with the owner that it has.");

        if (!tables.Contains(Members))
            return;

        await using var find = connection.Command(FindRunning);
        if ((await find.ReadAsync(static row => row.Text())).FirstOrDefault() is { } silo)
            throw new DatabaseException($"The silo {silo} runs on the database '{connection.Database}': stop it and begin the import again. One that was killed is believed to run for a minute more.");
    }
}
