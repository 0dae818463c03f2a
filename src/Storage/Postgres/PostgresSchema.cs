using System.Globalization;
using Npgsql;

namespace OrleansLinks.Storage.Postgres;

/// <summary>
/// Brings a database to the newest schema by the numbered scripts that are embedded in the folder Schema.
/// </summary>
/// <remarks>
/// Releases share a database while one replaces the other. Each script therefore says in its first line, "compatible from N",
/// with which schema a program that knows it can go on when the script has been applied, and the database remembers the
/// greatest of these: a script that only adds says 1; one that takes away what programs of before version N read says N, and
/// may only come when these are gone. A program accepts a newer schema that says that it may.
/// </remarks>
internal static class PostgresSchema
{
    private const string Table =
        "CREATE TABLE IF NOT EXISTS orleanslinks_schema (one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL, compatible_from integer NOT NULL)";

    private const string Read = "SELECT version, compatible_from FROM orleanslinks_schema";

    private const string Write =
        """
        INSERT INTO orleanslinks_schema (version, compatible_from) VALUES ($1, $2)
        ON CONFLICT (one) DO UPDATE SET version = excluded.version, compatible_from = excluded.compatible_from
        """;

    private const string CompatibleFrom = "-- compatible from ";

    private static readonly string[] Scripts = SchemaScripts.Read("Postgres.Schema");

    /// <summary>The newest schema version that this program knows.</summary>
    public static int Known => Scripts.Length;

    /// <summary>Applies the scripts that the database has not seen, all in one transaction; safe to race and to repeat.</summary>
    /// <returns>The schema version, which may be a newer one that this program may use.</returns>
    /// <exception cref="SchemaVersionException">The database is newer than this program may use.</exception>
    public static async Task<int> ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Of several that start at once, one migrates and the others then find it done: what is read after the lock was
        // got is what its holder before has committed.
        await using (var @lock = connection.Command("SELECT pg_advisory_xact_lock($1)", Parameter.Of(PostgresLocks.Schema)))
            await @lock.ExecuteNonQueryAsync(cancellationToken);

        var (version, compatibleFrom) = await FindAsync(connection);
        if (version > Known && compatibleFrom > Known)
            throw new SchemaVersionException($"The database '{connection.Database}'", version, Known);

        if (version < Known)
        {
            var missing = Scripts[version..];
            version = Known;
            compatibleFrom = missing.Select(CompatibleFromOf).Append(compatibleFrom).Max();
            await using var apply = connection.Command(string.Join('\n', missing));
            await apply.ExecuteNonQueryAsync(cancellationToken);
            await using var write = connection.Command(Write, Parameter.Of(version), Parameter.Of(compatibleFrom));
            await write.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    private static async Task<(int Version, int CompatibleFrom)> FindAsync(NpgsqlConnection connection)
    {
        await using (var make = connection.Command(Table))
            await make.ExecuteNonQueryAsync();

        await using var read = connection.Command(Read);
        return (await read.ReadAsync(static row => (row.Int32(), row.Int32()))).FirstOrDefault();
    }

    private static int CompatibleFromOf(string script) =>
        script.StartsWith(CompatibleFrom, StringComparison.Ordinal)
            ? int.Parse(script.AsSpan(CompatibleFrom.Length, script.IndexOf('\n', StringComparison.Ordinal) - CompatibleFrom.Length), CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("A schema script does not say with which programs it is compatible.");
}

/// <summary>The keys of the advisory locks, which a database has one space of.</summary>
internal static class PostgresLocks
{
    /// <summary>Held by who changes the schema.</summary>
    public const long Schema = 0x6f6c_0001;

    /// <summary>Held by who makes or drops partitions.</summary>
    public const long Partitions = 0x6f6c_0002;

    /// <summary>Held by who has the rollups of reports take up new rows.</summary>
    public const long Reports = 0x6f6c_0003;
}
