using System.Collections.Immutable;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Links;

/// <summary>Links in PostgreSQL.</summary>
internal sealed class PostgresLinkStore(PostgresDatabase database, TimeProvider clock) : ILinkStore
{
    // Numbered in the order given, which lists have, and inserted in the order of codes, so that of two batches that want the
    // same codes one waits for the other and never each for the other.
    private const string Insert =
        $"""
        WITH numbered AS (
          SELECT nextval('links_seq') AS seq, l.* FROM (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
              WITH ORDINALITY AS l ({LinkRows.Columns}, place) ORDER BY place) l)
        INSERT INTO links (seq, {LinkRows.Columns})
        SELECT seq, {LinkRows.Columns} FROM numbered ORDER BY code COLLATE "C", place
        ON CONFLICT (code) DO NOTHING
        RETURNING code
        """;

    internal const string Find = $"SELECT {LinkRows.Columns} FROM links WHERE code = $1";

    private const string FindMany = $"SELECT {LinkRows.Columns} FROM links WHERE code = ANY($1)";

    // The change is numbered last, since its lock is everyone's.
    private const string Update =
        $"""
        WITH changed AS (
          UPDATE links SET target = $5, landing_page = $6, saved_page_id = $7, state = $8, disabled_by = $9, version = $10
          WHERE code = $11 AND version = $10 - 1 RETURNING 1)
        SELECT {PostgresChangeStore.Append} FROM changed
        """;

    internal const string List = $"SELECT {LinkRows.Columns}, seq FROM links WHERE task_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";

    public Task<ImmutableArray<AddedLink>> AddAsync(ImmutableArray<Link> links, bool atomic) => links.IsEmpty
        ? Task.FromResult(ImmutableArray<AddedLink>.Empty)
        : database.UseAsync(connection => AddAsync(connection, links, atomic));

    public async Task<Link?> FindAsync(string code) =>
        (await database.ReadAsync(Find, LinkRows.Read, Parameter.Of(code))).SingleOrDefault();

    public async Task<ImmutableArray<Link?>> FindAsync(ImmutableArray<string> codes)
    {
        if (codes.IsEmpty)
            return [];

        var found = await database.ReadAsync(connection => FindAsync(connection, [.. codes]));
        return ImmutableArray.CreateRange(codes, code => found.GetValueOrDefault(code));
    }

    public async Task<bool> UpdateAsync(Link link)
    {
        var rows = await database.ReadAsync(
            Update,
            static _ => true,
            [
                .. PostgresChangeStore.ParametersOf(EntityId.Link + link.Code, clock.GetUtcNow()),
                Parameter.Of((int)link.Target),
                Parameter.Of(link.LandingPage),
                Parameter.Of(SavedPageOf(link)),
                Parameter.Of((int)link.State),
                Parameter.Of((int?)link.DisabledBy),
                Parameter.Of(link.Version),
                Parameter.Of(link.Code),
            ]);
        return rows.Count == 1;
    }

    public async Task<StoredLinkPage> ListAsync(string taskId, long? before, int limit)
    {
        if (!EntityId.TryParse(taskId, EntityId.Task, out var task))
            return new StoredLinkPage([], null);

        var rows = await database.ReadAsync(
            List,
            static row => (LinkRows.Read(row), row.Int64()),
            Parameter.Of(task),
            Parameter.Of(before ?? long.MaxValue),
            Parameter.Of(limit + 1L));
        return LinkRows.Page(rows, limit);
    }

    private static async Task<ImmutableArray<AddedLink>> AddAsync(NpgsqlConnection connection, ImmutableArray<Link> links, bool atomic)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var added = await InsertAsync(connection, links);
        if (added.Count == links.Length)
        {
            await transaction.CommitAsync();
            return ImmutableArray.CreateRange(links, static link => new AddedLink(link, true));
        }

        // In the same transaction, which sees what the batch itself has added; whoever else has a code has committed it.
        var holders = await FindAsync(connection, [.. links.Select(link => link.Code)]);
        var outcomes = ImmutableArray.CreateRange(links, link => added.Remove(link.Code)
            ? new AddedLink(link, true)
            : new AddedLink(holders[link.Code], holders[link.Code].CreationId == link.CreationId));
        if (!atomic || outcomes.All(outcome => outcome.Added))
            await transaction.CommitAsync();
        else
            await transaction.RollbackAsync();

        return outcomes;
    }

    /// <returns>The codes that were free.</returns>
    private static async Task<HashSet<string>> InsertAsync(NpgsqlConnection connection, ImmutableArray<Link> links)
    {
        await using var insert = connection.Command(
            Insert,
            // The order is that of the columns.
            Texts(link => link.Code),
            Values(link => (int)link.Form),
            Values(link => EntityId.Parse(link.TaskId, EntityId.Task)),
            Values(link => EntityId.Parse(link.CampaignId, EntityId.Campaign)),
            Values(link => EntityId.Parse(link.PartnerId, EntityId.Partner)),
            Values(link => EntityId.Parse(link.ProgramId, EntityId.Program)),
            Values(link => (int)link.Target),
            Texts(link => link.LandingPage),
            Values(SavedPageOf),
            Texts(link => link.Values.SubId1),
            Texts(link => link.Values.SubId2),
            Texts(link => link.Values.SubId3),
            Texts(link => link.Values.SharedId),
            Texts(link => link.Values.Param),
            Values(link => (int)link.CreatedBy),
            Values(link => link.CreatedAt.ToUnixTimeMilliseconds()),
            Values(link => (int)link.State),
            Values(link => link.Version),
            Values(link => link.CreationId),
            Values(link => (int?)link.DisabledBy));
        await insert.PrepareAsync();
        return [.. await insert.ReadAsync(static row => row.Text())];

        NpgsqlParameter Values<T>(Func<Link, T> value) => Parameter.Of(links.Select(value).ToArray());
        NpgsqlParameter Texts(Func<Link, string?> text) => Parameter.Of(links.Select(text).ToArray());
    }

    private static async Task<Dictionary<string, Link>> FindAsync(NpgsqlConnection connection, string[] codes)
    {
        await using var find = connection.Command(FindMany, Parameter.Of(codes));
        await find.PrepareAsync();
        return (await find.ReadAsync(LinkRows.Read)).ToDictionary(link => link.Code);
    }

    private static Guid? SavedPageOf(Link link) => link.SavedPageId is { } id ? EntityId.Parse(id, EntityId.SavedPage) : null;
}
