using System.Collections.Immutable;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.History;

/// <summary>The history of settings in SQLite.</summary>
internal sealed class SqliteSettingsHistory(SqliteDatabase database) : ISettingsHistory
{
    private const string Add =
        """
        INSERT INTO settings_history (id, version, since, settings) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET since = excluded.since, settings = excluded.settings
        """;

    private const string Find = $"SELECT {SettingsRows.Columns} FROM settings_history WHERE id = ? AND version = ?";

    private const string FindAt =
        $"SELECT {SettingsRows.Columns} FROM settings_history WHERE id = ? AND version <= ? AND since <= ? ORDER BY version DESC LIMIT 1";

    public Task AddAsync(params ImmutableArray<SettingsVersion> versions) => database.WriteAsync(session =>
    {
        foreach (var version in versions)
            session.Prepare(Add).Bind(SettingsRows.Key(version.Id)).Bind(version.Version).Bind(version.Since).Bind(version.Settings).Run();

        return versions.Length;
    });

    public Task<SettingsVersion?> FindAsync(string id, long version) => database.ReadAsync(session =>
        session.Prepare(Find).Bind(SettingsRows.Key(id)).Bind(version).First<SettingsVersion?>(row => SettingsRows.Read(id, row), null));

    public Task<SettingsVersion?> FindAtAsync(string id, DateTimeOffset at, long maxVersion) => database.ReadAsync(session =>
        session.Prepare(FindAt).Bind(SettingsRows.Key(id)).Bind(maxVersion).Bind(at).First<SettingsVersion?>(row => SettingsRows.Read(id, row), null));
}
