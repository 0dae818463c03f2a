using System.Collections.Immutable;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Links;

/// <summary>Links in SQLite.</summary>
internal sealed class SqliteLinkStore(SqliteDatabase database, TimeProvider clock) : ILinkStore
{
    private const string Insert =
        $"INSERT INTO links ({LinkRows.Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING";

    private const string Find = $"SELECT {LinkRows.Columns} FROM links WHERE code = ?";

    private const string Update =
        "UPDATE links SET target = ?, landing_page = ?, saved_page_id = ?, state = ?, disabled_by = ?, version = ? WHERE code = ? AND version = ?";

    private const string List = $"SELECT {LinkRows.Columns}, seq FROM links WHERE task_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?";

    public Task<ImmutableArray<AddedLink>> AddAsync(ImmutableArray<Link> links, bool atomic) => links.IsEmpty
        ? Task.FromResult(ImmutableArray<AddedLink>.Empty)
        : database.WriteAsync(session => atomic ? AddAllOrNone(session, links) : Add(session, links), links.Length);

    public Task<Link?> FindAsync(string code) => database.ReadAsync(session => FindIn(session, code));

    public Task<ImmutableArray<Link?>> FindAsync(ImmutableArray<string> codes) => codes.IsEmpty
        ? Task.FromResult(ImmutableArray<Link?>.Empty)
        : database.ReadAsync(session => ImmutableArray.CreateRange(codes, code => FindIn(session, code)));

    public Task<bool> UpdateAsync(Link link) => database.WriteAsync(session =>
    {
        var isReplaced = Replace(session, link);
        if (isReplaced)
            SqliteChangeStore.Append(session, EntityId.Link + link.Code, clock.GetUtcNow());

        return isReplaced;
    });

    public Task<StoredLinkPage> ListAsync(string taskId, long? before, int limit)
    {
        if (!EntityId.TryParse(taskId, EntityId.Task, out var task))
            return Task.FromResult(new StoredLinkPage([], null));

        return database.ReadAsync(session =>
        {
            var rows = session.Prepare(List).Bind(task).Bind(before ?? long.MaxValue).Bind(limit + 1L)
                .All(static row => (Link: LinkRows.Read(row), Seq: row.Int64()));
            return LinkRows.Page(rows, limit);
        });
    }

    private static ImmutableArray<AddedLink> AddAllOrNone(SqliteSession session, ImmutableArray<Link> links)
    {
        session.Run("SAVEPOINT batch");
        var outcomes = Add(session, links);
        if (!outcomes.All(outcome => outcome.Added))
            session.Run("ROLLBACK TO batch");

        session.Run("RELEASE batch");
        return outcomes;
    }

    private static ImmutableArray<AddedLink> Add(SqliteSession session, ImmutableArray<Link> links)
    {
        var insert = session.Prepare(Insert);
        var outcomes = ImmutableArray.CreateBuilder<AddedLink>(links.Length);
        foreach (var link in links)
        {
            if (Bind(insert, link).Run() == 1)
            {
                outcomes.Add(new AddedLink(link, true));
            }
            else
            {
                var holder = FindIn(session, link.Code)!;
                outcomes.Add(new AddedLink(holder, holder.CreationId == link.CreationId));
            }
        }

        return outcomes.MoveToImmutable();
    }

    private static Link? FindIn(SqliteSession session, string code) =>
        session.Prepare(Find).Bind(code).First<Link?>(LinkRows.Read, null);

    private static bool Replace(SqliteSession session, Link link) => session.Prepare(Update)
        .Bind((int)link.Target)
        .Bind(link.LandingPage)
        .BindId(link.SavedPageId, EntityId.SavedPage)
        .Bind((int)link.State)
        .BindOrNull((int?)link.DisabledBy)
        .Bind(link.Version)
        .Bind(link.Code)
        .Bind(link.Version - 1)
        .Run() == 1;

    private static SqliteStatement Bind(SqliteStatement insert, Link link) => insert
        .Bind(link.Code)
        .Bind((int)link.Form)
        .BindId(link.TaskId, EntityId.Task)
        .BindId(link.CampaignId, EntityId.Campaign)
        .BindId(link.PartnerId, EntityId.Partner)
        .BindId(link.ProgramId, EntityId.Program)
        .Bind((int)link.Target)
        .Bind(link.LandingPage)
        .BindId(link.SavedPageId, EntityId.SavedPage)
        .Bind(link.Values)
        .Bind((int)link.CreatedBy)
        .Bind(link.CreatedAt)
        .Bind((int)link.State)
        .Bind(link.Version)
        .Bind(link.CreationId)
        .BindOrNull((int?)link.DisabledBy);
}
