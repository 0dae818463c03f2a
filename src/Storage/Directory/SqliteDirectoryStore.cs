using System.Collections.Immutable;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Directory;

/// <summary>Lists of ids in SQLite.</summary>
internal sealed class SqliteDirectoryStore(SqliteDatabase database) : IDirectoryStore
{
    private const string Add = "INSERT INTO directory (list, id) VALUES (?, ?) ON CONFLICT (list, id) DO NOTHING";

    private const string AddName =
        """
        INSERT INTO directory_names (id, name, version) VALUES (?, ?, ?)
        ON CONFLICT (id, name) DO UPDATE SET version = max(version, excluded.version)
        """;

    private const string AddMissing =
        "INSERT INTO directory_names (id, name, version) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM directory_names WHERE id = ?1)";

    // instr and not LIKE, which has wildcards and is of two minds about case.
    private const string Matches = "EXISTS (SELECT 1 FROM directory_names n WHERE n.id = d.id AND instr(n.name, ?) > 0)";

    private const string SearchFirst = $"SELECT d.id FROM directory d WHERE d.list = ? AND {Matches} ORDER BY d.id DESC LIMIT ?";

    private const string SearchNext = $"SELECT d.id FROM directory d WHERE d.list = ? AND d.id < ? AND {Matches} ORDER BY d.id DESC LIMIT ?";

    private const string ListNameless =
        """
        SELECT list, id, EXISTS (SELECT 1 FROM directory_names n WHERE n.id = d.id) FROM directory d
        WHERE (list, id) > (?, ?) ORDER BY list, id LIMIT ?
        """;

    public Task AddAsync(params ImmutableArray<DirectoryEntry> entries) => AddAsync([], entries);

    public Task AddAsync(ImmutableArray<DirectoryName> names, params ImmutableArray<DirectoryEntry> entries) => names.IsEmpty && entries.IsEmpty
        ? Task.CompletedTask
        : database.WriteAsync(
            session => WriteNames(session, AddName, names) + WriteEntries(session, Add, entries),
            names.Length + entries.Length);

    public Task AddMissingAsync(ImmutableArray<DirectoryName> names) => names.IsEmpty
        ? Task.CompletedTask
        : database.WriteAsync(session => WriteNames(session, AddMissing, names), names.Length);

    public Task RemoveAsync(params ImmutableArray<DirectoryEntry> entries) => entries.IsEmpty
        ? Task.CompletedTask
        : database.WriteAsync(session => WriteEntries(session, "DELETE FROM directory WHERE list = ? AND id = ?", entries), entries.Length);

    public Task RemoveNamesAsync(string id, long before) => database.WriteAsync(session =>
        session.Prepare("DELETE FROM directory_names WHERE id = ? AND version < ?").Bind(id).Bind(before).Run());

    public Task<bool> ContainsAsync(DirectoryEntry entry) => database.ReadAsync(session => session
        .Prepare("SELECT 1 FROM directory WHERE list = ? AND id = ?")
        .Bind(entry.List).Bind(entry.Id).First(static _ => true, false));

    public Task<ImmutableArray<string>> ListAsync(string list, string? before, int limit) => database.ReadAsync(session =>
    {
        var page = before is null
            ? session.Prepare("SELECT id FROM directory WHERE list = ? ORDER BY id DESC LIMIT ?").Bind(list)
            : session.Prepare("SELECT id FROM directory WHERE list = ? AND id < ? ORDER BY id DESC LIMIT ?").Bind(list).Bind(before);
        return page.Bind(limit).All(static row => row.Text());
    });

    // A long list takes a while, and is not for a thread of the pool.
    public Task<ImmutableArray<string>> SearchAsync(string list, string text, string? before, int limit) => Task.Factory.StartNew(
        () => database.Read(session =>
        {
            var page = before is null ? session.Prepare(SearchFirst).Bind(list) : session.Prepare(SearchNext).Bind(list).Bind(before);
            return page.Bind(DirectoryNames.Fold(text)).Bind(limit).All(static row => row.Text());
        }),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    public Task<NamelessPage> ListNamelessAsync(DirectoryEntry? after, int limit) => database.ReadAsync(session => DirectoryRows.NamelessOf(
        session.Prepare(ListNameless).Bind(after?.List ?? "").Bind(after?.Id ?? "").Bind(limit).All(DirectoryRows.Read), limit));

    private static int WriteEntries(SqliteSession session, string sql, ImmutableArray<DirectoryEntry> entries)
    {
        var statement = session.Prepare(sql);
        return entries.Sum(entry => statement.Bind(entry.List).Bind(entry.Id).Run());
    }

    private static int WriteNames(SqliteSession session, string sql, ImmutableArray<DirectoryName> names)
    {
        var statement = session.Prepare(sql);
        return names.Sum(name => statement.Bind(name.Id).Bind(DirectoryNames.Fold(name.Name)).Bind(name.Version).Run());
    }
}
