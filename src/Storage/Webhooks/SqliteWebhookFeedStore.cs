using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Webhooks;

/// <summary>The feed in SQLite, where one writer gives entries and clicks numbers in the order of commits.</summary>
internal sealed class SqliteWebhookFeedStore(SqliteDatabase database) : IWebhookFeedStore
{
    private const string ReadPosition = "SELECT turn, last_entry, approved_at, approved_number, last_click, clicks_at FROM webhook_feed";

    private const string MovePosition =
        """
        UPDATE webhook_feed SET turn = ?, last_entry = ?, approved_at = ?, approved_number = ?, last_click = ?, clicks_at = ?
        WHERE turn = ?
        """;

    private const string SkipEntries =
        "UPDATE webhook_feed SET turn = turn + 1, last_entry = (SELECT coalesce(max(number), 0) FROM conversion_entries), approved_at = ?, approved_number = 0";

    private const string SkipClicks =
        "UPDATE webhook_feed SET turn = turn + 1, last_click = (SELECT coalesce(max(rowid), 0) FROM clicks), clicks_at = ?";

    private const string AnyWantsConversions = "SELECT 1 FROM webhooks WHERE events & 126 <> 0 LIMIT 1";

    private const string AnyWantsClicks = "SELECT 1 FROM webhooks WHERE events & 1 <> 0 LIMIT 1";

    private const string ListEntries =
        $"""
        SELECT e.number, e.conversion, {ConversionRows.EntryColumns} FROM conversion_entries e WHERE e.number > ? ORDER BY e.number LIMIT ?
        """;

    // Up to an entry: 3 is Reversed, which leaves what was attributed; 0 and 1 are Reported and Attributed.
    private const string SumEntries =
        """
        SELECT coalesce(sum(conversions) FILTER (WHERE kind <> 3 AND sequence <= ?1), 0), coalesce(sum(revenue) FILTER (WHERE kind <> 3 AND sequence <= ?1), 0),
          coalesce(sum(payout) FILTER (WHERE sequence <= ?1), 0), coalesce(sum(revenue) FILTER (WHERE kind <= 1), 0)
        FROM conversion_entries WHERE conversion = ?2
        """;

    private const string FindConversion = $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE number = ?";

    private const string ListApproved =
        $"""
        SELECT number, {ConversionRows.Columns} FROM conversions
        WHERE state = 1 AND (locks_at, number) > (?, ?) AND locks_at <= ? ORDER BY locks_at, number LIMIT ?
        """;

    private const string LastClick = "SELECT coalesce(max(rowid), 0) FROM clicks";

    private const string FoldClicks =
        """
        SELECT t.task_id, t.campaign_id, t.partner_id, p.program_id, c.clicks, c.unique_clicks, c.bot_clicks, c.outside_terms_clicks
        FROM (
          SELECT task, count(*) AS clicks, sum(is_unique) AS unique_clicks, sum(is_bot) AS bot_clicks, sum(class = 1) AS outside_terms_clicks
          FROM clicks WHERE rowid > ? AND rowid <= ? GROUP BY task) c
        CROSS JOIN click_tasks t ON t.number = c.task
        CROSS JOIN click_programs p ON p.number = t.program
        """;

    private const string ReadCounters = $"SELECT {ClickRows.Totals} FROM counters WHERE scope = (SELECT number FROM scopes WHERE scope = ?)";

    private const string ListOfOwner = $"SELECT {WebhookRows.SubscriptionColumns} FROM webhooks WHERE owner = ? AND removed = 0 AND events <> 0";

    private const string CountOfOwner = "SELECT count(*) FROM webhooks WHERE owner = ? AND removed = 0";

    private const string Find = "SELECT 1 FROM webhooks WHERE id = ?";

    private const string Insert =
        "INSERT INTO webhooks (id, is_partners, owner, events, enabled, removed, failures) VALUES (?, ?, ?, ?, ?, 0, 0)";

    private const string Update = "UPDATE webhooks SET events = ? WHERE id = ? AND removed = 0";

    private const string Enable = "UPDATE webhooks SET enabled = 1, wake_at = ?, failures = 0, failing_since = NULL WHERE id = ? AND removed = 0";

    private const string Disable = "UPDATE webhooks SET enabled = 0, wake_at = NULL WHERE id = ?";

    private const string Remove = "UPDATE webhooks SET enabled = 0, wake_at = NULL, events = 0, removed = 1 WHERE id = ?";

    private static readonly string HurryUp =
        $"""
        UPDATE webhook_deliveries SET next_attempt_at = ? WHERE number IN (
          SELECT number FROM webhook_deliveries WHERE webhook = ? AND state = 0 AND is_head = 1 ORDER BY next_attempt_at LIMIT {WebhookRows.DueWhenEnabled})
        """;

    private const string InsertDelivery =
        """
        INSERT INTO webhook_deliveries (webhook, event_id, event, subject, created_at, queued_at, state, is_head, attempts, next_attempt_at, body)
        SELECT id, ?, ?, ?, ?, ?, 0, 0, 0, ?, ? FROM webhooks WHERE id = ? AND removed = 0
        ON CONFLICT DO NOTHING
        """;

    private static readonly string Wake =
        $"""
        UPDATE webhooks SET wake_at = CASE WHEN failures >= {IWebhookDeliveryStore.FailuresToSlowDown} THEN coalesce(wake_at, ?1) ELSE min(coalesce(wake_at, ?1), ?1) END
        WHERE id = ?2 AND enabled = 1
        """;

    private const string ListToWake = "SELECT id FROM webhooks WHERE wake_at <= ? ORDER BY wake_at LIMIT ?";

    public Task<bool> AddAsync(WebhookSubscription subscription, int atMost, DateTimeOffset now) => database.WriteAsync(session =>
    {
        var id = IdOf(subscription.Id);
        if (session.Prepare(Find).Bind(id).First(static _ => true, false))
            return true;

        var owner = OwnerOf(subscription);
        if (session.Prepare(CountOfOwner).Bind(owner).First(static row => row.Int32(), 0) >= atMost)
            return false;

        Begin(session, subscription.Events, now);
        session.Prepare(Insert)
            .Bind(id).Bind(subscription.IsPartners ? 1 : 0).Bind(owner).Bind((int)subscription.Events).Bind(subscription.Enabled ? 1 : 0).Run();
        return true;
    });

    public Task ChangeAsync(WebhookSubscription subscription, DateTimeOffset now) => database.WriteAsync(session =>
    {
        var id = IdOf(subscription.Id);
        Begin(session, subscription.Events, now);
        session.Prepare(Update).Bind((int)subscription.Events).Bind(id).Run();
        if (!subscription.Enabled)
            session.Prepare(Disable).Bind(id).Run();
        else if (session.Prepare(Enable).Bind(now).Bind(id).Run() > 0)
            session.Prepare(HurryUp).Bind(now).Bind(id).Run();

        return true;
    });

    public Task RemoveAsync(string webhookId) => database.WriteAsync(session => session.Prepare(Remove).Bind(IdOf(webhookId)).Run());

    public Task<FeedPage?> ReadAsync(DateTimeOffset lockedUntil) => database.ReadAsync(reader => reader.Snapshot(session =>
    {
        if (!IsWanted(session, AnyWantsConversions))
            return null;

        var position = Position(session);
        var numbered = session.Prepare(ListEntries).Bind(position.Entries[0]).Bind(IWebhookFeedStore.PageLength)
            .All(static row => (Number: row.Int64(), Conversion: row.Int64(), Entry: ConversionRows.ReadEntry(row)));
        var entries = numbered.Select(one =>
        {
            var now = session.Prepare(FindConversion).Bind(one.Conversion).First(ReadNumbered, null!);
            return session.Prepare(SumEntries).Bind(one.Entry.Sequence).Bind(one.Conversion)
                .First(row => new FeedEntry(now, one.Entry, row.Int64() > 0, MoneyUnits.Read(row), MoneyUnits.Read(row), MoneyUnits.Read(row)), null!);
        }).ToImmutableArray();
        var next = position with { Turn = position.Turn + 1, Entries = [numbered.IsEmpty ? position.Entries[0] : numbered[^1].Number] };
        if (entries.Length == IWebhookFeedStore.PageLength)
            return new FeedPage(position, entries, [], next, true, SubscriptionsOf(session, entries.Select(entry => entry.Now)));

        var approved = session.Prepare(ListApproved)
            .Bind(position.Approved.LocksAt).Bind(position.Approved.Number).Bind(lockedUntil).Bind(IWebhookFeedStore.PageLength).All(ReadNumbered);
        var isFull = approved.Length == IWebhookFeedStore.PageLength;
        if (approved is [.., var last])
            next = next with { Approved = new LockPosition(last.Conversion.Attribution!.LocksAt, last.Number) };

        return new FeedPage(position, entries, approved, next, isFull, SubscriptionsOf(session, entries.Select(entry => entry.Now).Concat(approved)));
    }));

    public Task<ClickPage?> ReadClicksAsync(DateTimeOffset olderThan, DateTimeOffset now) => database.ReadAsync(reader => reader.Snapshot(session =>
    {
        var position = Position(session);
        if (position.ClicksAt > olderThan || !IsWanted(session, AnyWantsClicks))
            return null;

        var last = session.Prepare(LastClick).First(static row => row.Int64(), 0);
        var (after, upTo) = (position.Clicks[0], Math.Min(last, position.Clicks[0] + IWebhookFeedStore.ClicksPerPage));
        var folds = session.Prepare(FoldClicks).Bind(after).Bind(upTo).All(row => new TaskClicks(
            row.Id(EntityId.Task), row.Id(EntityId.Campaign), row.Id(EntityId.Partner), row.Id(EntityId.Program),
            after, row.Int64(), row.Int64(), row.Int64(), row.Int64(), CounterTotals.Zero));
        var tasks = folds.Select(fold => fold with
        {
            Totals = session.Prepare(ReadCounters).Bind(CounterScopes.OfTask(fold.TaskId)).First(ClickRows.ReadTotals, CounterTotals.Zero),
        }).ToImmutableArray();
        return new ClickPage(
            position,
            tasks,
            position with { Turn = position.Turn + 1, Clicks = [upTo], ClicksAt = now },
            upTo < last,
            SubscriptionsOf(session, [.. tasks.Select(task => task.ProgramId), .. tasks.Select(task => task.PartnerId)]));
    }));

    public Task<bool> AppendAsync(FeedPosition from, FeedPosition next, ImmutableArray<NewDelivery> deliveries, DateTimeOffset now) => database.WriteAsync(
        session =>
        {
            var moved = session.Prepare(MovePosition)
                .Bind(next.Turn).Bind(next.Entries[0]).Bind(next.Approved.LocksAt).Bind(next.Approved.Number).Bind(next.Clicks[0]).Bind(next.ClicksAt)
                .Bind(from.Turn).Run();
            if (moved == 0)
                return false;

            foreach (var delivery in deliveries)
            {
                session.Prepare(InsertDelivery)
                    .Bind(delivery.EventId).Bind((int)delivery.Event).Bind(delivery.Subject).Bind(delivery.CreatedAt).Bind(now).Bind(now)
                    .Bind(delivery.Body).Bind(IdOf(delivery.WebhookId)).Run();
            }

            foreach (var (webhook, subject) in deliveries.Select(delivery => (IdOf(delivery.WebhookId), delivery.Subject)).Distinct())
                SqliteWebhookDeliveryStore.SetHead(session, webhook, subject);

            foreach (var webhook in deliveries.Select(delivery => delivery.WebhookId).Distinct())
                session.Prepare(Wake).Bind(now).Bind(IdOf(webhook)).Run();

            return true;
        },
        1 + deliveries.Length);

    public Task<ImmutableArray<string>> ListToWakeAsync(DateTimeOffset now, int limit) => database.ReadAsync(session =>
        session.Prepare(ListToWake).Bind(now).Bind(limit).All(static row => row.Id(EntityId.Webhook)));

    private static Guid IdOf(string webhookId) => EntityId.Parse(webhookId, EntityId.Webhook);

    private static Guid OwnerOf(WebhookSubscription subscription) => WebhookOwners.Parse(subscription.OwnerId);

    /// <summary>Lets the feed begin here with what nobody has wanted until now.</summary>
    private static void Begin(SqliteSession session, WebhookEvents events, DateTimeOffset now)
    {
        if ((events & WebhookEventNames.OfConversions) != 0 && !IsWanted(session, AnyWantsConversions))
            session.Prepare(SkipEntries).Bind(now).Run();

        if ((events & WebhookEvents.ClicksCounted) != 0 && !IsWanted(session, AnyWantsClicks))
            session.Prepare(SkipClicks).Bind(now).Run();
    }

    private static bool IsWanted(SqliteSession session, string sql) => session.Prepare(sql).First(static _ => true, false);

    private static FeedPosition Position(SqliteSession session) => session.Prepare(ReadPosition).First(
        static row => new FeedPosition(row.Int64(), [row.Int64()], new LockPosition(row.Time(), row.Int64()), [row.Int64()], row.Time()), null!);

    private static NumberedConversion ReadNumbered(SqliteStatement row) => new(row.Int64(), ConversionRows.Read(row));

    private static ImmutableArray<WebhookSubscription> SubscriptionsOf(SqliteSession session, IEnumerable<NumberedConversion> conversions) =>
        SubscriptionsOf(session, [.. conversions.SelectMany(one => WebhookOwners.Of(one.Conversion))]);

    private static ImmutableArray<WebhookSubscription> SubscriptionsOf(SqliteSession session, HashSet<string> owners) =>
        [.. owners.SelectMany(owner => session.Prepare(ListOfOwner).Bind(WebhookOwners.Parse(owner)).All(WebhookRows.ReadSubscription))];
}
