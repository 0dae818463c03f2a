using System.Collections.Immutable;
using Npgsql;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Webhooks;

/// <summary>Deliveries in PostgreSQL.</summary>
/// <remarks>
/// Who adds, completes or replays deliveries locks their webhook's row first, and looks at its deliveries in statements after that: so
/// each sees what those before it have left, and a subject always has its head.
/// </remarks>
internal sealed class PostgresWebhookDeliveryStore(PostgresDatabase database) : IWebhookDeliveryStore
{
    internal const string ListDue =
        $"""
        SELECT {WebhookRows.DueColumns} FROM webhook_deliveries
        WHERE webhook = $1 AND state = 0 AND is_head AND next_attempt_at <= $2 ORDER BY next_attempt_at, number LIMIT $3
        """;

    internal const string List =
        $"SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries WHERE webhook = $1 AND state = $2 AND number < $3 ORDER BY number DESC LIMIT $4";

    internal const string ListOfTime =
        """
        SELECT number, created_at, subject FROM webhook_deliveries
        WHERE webhook = $1 AND (created_at, number) > ($2, $3) AND created_at < $4 ORDER BY created_at, number LIMIT $5
        """;

    internal const string MakeHeads =
        """
        UPDATE webhook_deliveries d SET is_head = true
        FROM (SELECT DISTINCT webhook, subject FROM unnest($1, $2) AS u (webhook, subject)) s
        WHERE d.number = (SELECT min(p.number) FROM webhook_deliveries p WHERE p.webhook = s.webhook AND p.subject = s.subject AND p.state = 0) AND NOT d.is_head
        """;

    internal const string UnmakeHeads =
        """
        UPDATE webhook_deliveries d SET is_head = false
        FROM (SELECT DISTINCT webhook, subject FROM unnest($1, $2) AS u (webhook, subject)) s
        WHERE d.webhook = s.webhook AND d.subject = s.subject AND d.state = 0 AND d.is_head
          AND d.number > (SELECT min(p.number) FROM webhook_deliveries p WHERE p.webhook = s.webhook AND p.subject = s.subject AND p.state = 0)
        """;

    private const string LockWebhook = "SELECT 1 FROM webhooks WHERE id = $1 FOR UPDATE";

    private const string LockWebhooks = "SELECT id FROM webhooks WHERE id = ANY($1) ORDER BY id FOR UPDATE";

    internal const string Complete =
        """
        UPDATE webhook_deliveries SET state = $3, is_head = is_head AND $3 = 0, attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, $4),
          last_attempt_at = $4, last_status = $5, last_error = $6, next_attempt_at = $7
        WHERE number = $2 AND webhook = $1 AND state = 0 RETURNING subject
        """;

    private const string Succeed =
        """
        UPDATE webhooks SET failures = 0, failing_since = NULL, last_success_at = $2, last_status = $3, last_error = $4
        WHERE id = $1 RETURNING failures, failing_since
        """;

    private const string Fail =
        """
        UPDATE webhooks SET failures = failures + 1, failing_since = coalesce(failing_since, $2), last_status = $3, last_error = $4
        WHERE id = $1 RETURNING failures, failing_since
        """;

    private const string ReadStanding = "SELECT failures, failing_since FROM webhooks WHERE id = $1";

    private static readonly string ReadHealth = $"SELECT {WebhookRows.HealthColumns} FROM webhooks WHERE id = $1";

    internal const string Sleep =
        """
        UPDATE webhooks SET wake_at = (SELECT CASE WHEN min(next_attempt_at) IS NULL THEN NULL ELSE greatest(min(next_attempt_at), $2) END
          FROM webhook_deliveries WHERE webhook = $1 AND state = 0 AND is_head)
        WHERE id = $1 AND enabled
        """;

    private const string Wake = "UPDATE webhooks SET wake_at = $2 WHERE id = $1 AND enabled";

    private const string Find = $"SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries WHERE webhook = $1 AND event_id = $2";

    private const string FindPlace = "SELECT number, created_at, subject FROM webhook_deliveries WHERE webhook = $1 AND event_id = $2";

    private const string Renew =
        """
        UPDATE webhook_deliveries SET attempts = CASE WHEN state = 0 THEN attempts ELSE 0 END, first_attempt_at = CASE WHEN state = 0 THEN first_attempt_at END,
          state = 0, next_attempt_at = $2
        WHERE number = ANY($1)
        """;

    // Numbers are in the order in which deliveries were made.
    internal const string ListOld = "SELECT number, webhook, subject, queued_at FROM webhook_deliveries ORDER BY number LIMIT $1";

    private const string ListOfRemoved = "SELECT d.number FROM webhooks w JOIN webhook_deliveries d ON d.webhook = w.id WHERE w.removed LIMIT $1";

    private const string Delete = "DELETE FROM webhook_deliveries WHERE number = ANY($1)";

    private const string DeleteRemoved =
        "DELETE FROM webhooks w WHERE w.removed AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook = w.id)";

    /// <summary>Has the first pending delivery of each subject be its head.</summary>
    public static Task SetHeadsAsync(NpgsqlConnection connection, Guid[] webhooks, Guid[] subjects) =>
        RunAsync(connection, MakeHeads, Parameter.Of(webhooks), Parameter.Of(subjects));

    public async Task<ImmutableArray<DueDelivery>> ListDueAsync(string webhookId, DateTimeOffset now, int limit) =>
        [.. await database.ReadAsync(ListDue, WebhookRows.ReadDue, IdOf(webhookId), TimeOf(now), Parameter.Of(limit))];

    public Task<WebhookStanding> CompleteAsync(TriedDelivery tried) => LockedAsync(tried.WebhookId, async (connection, id) =>
    {
        await using var complete = connection.Command(
            Complete,
            Parameter.Of(id), Parameter.Of(tried.Number), Parameter.Of((int)tried.State), TimeOf(tried.At),
            Parameter.Of(tried.Status), Parameter.Of(tried.Error), TimeOf(tried.NextAttemptAt));
        var subjects = await complete.ReadAsync(static row => row.Guid());
        if (subjects is [var subject] && tried.State != DeliveryState.Pending)
            await SetHeadsAsync(connection, [id], [subject]);

        await using var count = connection.Command(
            tried.State == DeliveryState.Delivered ? Succeed : Fail, Parameter.Of(id), TimeOf(tried.At), Parameter.Of(tried.Status), Parameter.Of(tried.Error));
        return (await count.ReadAsync(ReadOneStanding)).SingleOrDefault() ?? new WebhookStanding(0, null);
    });

    public Task SleepAsync(string webhookId, DateTimeOffset notBefore) => LockedAsync(
        webhookId, (connection, id) => RunAsync(connection, Sleep, Parameter.Of(id), TimeOf(notBefore)));

    public async Task<WebhookHealth> ReadHealthAsync(string webhookId) =>
        (await database.ReadAsync(ReadHealth, WebhookRows.ReadHealth, IdOf(webhookId))).SingleOrDefault() ?? new WebhookHealth(null, null, null, null);

    public async Task<WebhookStanding> ReadStandingAsync(string webhookId) =>
        (await database.ReadAsync(ReadStanding, ReadOneStanding, IdOf(webhookId))).SingleOrDefault() ?? new WebhookStanding(0, null);

    public Task<WebhookDeliveryPage> ListAsync(string webhookId, DeliveryState? state, long? before, int limit) => database.ReadAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var rows = new List<(long, WebhookDelivery)>();
        foreach (var each in state is { } one ? [one] : Enum.GetValues<DeliveryState>())
        {
            await using var list = connection.Command(
                List, IdOf(webhookId), Parameter.Of((int)each), Parameter.Of(before ?? long.MaxValue), Parameter.Of(limit + 1L));
            rows.AddRange(await list.ReadAsync(WebhookRows.ReadDelivery));
        }

        return WebhookRows.Page(rows, limit);
    });

    public Task<WebhookDelivery?> ReplayAsync(string webhookId, Guid eventId, DateTimeOffset now) => LockedAsync<WebhookDelivery?>(webhookId, async (connection, id) =>
    {
        await using var place = connection.Command(FindPlace, Parameter.Of(id), Parameter.Of(eventId));
        var places = await place.ReadAsync(ReadPlace);
        if (places.Count == 0)
            return null;

        await ReplayAsync(connection, id, places, now);
        await using var find = connection.Command(Find, Parameter.Of(id), Parameter.Of(eventId));
        return (await find.ReadAsync(WebhookRows.ReadDelivery)).Single().Delivery;
    });

    public Task<ReplayedEvents> ReplayAsync(string webhookId, ReplayPlace after, DateTimeOffset to, DateTimeOffset now) => LockedAsync(webhookId, async (connection, id) =>
    {
        await using var list = connection.Command(
            ListOfTime, Parameter.Of(id), TimeOf(after.CreatedAt), Parameter.Of(after.Number), TimeOf(to), Parameter.Of(WebhookRows.Piece));
        var piece = await list.ReadAsync(ReadPlace);
        await ReplayAsync(connection, id, piece, now);
        return new ReplayedEvents(piece.Count, piece.Count < WebhookRows.Piece ? null : new ReplayPlace(piece[^1].CreatedAt, piece[^1].Number));
    });

    public Task<bool> ForgetAsync(DateTimeOffset horizon) => database.UseAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var listOld = connection.Command(ListOld, Parameter.Of(WebhookRows.Piece));
        var old = (await listOld.ReadAsync(static row => (Number: row.Int64(), Webhook: row.Guid(), Subject: row.Guid(), QueuedAt: row.Time())))
            .TakeWhile(one => one.QueuedAt < horizon).ToArray();
        await using var listRemoved = connection.Command(ListOfRemoved, Parameter.Of(WebhookRows.Piece));
        var orphans = await listRemoved.ReadAsync(static row => row.Int64());
        Guid[] webhooks = [.. old.Select(one => one.Webhook)];
        await RunAsync(connection, LockWebhooks, Parameter.Of(webhooks.Distinct().ToArray()));
        await RunAsync(connection, Delete, Parameter.Of(old.Select(one => one.Number).Concat(orphans).ToArray()));
        await SetHeadsAsync(connection, webhooks, [.. old.Select(one => one.Subject)]);
        await RunAsync(connection, DeleteRemoved);
        await transaction.CommitAsync();
        return old.Length == WebhookRows.Piece || orphans.Count == WebhookRows.Piece;
    });

    private static async Task ReplayAsync(NpgsqlConnection connection, Guid webhook, List<(long Number, DateTimeOffset CreatedAt, Guid Subject)> deliveries, DateTimeOffset now)
    {
        Guid[] subjects = [.. deliveries.Select(one => one.Subject)];
        Guid[] webhooks = [.. subjects.Select(_ => webhook)];
        await RunAsync(connection, Renew, Parameter.Of(deliveries.Select(one => one.Number).ToArray()), TimeOf(now));
        await SetHeadsAsync(connection, webhooks, subjects);
        await RunAsync(connection, UnmakeHeads, Parameter.Of(webhooks), Parameter.Of(subjects));
        await RunAsync(connection, Wake, Parameter.Of(webhook), TimeOf(now));
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = connection.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    private Task<T> LockedAsync<T>(string webhookId, Func<NpgsqlConnection, Guid, Task<T>> work) => database.UseAsync(async connection =>
    {
        var id = EntityId.Parse(webhookId, EntityId.Webhook);
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, LockWebhook, Parameter.Of(id));
        var result = await work(connection, id);
        await transaction.CommitAsync();
        return result;
    });

    private static (long Number, DateTimeOffset CreatedAt, Guid Subject) ReadPlace(IRow row) => (row.Int64(), row.Time(), row.Guid());

    private static WebhookStanding ReadOneStanding(IRow row) => new(row.Int32(), WebhookRows.TimeOrNull(row));

    private static NpgsqlParameter IdOf(string webhookId) => Parameter.Of(webhookId, EntityId.Webhook);

    private static NpgsqlParameter TimeOf(DateTimeOffset time) => Parameter.Of(time.ToUnixTimeMilliseconds());
}
