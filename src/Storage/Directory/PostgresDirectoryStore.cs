using System.Collections.Immutable;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Directory;

/// <summary>Lists of ids in PostgreSQL.</summary>
internal sealed class PostgresDirectoryStore(PostgresDatabase database) : IDirectoryStore
{
    // In the order of the key, so that of two that add the same entries at once one waits, and none for the other.
    private const string Add =
        "INSERT INTO directory (list, id) SELECT * FROM unnest($1, $2) AS e (list, id) ORDER BY list COLLATE \"C\", id COLLATE \"C\" ON CONFLICT (list, id) DO NOTHING";

    // Names come from the actor of their id. Two activations of it that add one name at once may add it twice, which does no harm.
    private const string AddNames =
        """
        WITH given AS (SELECT id, name, max(version) AS version FROM unnest($1, $2, $3) AS g (id, name, version) GROUP BY id, name),
          known AS (
            UPDATE directory_names n SET version = greatest(n.version, g.version) FROM given g WHERE n.id = g.id AND n.name = g.name RETURNING n.id, n.name)
        INSERT INTO directory_names (id, name, version)
        SELECT id, name, version FROM given g WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.id = g.id AND k.name = g.name)
        """;

    private const string AddMissing =
        """
        INSERT INTO directory_names (id, name, version)
        SELECT id, name, version FROM unnest($1, $2, $3) AS g (id, name, version)
        WHERE NOT EXISTS (SELECT 1 FROM directory_names n WHERE n.id = g.id)
        """;

    private const string Remove =
        """
        DELETE FROM directory WHERE (list, id) IN (
          SELECT d.list, d.id FROM directory d JOIN unnest($1, $2) AS e (list, id) USING (list, id) ORDER BY d.list, d.id FOR UPDATE OF d)
        """;

    private const string RemoveNames = "DELETE FROM directory_names WHERE id = $1 AND version < $2";

    private const string Contains = "SELECT 1 FROM directory WHERE list = $1 AND id = $2";

    private const string First = "SELECT id FROM directory WHERE list = $1 ORDER BY id DESC LIMIT $2";

    private const string Next = "SELECT id FROM directory WHERE list = $1 AND id < $3 ORDER BY id DESC LIMIT $2";

    // strpos and not LIKE, which has wildcards. OFFSET 0 keeps the names' table from being joined as a whole: names are looked up one
    // after the other, those of this list alone and no more than the page needs.
    private const string Matches = "EXISTS (SELECT 1 FROM directory_names n WHERE n.id = d.id AND strpos(n.name, $3) > 0 OFFSET 0)";

    internal const string SearchFirst = $"SELECT d.id FROM directory d WHERE d.list = $1 AND {Matches} ORDER BY d.id DESC LIMIT $2";

    internal const string SearchNext = $"SELECT d.id FROM directory d WHERE d.list = $1 AND d.id < $4 AND {Matches} ORDER BY d.id DESC LIMIT $2";

    internal const string ListNameless =
        """
        SELECT list, id, EXISTS (SELECT 1 FROM directory_names n WHERE n.id = d.id OFFSET 0) FROM directory d
        WHERE (list, id) > ($1, $2) ORDER BY list, id LIMIT $3
        """;

    public Task AddAsync(params ImmutableArray<DirectoryEntry> entries) => WriteAsync(Add, entries);

    public Task AddAsync(ImmutableArray<DirectoryName> names, params ImmutableArray<DirectoryEntry> entries) => entries.IsEmpty
        ? WriteAsync(AddNames, names)
        : database.UseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var batch = connection.CreateBatch();
            await batch.Add(AddNames, ParametersOf(names)).Add(Add, ParametersOf(entries)).RunAsync(isPrepared: true);
            await transaction.CommitAsync();
            return names.Length + entries.Length;
        });

    public Task AddMissingAsync(ImmutableArray<DirectoryName> names) => WriteAsync(AddMissing, names);

    public Task RemoveAsync(params ImmutableArray<DirectoryEntry> entries) => WriteAsync(Remove, entries);

    public Task RemoveNamesAsync(string id, long before) => database.RunAsync(RemoveNames, Parameter.Of(id), Parameter.Of(before));

    public async Task<bool> ContainsAsync(DirectoryEntry entry) =>
        (await database.ReadAsync(Contains, static _ => true, Parameter.Of(entry.List), Parameter.Of(entry.Id))).Count > 0;

    public async Task<ImmutableArray<string>> ListAsync(string list, string? before, int limit) => [.. before is null
        ? await database.ReadAsync(First, static row => row.Text(), Parameter.Of(list), Parameter.Of(limit))
        : await database.ReadAsync(Next, static row => row.Text(), Parameter.Of(list), Parameter.Of(limit), Parameter.Of(before))];

    public async Task<ImmutableArray<string>> SearchAsync(string list, string text, string? before, int limit)
    {
        var folded = DirectoryNames.Fold(text);
        return [.. before is null
            ? await database.ReadAsync(SearchFirst, static row => row.Text(), Parameter.Of(list), Parameter.Of(limit), Parameter.Of(folded))
            : await database.ReadAsync(SearchNext, static row => row.Text(), Parameter.Of(list), Parameter.Of(limit), Parameter.Of(folded), Parameter.Of(before))];
    }

    public async Task<NamelessPage> ListNamelessAsync(DirectoryEntry? after, int limit) => DirectoryRows.NamelessOf(
        await database.ReadAsync(ListNameless, DirectoryRows.Read, Parameter.Of(after?.List ?? ""), Parameter.Of(after?.Id ?? ""), Parameter.Of(limit)), limit);

    private Task WriteAsync(string sql, ImmutableArray<DirectoryEntry> entries) =>
        entries.IsEmpty ? Task.CompletedTask : database.RunAsync(sql, ParametersOf(entries));

    private Task WriteAsync(string sql, ImmutableArray<DirectoryName> names) =>
        names.IsEmpty ? Task.CompletedTask : database.RunAsync(sql, ParametersOf(names));

    private static NpgsqlParameter[] ParametersOf(ImmutableArray<DirectoryEntry> entries) =>
        [Parameter.Of([.. entries.Select(entry => entry.List)]), Parameter.Of([.. entries.Select(entry => entry.Id)])];

    private static NpgsqlParameter[] ParametersOf(ImmutableArray<DirectoryName> names) =>
    [
        Parameter.Of([.. names.Select(name => name.Id)]),
        Parameter.Of([.. names.Select(name => DirectoryNames.Fold(name.Name))]),
        Parameter.Of(names.Select(name => name.Version).ToArray()),
    ];
}
