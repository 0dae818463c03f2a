using System.Collections.Immutable;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Webhooks;

/// <summary>Deliveries in SQLite.</summary>
internal sealed class SqliteWebhookDeliveryStore(SqliteDatabase database) : IWebhookDeliveryStore
{
    private const string ListDue =
        $"""
        SELECT {WebhookRows.DueColumns} FROM webhook_deliveries
        WHERE webhook = ? AND state = 0 AND is_head = 1 AND next_attempt_at <= ? ORDER BY next_attempt_at, number LIMIT ?
        """;

    private const string MakeHead =
        """
        UPDATE webhook_deliveries SET is_head = 1
        WHERE number = (SELECT min(number) FROM webhook_deliveries WHERE webhook = ? AND subject = ? AND state = 0) AND is_head = 0
        """;

    private const string UnmakeHeads =
        """
        UPDATE webhook_deliveries SET is_head = 0
        WHERE webhook = ?1 AND subject = ?2 AND state = 0 AND is_head = 1
          AND number > (SELECT min(number) FROM webhook_deliveries WHERE webhook = ?1 AND subject = ?2 AND state = 0)
        """;

    private const string Complete =
        """
        UPDATE webhook_deliveries SET state = ?1, is_head = CASE WHEN ?1 = 0 THEN is_head ELSE 0 END, attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, ?2),
          last_attempt_at = ?2, last_status = ?3, last_error = ?4, next_attempt_at = ?5
        WHERE number = ?6 AND webhook = ?7 AND state = 0 RETURNING subject
        """;

    private const string Succeed =
        "UPDATE webhooks SET failures = 0, failing_since = NULL, last_success_at = ?, last_status = ?, last_error = NULL WHERE id = ?";

    private const string Fail =
        "UPDATE webhooks SET failures = failures + 1, failing_since = coalesce(failing_since, ?), last_status = ?, last_error = ? WHERE id = ?";

    private const string ReadStanding = "SELECT failures, failing_since FROM webhooks WHERE id = ?";

    private static readonly string ReadHealth = $"SELECT {WebhookRows.HealthColumns} FROM webhooks WHERE id = ?";

    private const string Sleep =
        """
        UPDATE webhooks SET wake_at = (SELECT max(min(next_attempt_at), ?1) FROM webhook_deliveries WHERE webhook = ?2 AND state = 0 AND is_head = 1)
        WHERE id = ?2 AND enabled = 1
        """;

    private const string Wake = "UPDATE webhooks SET wake_at = ? WHERE id = ? AND enabled = 1";

    private const string List =
        $"SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries WHERE webhook = ? AND state = ? AND number < ? ORDER BY number DESC LIMIT ?";

    private const string Find = $"SELECT {WebhookRows.DeliveryColumns} FROM webhook_deliveries WHERE webhook = ? AND event_id = ?";

    private const string ListOfTime =
        """
        SELECT number, created_at, subject FROM webhook_deliveries
        WHERE webhook = ? AND (created_at, number) > (?, ?) AND created_at < ? ORDER BY created_at, number LIMIT ?
        """;

    private const string Renew =
        """
        UPDATE webhook_deliveries SET attempts = CASE WHEN state = 0 THEN attempts ELSE 0 END, first_attempt_at = CASE WHEN state = 0 THEN first_attempt_at END,
          state = 0, next_attempt_at = ?1
        WHERE number = ?2
        """;

    // Numbers are in the order in which deliveries were made.
    private const string ListOld = "SELECT number, webhook, subject, queued_at FROM webhook_deliveries ORDER BY number LIMIT ?";

    private const string ListOfRemoved =
        "SELECT d.number FROM webhooks w CROSS JOIN webhook_deliveries d ON d.webhook = w.id WHERE w.removed = 1 LIMIT ?";

    private const string Delete = "DELETE FROM webhook_deliveries WHERE number = ?";

    private const string DeleteRemoved =
        "DELETE FROM webhooks WHERE removed = 1 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook = webhooks.id)";

    /// <summary>Has the first pending delivery of a subject be its head.</summary>
    public static void SetHead(SqliteSession session, Guid webhook, Guid subject) => session.Prepare(MakeHead).Bind(webhook).Bind(subject).Run();

    public Task<ImmutableArray<DueDelivery>> ListDueAsync(string webhookId, DateTimeOffset now, int limit) => database.ReadAsync(session =>
        session.Prepare(ListDue).Bind(IdOf(webhookId)).Bind(now).Bind(limit).All(WebhookRows.ReadDue));

    public Task<WebhookStanding> CompleteAsync(TriedDelivery tried) => database.WriteAsync(session =>
    {
        var id = IdOf(tried.WebhookId);
        var subject = session.Prepare(Complete)
            .Bind((int)tried.State).Bind(tried.At).BindOrNull(tried.Status).Bind(tried.Error).Bind(tried.NextAttemptAt).Bind(tried.Number).Bind(id)
            .First<Guid?>(static row => row.Guid(), null);
        if (subject is { } known && tried.State != DeliveryState.Pending)
            SetHead(session, id, known);

        if (tried.State == DeliveryState.Delivered)
            session.Prepare(Succeed).Bind(tried.At).BindOrNull(tried.Status).Bind(id).Run();
        else
            session.Prepare(Fail).Bind(tried.At).BindOrNull(tried.Status).Bind(tried.Error).Bind(id).Run();

        return Standing(session, id);
    });

    public Task SleepAsync(string webhookId, DateTimeOffset notBefore) =>
        database.WriteAsync(session => session.Prepare(Sleep).Bind(notBefore).Bind(IdOf(webhookId)).Run());

    public Task<WebhookHealth> ReadHealthAsync(string webhookId) => database.ReadAsync(session =>
        session.Prepare(ReadHealth).Bind(IdOf(webhookId)).First(WebhookRows.ReadHealth, new WebhookHealth(null, null, null, null)));

    public Task<WebhookStanding> ReadStandingAsync(string webhookId) => database.ReadAsync(session => Standing(session, IdOf(webhookId)));

    public Task<WebhookDeliveryPage> ListAsync(string webhookId, DeliveryState? state, long? before, int limit) => database.ReadAsync(reader =>
        reader.Snapshot(session => WebhookRows.Page(
            (state is { } one ? [one] : Enum.GetValues<DeliveryState>()).SelectMany(each => session.Prepare(List)
                .Bind(IdOf(webhookId)).Bind((int)each).Bind(before ?? long.MaxValue).Bind(limit + 1L).All(WebhookRows.ReadDelivery)),
            limit)));

    public Task<WebhookDelivery?> ReplayAsync(string webhookId, Guid eventId, DateTimeOffset now) => database.WriteAsync(session =>
    {
        var id = IdOf(webhookId);
        var found = FindDelivery();
        if (found.Delivery is not { } delivery)
            return null;

        Replay(session, id, [(found.Number, SubjectOf(delivery))], now);
        return FindDelivery().Delivery;

        (long Number, WebhookDelivery? Delivery) FindDelivery() =>
            session.Prepare(Find).Bind(id).Bind(eventId).First<(long, WebhookDelivery?)>(static row => WebhookRows.ReadDelivery(row), (0, null));
    });

    public Task<ReplayedEvents> ReplayAsync(string webhookId, ReplayPlace after, DateTimeOffset to, DateTimeOffset now) => database.WriteAsync(
        session =>
        {
            var id = IdOf(webhookId);
            var piece = session.Prepare(ListOfTime).Bind(id).Bind(after.CreatedAt).Bind(after.Number).Bind(to).Bind(WebhookRows.Piece)
                .All(static row => (Number: row.Int64(), CreatedAt: row.Time(), Subject: row.Guid()));
            Replay(session, id, [.. piece.Select(one => (one.Number, one.Subject))], now);
            return new ReplayedEvents(piece.Length, piece.Length < WebhookRows.Piece ? null : new ReplayPlace(piece[^1].CreatedAt, piece[^1].Number));
        },
        WebhookRows.Piece);

    public Task<bool> ForgetAsync(DateTimeOffset horizon) => database.WriteAsync(
        session =>
        {
            var old = session.Prepare(ListOld).Bind(WebhookRows.Piece)
                .All(static row => (Number: row.Int64(), Webhook: row.Guid(), Subject: row.Guid(), QueuedAt: row.Time()))
                .TakeWhile(one => one.QueuedAt < horizon).ToArray();
            var orphans = session.Prepare(ListOfRemoved).Bind(WebhookRows.Piece).All(static row => row.Int64());
            foreach (var number in old.Select(one => one.Number).Concat(orphans))
                session.Prepare(Delete).Bind(number).Run();

            foreach (var (webhook, subject) in old.Select(one => (one.Webhook, one.Subject)).Distinct())
                SetHead(session, webhook, subject);

            session.Prepare(DeleteRemoved).Run();
            return old.Length == WebhookRows.Piece || orphans.Length == WebhookRows.Piece;
        },
        WebhookRows.Piece);

    private static void Replay(SqliteSession session, Guid webhook, (long Number, Guid Subject)[] deliveries, DateTimeOffset now)
    {
        foreach (var (number, _) in deliveries)
            session.Prepare(Renew).Bind(now).Bind(number).Run();

        foreach (var subject in deliveries.Select(one => one.Subject).Distinct())
        {
            SetHead(session, webhook, subject);
            session.Prepare(UnmakeHeads).Bind(webhook).Bind(subject).Run();
        }

        session.Prepare(Wake).Bind(now).Bind(webhook).Run();
    }

    private static WebhookStanding Standing(SqliteSession session, Guid id) => session.Prepare(ReadStanding).Bind(id)
        .First(static row => new WebhookStanding(row.Int32(), WebhookRows.TimeOrNull(row)), new WebhookStanding(0, null));

    private static Guid SubjectOf(WebhookDelivery delivery) => EntityId.TryParse(delivery.Subject, EntityId.Task, out var task)
        ? task
        : EntityId.Parse(delivery.Subject, EntityId.Conversion);

    private static Guid IdOf(string webhookId) => EntityId.Parse(webhookId, EntityId.Webhook);
}
