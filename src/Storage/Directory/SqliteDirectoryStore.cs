using System.Collections.Immutable;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Directory;

/// <summary>Lists of ids in SQLite.</summary>
internal sealed class SqliteDirectoryStore(SqliteDatabase database) : IDirectoryStore
{
    public Task AddAsync(params ImmutableArray<DirectoryEntry> entries) =>
        WriteAsync("INSERT INTO directory (list, id) VALUES (?, ?) ON CONFLICT (list, id) DO NOTHING", entries);

    public Task RemoveAsync(params ImmutableArray<DirectoryEntry> entries) =>
        WriteAsync("DELETE FROM directory WHERE list = ? AND id = ?", entries);

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

    private Task<int> WriteAsync(string sql, ImmutableArray<DirectoryEntry> entries) => entries.IsEmpty
        ? Task.FromResult(0)
        : database.WriteAsync(
            session =>
            {
                var statement = session.Prepare(sql);
                return entries.Sum(entry => statement.Bind(entry.List).Bind(entry.Id).Run());
            },
            entries.Length);
}
