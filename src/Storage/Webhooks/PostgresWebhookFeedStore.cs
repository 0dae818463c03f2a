using System.Collections.Immutable;
using System.Data;
using Npgsql;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Webhooks;

/// <summary>The feed in PostgreSQL.</summary>
/// <remarks>
/// Positions of entries and clicks are in the order of commits within a shard, whose row is locked by whoever adds some. What is not
/// attributed has shards of its own, which are read to their end before the others in the same snapshot: a conversion is attributed
/// after it was reported, so that an entry of one kind never overtakes one of the other.
/// </remarks>
internal sealed class PostgresWebhookFeedStore(PostgresDatabase database) : IWebhookFeedStore
{
    /// <summary>Most entries of a shard on a page.</summary>
    internal const int EntriesPerShard = IWebhookFeedStore.PageLength / LedgerOrder.Shards;

    internal const string ListEntries =
        $"""
        SELECT s.shard::integer, e.position, e.conversion, {ConversionRows.EntryColumns}, u.attributed, u.amount, u.paid, u.first
        FROM unnest($1, $2) AS s (shard, after)
        CROSS JOIN LATERAL (
          SELECT * FROM conversion_entries WHERE shard = s.shard AND position > s.after ORDER BY position LIMIT $3) e
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(b.conversions) FILTER (WHERE b.kind <> 3 AND b.sequence <= e.sequence), 0)::bigint AS attributed,
            coalesce(sum(b.revenue) FILTER (WHERE b.kind <> 3 AND b.sequence <= e.sequence), 0)::bigint AS amount,
            coalesce(sum(b.payout) FILTER (WHERE b.sequence <= e.sequence), 0)::bigint AS paid,
            coalesce(sum(b.revenue) FILTER (WHERE b.kind <= 1), 0)::bigint AS first
          FROM conversion_entries b WHERE b.conversion = e.conversion) u
        ORDER BY s.shard, e.position
        """;

    internal const string ListApproved =
        $"""
        SELECT number, {ConversionRows.Columns} FROM conversions
        WHERE state = 1 AND (locks_at, number) > ($1, $2) AND locks_at <= $3 ORDER BY locks_at, number LIMIT $4
        """;

    internal const string ListToWake = "SELECT id FROM webhooks WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2";

    internal const string AnyWantsConversions = "SELECT 1 FROM webhooks WHERE events & 126 <> 0 LIMIT 1";

    internal const string AnyWantsClicks = "SELECT 1 FROM webhooks WHERE events & 1 <> 0 LIMIT 1";

    internal const string ListOfOwners = $"SELECT {WebhookRows.SubscriptionColumns} FROM webhooks WHERE owner = ANY($1) AND NOT removed AND events <> 0";

    private const string ReadPosition = "SELECT turn, approved_at, approved_number, clicks_at, entries, clicks FROM webhook_feed";

    private const string MovePosition =
        """
        UPDATE webhook_feed SET turn = $2, entries = $3, approved_at = $4, approved_number = $5, clicks = $6, clicks_at = $7
        WHERE turn = $1
        """;

    private const string LockFeed = "SELECT turn FROM webhook_feed FOR UPDATE";

    private const string SkipEntries =
        """
        UPDATE webhook_feed SET turn = turn + 1, entries = (SELECT array_agg(last_entry ORDER BY shard) FROM ledger_shards), approved_at = $1, approved_number = 0
        """;

    private const string SkipClicks =
        """
        UPDATE webhook_feed SET turn = turn + 1, clicks = (SELECT array_agg(last_position ORDER BY shard) FROM ledger_shards WHERE shard < 8), clicks_at = $1
        """;

    private const string ListConversions = $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE number = ANY($1)";

    private const string ListClickEnds = "SELECT last_position FROM ledger_shards WHERE shard < 8 ORDER BY shard";

    private const string FoldClicks =
        """
        SELECT task_id, campaign_id, partner_id, program_id, count(*), count(*) FILTER (WHERE is_unique), count(*) FILTER (WHERE is_bot), count(*) FILTER (WHERE class = 1)
        FROM clicks WHERE position > $1 AND position <= $2 AND id >= $3 AND id < $4 GROUP BY task_id, campaign_id, partner_id, program_id
        """;

    private const string ListCounters = $"SELECT scope, {ClickRows.Totals} FROM counters WHERE scope = ANY($1)";

    private const string Find = "SELECT 1 FROM webhooks WHERE id = $1";

    private const string CountOfOwner = "SELECT count(*) FROM webhooks WHERE owner = $1 AND NOT removed";

    private const string Insert =
        "INSERT INTO webhooks (id, is_partners, owner, events, enabled, removed, failures) VALUES ($1, $2, $3, $4, $5, false, 0)";

    private const string Update = "UPDATE webhooks SET events = $2 WHERE id = $1 AND NOT removed";

    private const string Enable = "UPDATE webhooks SET enabled = true, wake_at = $2, failures = 0, failing_since = NULL WHERE id = $1 AND NOT removed";

    private const string Disable = "UPDATE webhooks SET enabled = false, wake_at = NULL WHERE id = $1";

    private const string Remove = "UPDATE webhooks SET enabled = false, wake_at = NULL, events = 0, removed = true WHERE id = $1";

    private static readonly string HurryUp =
        $"""
        UPDATE webhook_deliveries SET next_attempt_at = $2 WHERE number IN (
          SELECT number FROM webhook_deliveries WHERE webhook = $1 AND state = 0 AND is_head ORDER BY next_attempt_at LIMIT {WebhookRows.DueWhenEnabled})
        """;

    private const string LockWebhooks = "SELECT id FROM webhooks WHERE id = ANY($1) AND NOT removed ORDER BY id FOR UPDATE";

    private const string InsertDeliveries =
        """
        INSERT INTO webhook_deliveries (webhook, event_id, event, subject, created_at, body, queued_at, next_attempt_at, state, is_head, attempts)
        SELECT d.webhook, d.event_id, d.event, d.subject, d.created_at, d.body, $7, $7, 0, false, 0
        FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS d (webhook, event_id, event, subject, created_at, body, place)
        JOIN webhooks w ON w.id = d.webhook AND NOT w.removed
        ORDER BY d.place
        ON CONFLICT DO NOTHING
        """;

    private static readonly string Wake =
        $"""
        UPDATE webhooks SET wake_at = CASE WHEN failures >= {IWebhookDeliveryStore.FailuresToSlowDown} THEN coalesce(wake_at, $2) ELSE least(wake_at, $2) END
        WHERE id = ANY($1) AND enabled
        """;

    public Task<bool> AddAsync(WebhookSubscription subscription, int atMost, DateTimeOffset now) => InTransactionAsync(async connection =>
    {
        await BeginAsync(connection, subscription.Events, now);
        var id = IdOf(subscription.Id);
        if (await IsThereAsync(connection, Find, Parameter.Of(id)))
            return true;

        var owner = WebhookOwners.Parse(subscription.OwnerId);
        await using var count = connection.Command(CountOfOwner, Parameter.Of(owner));
        if ((long)(await count.ExecuteScalarAsync())! >= atMost)
            return false;

        await RunAsync(
            connection, Insert,
            Parameter.Of(id), Parameter.Of(subscription.IsPartners), Parameter.Of(owner), Parameter.Of((int)subscription.Events), Parameter.Of(subscription.Enabled));
        return true;
    });

    public Task ChangeAsync(WebhookSubscription subscription, DateTimeOffset now) => InTransactionAsync(async connection =>
    {
        await BeginAsync(connection, subscription.Events, now);
        var (id, at) = (IdOf(subscription.Id), now.ToUnixTimeMilliseconds());
        await RunAsync(connection, Update, Parameter.Of(id), Parameter.Of((int)subscription.Events));
        if (!subscription.Enabled)
            await RunAsync(connection, Disable, Parameter.Of(id));
        else if (await RunAsync(connection, Enable, Parameter.Of(id), Parameter.Of(at)) > 0)
            await RunAsync(connection, HurryUp, Parameter.Of(id), Parameter.Of(at));

        return true;
    });

    public Task RemoveAsync(string webhookId) => database.RunAsync(Remove, Parameter.Of(IdOf(webhookId)));

    public Task<FeedPage?> ReadAsync(DateTimeOffset lockedUntil) => InSnapshotAsync(async connection =>
    {
        if (!await IsThereAsync(connection, AnyWantsConversions))
            return null;

        var position = await PositionAsync(connection);
        var places = await ListEntriesAsync(connection, position, LedgerOrder.Shards, 2 * LedgerOrder.Shards);
        var hasMore = IsFull(places);
        if (!hasMore)
        {
            places.AddRange(await ListEntriesAsync(connection, position, 0, LedgerOrder.Shards));
            hasMore = IsFull(places);
        }

        await using var find = connection.Command(ListConversions, Parameter.Of(places.Select(place => place.Conversion).Distinct().ToArray()));
        var conversions = (await find.ReadAsync(ReadNumbered)).ToDictionary(one => one.Number);
        ImmutableArray<FeedEntry> entries = [.. places.Select(place => new FeedEntry(
            conversions[place.Conversion], place.Entry, place.Attributed > 0, place.Amount, place.Payout, place.FirstAmount))];
        var ends = position.Entries.ToArray();
        foreach (var place in places)
            ends[place.Shard] = place.Position;

        var next = position with { Turn = position.Turn + 1, Entries = [.. ends] };
        ImmutableArray<NumberedConversion> approved = [];
        if (!hasMore)
        {
            await using var list = connection.Command(
                ListApproved,
                Parameter.Of(position.Approved.LocksAt.ToUnixTimeMilliseconds()), Parameter.Of(position.Approved.Number),
                Parameter.Of(lockedUntil.ToUnixTimeMilliseconds()), Parameter.Of(IWebhookFeedStore.PageLength));
            approved = [.. await list.ReadAsync(ReadNumbered)];
            hasMore = approved.Length == IWebhookFeedStore.PageLength;
            if (approved is [.., var last])
                next = next with { Approved = new LockPosition(last.Conversion.Attribution!.LocksAt, last.Number) };
        }

        var owners = entries.Select(entry => entry.Now).Concat(approved).SelectMany(one => WebhookOwners.Of(one.Conversion));
        return new FeedPage(position, entries, approved, next, hasMore, await SubscriptionsOfAsync(connection, owners));

        static bool IsFull(List<EntryPlace> places) => places.CountBy(place => place.Shard).Any(shard => shard.Value == EntriesPerShard);
    });

    public Task<ClickPage?> ReadClicksAsync(DateTimeOffset olderThan, DateTimeOffset now) => InSnapshotAsync(async connection =>
    {
        var position = await PositionAsync(connection);
        if (position.ClicksAt > olderThan || !await IsThereAsync(connection, AnyWantsClicks))
            return null;

        await using var list = connection.Command(ListClickEnds);
        var (ends, hasMore) = (await list.ReadAsync(static row => row.Int64()), false);
        var tasks = new List<TaskClicks>();
        for (var shard = 0; shard < ends.Count; shard++)
        {
            var after = position.Clicks[shard];
            var upTo = Math.Min(ends[shard], after + IWebhookFeedStore.ClicksPerPage);
            hasMore |= upTo < ends[shard];
            ends[shard] = upTo;
            if (upTo == after)
                continue;

            var days = await PostgresDays.BoundsAsync(connection, shard, after, upTo);
            await using var fold = connection.Command(FoldClicks, Parameter.Of(after), Parameter.Of(upTo), Parameter.Of(days.From), Parameter.Of(days.To));
            tasks.AddRange(await fold.ReadAsync(row => new TaskClicks(
                row.Id(EntityId.Task), row.Id(EntityId.Campaign), row.Id(EntityId.Partner), row.Id(EntityId.Program),
                after, row.Int64(), row.Int64(), row.Int64(), row.Int64(), CounterTotals.Zero)));
        }

        byte[][] scopes = [.. tasks.Select(task => LedgerOrder.OfTask(EntityId.Parse(task.TaskId, EntityId.Task)))];
        await using var counters = connection.Command(ListCounters, Parameter.Of(scopes));
        var totals = (await counters.ReadAsync(static row => (Task: LedgerOrder.TaskOf(row.Bytes()), Totals: ClickRows.ReadTotals(row))))
            .ToDictionary(counter => counter.Task, counter => counter.Totals);
        return new ClickPage(
            position,
            [.. tasks.Select(task => task with { Totals = totals[task.TaskId] })],
            position with { Turn = position.Turn + 1, Clicks = [.. ends], ClicksAt = now },
            hasMore,
            await SubscriptionsOfAsync(connection, tasks.Select(task => task.ProgramId).Concat(tasks.Select(task => task.PartnerId))));
    });

    public Task<bool> AppendAsync(FeedPosition from, FeedPosition next, ImmutableArray<NewDelivery> deliveries, DateTimeOffset now) => InTransactionAsync(async connection =>
    {
        var moved = await RunAsync(
            connection, MovePosition,
            Parameter.Of(from.Turn), Parameter.Of(next.Turn), Parameter.Of(next.Entries.ToArray()), Parameter.Of(next.Approved.LocksAt.ToUnixTimeMilliseconds()),
            Parameter.Of(next.Approved.Number), Parameter.Of(next.Clicks.ToArray()), Parameter.Of(next.ClicksAt.ToUnixTimeMilliseconds()));
        if (moved == 0 || deliveries.IsEmpty)
            return moved > 0;

        Guid[] webhooks = [.. deliveries.Select(delivery => IdOf(delivery.WebhookId))];
        Guid[] subjects = [.. deliveries.Select(delivery => delivery.Subject)];
        Guid[] concerned = [.. webhooks.Distinct()];
        var at = now.ToUnixTimeMilliseconds();
        await RunAsync(connection, LockWebhooks, Parameter.Of(concerned));
        await RunAsync(
            connection, InsertDeliveries,
            Parameter.Of(webhooks),
            Parameter.Of(deliveries.Select(delivery => delivery.EventId).ToArray()),
            Parameter.Of(deliveries.Select(delivery => (int)delivery.Event).ToArray()),
            Parameter.Of(subjects),
            Parameter.Of(deliveries.Select(delivery => delivery.CreatedAt.ToUnixTimeMilliseconds()).ToArray()),
            Parameter.Of(deliveries.Select(delivery => (string?)delivery.Body).ToArray()),
            Parameter.Of(at));
        await PostgresWebhookDeliveryStore.SetHeadsAsync(connection, webhooks, subjects);
        await RunAsync(connection, Wake, Parameter.Of(concerned), Parameter.Of(at));
        return true;
    });

    public async Task<ImmutableArray<string>> ListToWakeAsync(DateTimeOffset now, int limit) =>
        [.. await database.ReadAsync(ListToWake, static row => row.Id(EntityId.Webhook), Parameter.Of(now.ToUnixTimeMilliseconds()), Parameter.Of(limit))];

    /// <summary>
    /// Lets the feed begin here with what nobody has wanted until now. Its row is locked first: of two that are added at once, the
    /// second then sees the first. What is committed later has a greater position than the shards say now.
    /// </summary>
    private static async Task BeginAsync(NpgsqlConnection connection, WebhookEvents events, DateTimeOffset now)
    {
        await RunAsync(connection, LockFeed);
        var at = now.ToUnixTimeMilliseconds();
        if ((events & WebhookEventNames.OfConversions) != 0 && !await IsThereAsync(connection, AnyWantsConversions))
            await RunAsync(connection, SkipEntries, Parameter.Of(at));

        if ((events & WebhookEvents.ClicksCounted) != 0 && !await IsThereAsync(connection, AnyWantsClicks))
            await RunAsync(connection, SkipClicks, Parameter.Of(at));
    }

    private static async Task<FeedPosition> PositionAsync(NpgsqlConnection connection)
    {
        await using var command = connection.Command(ReadPosition);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new FeedPosition(
            reader.GetInt64(0),
            [.. reader.GetFieldValue<long[]>(4)],
            new LockPosition(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetInt64(2)),
            [.. reader.GetFieldValue<long[]>(5)],
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)));
    }

    private static async Task<List<EntryPlace>> ListEntriesAsync(NpgsqlConnection connection, FeedPosition position, int begin, int end)
    {
        short[] shards = [.. Enumerable.Range(begin, end - begin).Select(shard => (short)shard)];
        await using var command = connection.Command(
            ListEntries, Parameter.Of(shards), Parameter.Of(position.Entries.AsSpan(begin, end - begin).ToArray()), Parameter.Of(EntriesPerShard));
        return await command.ReadAsync(static row => new EntryPlace(
            row.Int32(), row.Int64(), row.Int64(), ConversionRows.ReadEntry(row), row.Int64(), MoneyUnits.Read(row), MoneyUnits.Read(row), MoneyUnits.Read(row)));
    }

    private static async Task<ImmutableArray<WebhookSubscription>> SubscriptionsOfAsync(NpgsqlConnection connection, IEnumerable<string> owners)
    {
        Guid[] ids = [.. owners.Distinct().Select(WebhookOwners.Parse)];
        if (ids.Length == 0)
            return [];

        await using var list = connection.Command(ListOfOwners, Parameter.Of(ids));
        return [.. await list.ReadAsync(WebhookRows.ReadSubscription)];
    }

    private static NumberedConversion ReadNumbered(IRow row) => new(row.Int64(), ConversionRows.Read(row));

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        return await command.ExecuteScalarAsync() is not null;
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    private Task<T> InSnapshotAsync<T>(Func<NpgsqlConnection, Task<T>> read) => database.ReadAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        var result = await read(connection);
        await transaction.CommitAsync();
        return result;
    });

    private Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, Task<T>> work) => database.UseAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await work(connection);
        await transaction.CommitAsync();
        return result;
    });

    private static Guid IdOf(string webhookId) => EntityId.Parse(webhookId, EntityId.Webhook);

    private readonly record struct EntryPlace(
        int Shard, long Position, long Conversion, ConversionEntry Entry, long Attributed, decimal Amount, decimal Payout, decimal FirstAmount);
}
