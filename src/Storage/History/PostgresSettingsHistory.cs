using System.Collections.Immutable;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.History;

/// <summary>The history of settings in PostgreSQL.</summary>
internal sealed class PostgresSettingsHistory(PostgresDatabase database) : ISettingsHistory
{
    private const string Add =
        """
        INSERT INTO settings_history (id, version, since, settings) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id, version) DO UPDATE SET since = excluded.since, settings = excluded.settings
        """;

    private const string Find = $"SELECT {SettingsRows.Columns} FROM settings_history WHERE id = $1 AND version = $2";

    private const string FindAt =
        $"SELECT {SettingsRows.Columns} FROM settings_history WHERE id = $1 AND version <= $2 AND since <= $3 ORDER BY version DESC LIMIT 1";

    public Task AddAsync(params ImmutableArray<SettingsVersion> versions) => database.UseAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = connection.CreateBatch();
        foreach (var version in versions)
        {
            batch.Add(
                Add,
                Parameter.Of(SettingsRows.Key(version.Id)),
                Parameter.Of(version.Version),
                Parameter.Of(version.Since.ToUnixTimeMilliseconds()),
                Parameter.Of(version.Settings));
        }

        await batch.RunAsync();
        await transaction.CommitAsync();
        return versions.Length;
    });

    public async Task<SettingsVersion?> FindAsync(string id, long version) => (await database.ReadAsync(
        Find, row => SettingsRows.Read(id, row), Parameter.Of(SettingsRows.Key(id)), Parameter.Of(version))).SingleOrDefault();

    public async Task<SettingsVersion?> FindAtAsync(string id, DateTimeOffset at, long maxVersion) => (await database.ReadAsync(
        FindAt,
        row => SettingsRows.Read(id, row),
        Parameter.Of(SettingsRows.Key(id)),
        Parameter.Of(maxVersion),
        Parameter.Of(at.ToUnixTimeMilliseconds()))).SingleOrDefault();
}
