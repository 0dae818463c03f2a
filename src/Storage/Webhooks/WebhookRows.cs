using OrleansLinks.Storage;

namespace OrleansLinks.Webhooks;

/// <summary>Webhooks and deliveries as rows, whichever database they are in.</summary>
internal static class WebhookRows
{
    /// <summary>How many deliveries a piece of work on many of them concerns.</summary>
    public const int Piece = 1000;

    /// <summary>How many deliveries that wait are due at once when a webhook is enabled again; the others follow as they were to.</summary>
    public const int DueWhenEnabled = 1000;

    public const string SubscriptionColumns = "id, is_partners, owner, events, enabled";

    public const string DeliveryColumns =
        "number, event_id, event, subject, created_at, state, attempts, last_attempt_at, last_status, last_error, is_head, next_attempt_at";

    public const string DueColumns = "number, event_id, attempts, first_attempt_at, body";

    public static readonly string HealthColumns =
        $"last_success_at, failing_since, last_status, last_error, CASE WHEN failures >= {IWebhookDeliveryStore.FailuresToSlowDown} THEN wake_at END";

    public static WebhookSubscription ReadSubscription(IRow row) => new(
        row.Id(EntityId.Webhook), row.Id(row.Boolean() ? EntityId.Partner : EntityId.Program), (WebhookEvents)row.Int32(), row.Boolean());

    public static DueDelivery ReadDue(IRow row) => new(row.Int64(), row.Guid(), row.Int32(), TimeOrNull(row), row.Text());

    public static WebhookHealth ReadHealth(IRow row) => new(TimeOrNull(row), TimeOrNull(row), row.Int32OrNull(), row.TextOrNull(), TimeOrNull(row));

    public static (long Number, WebhookDelivery Delivery) ReadDelivery(IRow row)
    {
        var (number, eventId, kind, subject) = (row.Int64(), row.Guid(), (WebhookEvents)row.Int32(), row.Guid());
        var delivery = new WebhookDelivery(
            EntityId.From(EntityId.WebhookEvent, eventId),
            WebhookEventNames.Of(kind),
            EntityId.From(kind == WebhookEvents.ClicksCounted ? EntityId.Task : EntityId.Conversion, subject),
            row.Time(),
            (DeliveryState)row.Int32(),
            row.Int32(),
            TimeOrNull(row),
            row.Int32OrNull(),
            row.TextOrNull(),
            null);
        var (isHead, next) = (row.Boolean(), row.Time());
        return (number, isHead && delivery.State == DeliveryState.Pending ? delivery with { NextAttemptAt = next } : delivery);
    }

    /// <summary>A page of rows of which one more was asked for than fits.</summary>
    public static WebhookDeliveryPage Page(IEnumerable<(long Number, WebhookDelivery Delivery)> rows, int limit)
    {
        var page = rows.OrderByDescending(row => row.Number).Take(limit + 1).ToArray();
        return new WebhookDeliveryPage([.. page.Take(limit).Select(row => row.Delivery)], page.Length > limit ? page[limit - 1].Number : null);
    }

    public static DateTimeOffset? TimeOrNull(IRow row) => row.Int64OrNull() is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}

/// <summary>Whose webhooks may want to know of something.</summary>
internal static class WebhookOwners
{
    /// <summary>The program and, where there is one, the partner of a conversion.</summary>
    public static IEnumerable<string> Of(Conversions.Conversion conversion) =>
        conversion.Attribution is { } attribution ? [conversion.ProgramId, attribution.PartnerId] : [conversion.ProgramId];

    /// <summary>The 128 bits of a program's or a partner's id.</summary>
    public static Guid Parse(string ownerId) => EntityId.Parse(ownerId, ownerId.StartsWith(EntityId.Partner, StringComparison.Ordinal) ? EntityId.Partner : EntityId.Program);
}
