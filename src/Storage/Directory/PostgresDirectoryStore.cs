using System.Collections.Immutable;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Directory;

/// <summary>Lists of ids in PostgreSQL.</summary>
internal sealed class PostgresDirectoryStore(PostgresDatabase database) : IDirectoryStore
{
    // In the order of the key, so that of two that add the same entries at once one waits, and none for the other.
    private const string Add =
        "INSERT INTO directory (list, id) SELECT * FROM unnest($1, $2) AS e (list, id) ORDER BY list COLLATE \"C\", id COLLATE \"C\" ON CONFLICT (list, id) DO NOTHING";

    private const string Remove =
        """
        DELETE FROM directory WHERE (list, id) IN (
          SELECT d.list, d.id FROM directory d JOIN unnest($1, $2) AS e (list, id) USING (list, id) ORDER BY d.list, d.id FOR UPDATE OF d)
        """;

    private const string Contains = "SELECT 1 FROM directory WHERE list = $1 AND id = $2";

    private const string First = "SELECT id FROM directory WHERE list = $1 ORDER BY id DESC LIMIT $2";

    private const string Next = "SELECT id FROM directory WHERE list = $1 AND id < $3 ORDER BY id DESC LIMIT $2";

    public Task AddAsync(params ImmutableArray<DirectoryEntry> entries) => WriteAsync(Add, entries);

    public Task RemoveAsync(params ImmutableArray<DirectoryEntry> entries) => WriteAsync(Remove, entries);

    public async Task<bool> ContainsAsync(DirectoryEntry entry) =>
        (await database.ReadAsync(Contains, static _ => true, Parameter.Of(entry.List), Parameter.Of(entry.Id))).Count > 0;

    public async Task<ImmutableArray<string>> ListAsync(string list, string? before, int limit) => [.. before is null
        ? await database.ReadAsync(First, static row => row.Text(), Parameter.Of(list), Parameter.Of(limit))
        : await database.ReadAsync(Next, static row => row.Text(), Parameter.Of(list), Parameter.Of(limit), Parameter.Of(before))];

    private Task WriteAsync(string sql, ImmutableArray<DirectoryEntry> entries) => entries.IsEmpty
        ? Task.CompletedTask
        : database.RunAsync(
            sql,
            Parameter.Of([.. entries.Select(entry => entry.List)]),
            Parameter.Of([.. entries.Select(entry => entry.Id)]));
}
