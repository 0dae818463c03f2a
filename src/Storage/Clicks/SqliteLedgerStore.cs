using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using OrleansLinks.Links;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>The click ledger in SQLite.</summary>
internal sealed class SqliteLedgerStore(SqliteDatabase database, TimeProvider clock) : ILedgerStore
{
    /// <summary>
    /// How much later than others a click may arrive and still find the visits before it. Edges ship their clicks
    /// within seconds; one that could not for longer may count a visitor as unique once too often.
    /// </summary>
    internal static readonly TimeSpan Lateness = TimeSpan.FromHours(1);

    /// <summary>
    /// Visits looked at for each new click, to forget the old ones. With 2, the table settles at twice what is needed,
    /// without an index by time, which every click would have to move.
    /// </summary>
    internal const int VisitsSweptPerClick = 2;

    private const string Columns =
        "id, link_code, task_id, campaign_id, partner_id, program_id, at, class, outside_terms_reason, is_bot, visitor, " +
        "landing_page, referrer, user_agent, sub_id1, sub_id2, sub_id3, shared_id, param, is_unique";

    private const string InsertClick =
        $"INSERT INTO clicks ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";

    private const string FindClick = $"SELECT {Columns} FROM clicks WHERE id = ?";

    private const string FirstClicks = $"SELECT {Columns} FROM clicks WHERE task_id = ? ORDER BY id DESC LIMIT ?";

    private const string NextClicks = $"SELECT {Columns} FROM clicks WHERE task_id = ? AND id < ? ORDER BY id DESC LIMIT ?";

    private const string FindVisit = "SELECT last_at FROM visits WHERE key = ?";

    private const string SaveVisit =
        "INSERT INTO visits (key, last_at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at";

    private const string SweepVisits = "SELECT key, last_at FROM visits WHERE key > ? ORDER BY key LIMIT ?";

    private const string ForgetVisit = "DELETE FROM visits WHERE key = ?";

    private const string MoveCounters =
        """
        INSERT INTO counters (scope, clicks, unique_clicks, bot_clicks, outside_terms_clicks, version, changed_at)
        VALUES (?, ?, ?, ?, ?, 1, ?)
        ON CONFLICT (scope) DO UPDATE SET
          clicks = clicks + excluded.clicks,
          unique_clicks = unique_clicks + excluded.unique_clicks,
          bot_clicks = bot_clicks + excluded.bot_clicks,
          outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks,
          version = version + 1,
          changed_at = excluded.changed_at
        """;

    private const string ReadCounters =
        "SELECT clicks, unique_clicks, bot_clicks, outside_terms_clicks, version, changed_at FROM counters WHERE scope = ?";

    // Where the sweep over visits goes on; the writer's thread alone touches it.
    private long _sweep = long.MinValue;

    public Task<int> RecordAsync(ImmutableArray<Click> clicks) => clicks.IsEmpty
        ? Task.FromResult(0)
        : database.WriteAsync(session => Record(session, clicks), clicks.Length);

    public Task<ClickRecord?> FindClickAsync(Guid id) =>
        database.ReadAsync(session => session.Prepare(FindClick).Bind(id).First<ClickRecord?>(Read, null));

    public Task<ImmutableArray<ClickRecord>> ListClicksAsync(string taskId, Guid? before, int limit)
    {
        if (!EntityId.TryParse(taskId, EntityId.Task, out var task))
            return Task.FromResult(ImmutableArray<ClickRecord>.Empty);

        return database.ReadAsync(session =>
        {
            var page = before is { } id
                ? session.Prepare(NextClicks).Bind(task).Bind(id)
                : session.Prepare(FirstClicks).Bind(task);
            return page.Bind(limit).All(Read);
        });
    }

    public Task<CounterTotals> ReadCountersAsync(string scope) =>
        database.ReadAsync(session => session.Prepare(ReadCounters).Bind(scope).First(ReadTotals, CounterTotals.Zero));

    private int Record(SqliteSession session, ImmutableArray<Click> clicks)
    {
        var insert = session.Prepare(InsertClick);
        var findVisit = session.Prepare(FindVisit);
        var saveVisit = session.Prepare(SaveVisit);
        var moves = new Dictionary<string, CounterMove>();
        var added = 0;
        var oldest = clock.GetUtcNow();
        foreach (var click in clicks)
        {
            var visit = VisitKey(click);
            var lastAt = findVisit.Bind(visit).First(static row => row.Int64(), long.MinValue);
            var at = click.At.ToUnixTimeMilliseconds();
            var isUnique = lastAt == long.MinValue || at - lastAt > (long)ILedgerStore.UniqueWindow.TotalMilliseconds;
            if (Bind(insert, click, isUnique).Run() == 0)
                continue;

            if (at > lastAt)
                saveVisit.Bind(visit).Bind(at).Run();

            var move = CounterMove.Of(click, isUnique);
            if (click.LinkCode is { } code)
                Add(CounterScopes.OfLink(code), move);
            Add(CounterScopes.OfTask(click.TaskId), move);
            Add(CounterScopes.OfCampaign(click.CampaignId), move);
            Add(CounterScopes.OfPartnerIn(click.CampaignId, click.PartnerId), move);
            added++;
            if (click.At < oldest)
                oldest = click.At;
        }

        if (added > 0)
        {
            Save(session, moves);
            Sweep(session, added * VisitsSweptPerClick, oldest - ILedgerStore.UniqueWindow - Lateness);
        }

        return added;

        void Add(string scope, CounterMove move) => moves[scope] = moves.GetValueOrDefault(scope) + move;
    }

    private void Save(SqliteSession session, Dictionary<string, CounterMove> moves)
    {
        var now = clock.GetUtcNow();
        var statement = session.Prepare(MoveCounters);
        foreach (var (scope, move) in moves)
        {
            statement.Bind(scope).Bind(move.Clicks).Bind(move.Unique).Bind(move.Bot).Bind(move.OutsideTerms).Bind(now).Run();
        }
    }

    /// <summary>
    /// Goes on through the visits, round and round, and forgets those from before <paramref name="horizon"/>. That is
    /// reckoned from the clicks' own times, so that a backlog of hours counts as it would have when it happened.
    /// </summary>
    private void Sweep(SqliteSession session, int count, DateTimeOffset horizon)
    {
        var visits = session.Prepare(SweepVisits).Bind(_sweep).Bind(count).All(static row => (Key: row.Int64(), LastAt: row.Time()));
        foreach (var (key, lastAt) in visits)
        {
            if (lastAt < horizon)
                session.Prepare(ForgetVisit).Bind(key).Run();
        }

        _sweep = visits.Length < count ? long.MinValue : visits[^1].Key;
    }

    /// <summary>
    /// 64 bits that stand for a visitor on a link (or on a task, where the link has no code). That two of millions
    /// share them is not to be expected, and would cost one unique click.
    /// </summary>
    private static long VisitKey(Click click)
    {
        var scope = click.LinkCode is { } code ? CounterScopes.OfLink(code) : CounterScopes.OfTask(click.TaskId);
        Span<byte> bytes = stackalloc byte[16];
        click.Visitor.TryWriteBytes(bytes);
        return (long)XxHash3.HashToUInt64(bytes, (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(scope.AsSpan())));
    }

    private static SqliteStatement Bind(SqliteStatement insert, Click click, bool isUnique) => insert
        .Bind(click.Id)
        .Bind(click.LinkCode)
        .BindId(click.TaskId, EntityId.Task)
        .BindId(click.CampaignId, EntityId.Campaign)
        .BindId(click.PartnerId, EntityId.Partner)
        .BindId(click.ProgramId, EntityId.Program)
        .Bind(click.At)
        .Bind((int)click.Class)
        .Bind(click.OutsideTermsReason)
        .Bind(click.IsBot ? 1 : 0)
        .Bind(click.Visitor)
        .Bind(click.LandingPage)
        .Bind(click.Referrer)
        .Bind(click.UserAgent)
        .Bind(click.Values)
        .Bind(isUnique ? 1 : 0);

    // C# reads the columns from left to right: the order here is the order of Columns.
    private static ClickRecord Read(SqliteStatement row) => new(
        new Click(
            row.Guid(),
            row.TextOrNull(),
            row.Id(EntityId.Task),
            row.Id(EntityId.Campaign),
            row.Id(EntityId.Partner),
            row.Id(EntityId.Program),
            row.Time(),
            (ClickClass)row.Int32(),
            row.TextOrNull(),
            row.Boolean(),
            row.Guid(),
            row.Text(),
            row.TextOrNull(),
            row.TextOrNull(),
            row.ReportingValues()),
        row.Boolean());

    private static CounterTotals ReadTotals(SqliteStatement row) =>
        new(row.Int64(), row.Int64(), row.Int64(), row.Int64(), row.Int64(), row.Time());

    /// <summary>What a batch adds to a counter.</summary>
    private readonly record struct CounterMove(int Clicks, int Unique, int Bot, int OutsideTerms)
    {
        public static CounterMove Of(Click click, bool isUnique) =>
            new(1, isUnique ? 1 : 0, click.IsBot ? 1 : 0, click.Class == ClickClass.OutsideTerms ? 1 : 0);

        public static CounterMove operator +(CounterMove a, CounterMove b) =>
            new(a.Clicks + b.Clicks, a.Unique + b.Unique, a.Bot + b.Bot, a.OutsideTerms + b.OutsideTerms);
    }
}
