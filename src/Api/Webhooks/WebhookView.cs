namespace OrleansLinks.Webhooks;

/// <summary>A webhook to be made.</summary>
/// <param name="Url">Where events are sent: https, at most 2,048 characters; required.</param>
/// <param name="Events">Names of the events that are sent; required.</param>
/// <param name="Description">What you say of it, at most 500 characters.</param>
/// <param name="ProgramId">The program whose events are sent, as its brand sees them; a brand may leave its own out.</param>
/// <param name="PartnerId">The partner whose events are sent; a partner may leave itself out.</param>
internal sealed record WebhookRequest(
    string? Url = null, List<string>? Events = null, string? Description = null, string? ProgramId = null, string? PartnerId = null);

/// <summary>How a webhook's secret is rotated.</summary>
/// <param name="OverlapSeconds">For how long events are signed with the secrets before it too, 0 to 2,592,000 (30 days); a day unless set.</param>
internal sealed record WebhookRotation(int? OverlapSeconds = null);

/// <summary>Which events are sent again.</summary>
/// <param name="From">Those that happened from then on; required.</param>
/// <param name="To">And before that time; now unless set.</param>
/// <param name="Cursor">nextCursor of the call before; left out for the first.</param>
internal sealed record ReplayRequest(DateTimeOffset? From = null, DateTimeOffset? To = null, string? Cursor = null);

/// <summary>A webhook.</summary>
/// <param name="Id">The webhook's id (<c>whk_…</c>).</param>
/// <param name="Secret">What events are signed with; shown when it is made and never again.</param>
/// <param name="ProgramId">The program whose events are sent, as its brand sees them.</param>
/// <param name="PartnerId">The partner whose events are sent.</param>
/// <param name="Url">Where they are sent.</param>
/// <param name="Events">Their names.</param>
/// <param name="Description">What its owner says of it.</param>
/// <param name="Enabled">Whether events are sent; they are kept meanwhile, for 30 days.</param>
/// <param name="DisabledReason">Why the system sends no more: no_success, when there was none for 3 days of trying, or gone, when the receiver answered 410.</param>
/// <param name="DisabledAt">Since when nothing is sent.</param>
/// <param name="LastSuccessAt">When an event was last delivered.</param>
/// <param name="FailingSince">Since when none was, though it was tried.</param>
/// <param name="LastStatus">HTTP status of the last answer.</param>
/// <param name="LastError">What was wrong with the last try.</param>
/// <param name="PausedUntil">Until when nothing is sent, since it has only failed for a while; a test that succeeds and every change end that.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows by one with every change.</param>
internal sealed record WebhookView(
    string Id,
    string? Secret,
    string? ProgramId,
    string? PartnerId,
    string Url,
    IReadOnlyList<string> Events,
    string? Description,
    bool Enabled,
    string? DisabledReason,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? LastSuccessAt,
    DateTimeOffset? FailingSince,
    int? LastStatus,
    string? LastError,
    DateTimeOffset? PausedUntil,
    DateTimeOffset CreatedAt,
    long Version)
{
    public static WebhookView Of(WebhookInfo webhook, WebhookHealth? health, string? secret = null) => new(
        webhook.Id, secret, webhook.ProgramId, webhook.PartnerId, webhook.Url, webhook.Events, webhook.Description, webhook.Enabled, webhook.DisabledReason,
        webhook.DisabledAt, health?.LastSuccessAt, health?.FailingSince, health?.LastStatus, health?.LastError, health?.PausedUntil, webhook.CreatedAt, webhook.Version);
}

/// <summary>A new secret of a webhook.</summary>
/// <param name="Id">The webhook's id.</param>
/// <param name="Secret">The secret; shown this once.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record WebhookSecretView(string Id, string Secret, DateTimeOffset CreatedAt);

/// <summary>What a test came to.</summary>
/// <param name="Delivered">Whether the receiver answered with a status from 200 to 299.</param>
/// <param name="Status">HTTP status of the answer; not there where there was none.</param>
/// <param name="Error">What was wrong.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
internal sealed record WebhookTestView(bool Delivered, int? Status, string? Error, long DurationMs);

/// <summary>An event on its way to a webhook.</summary>
/// <param name="Id">The event's id (<c>evt_…</c>), as in the header webhook-id.</param>
/// <param name="Type">The event's name.</param>
/// <param name="Subject">Id of the conversion or task that it is about; its events are delivered one after the other.</param>
/// <param name="State">pending, delivered or failed.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastAttemptAt">When it was last tried.</param>
/// <param name="LastStatus">HTTP status of the last answer.</param>
/// <param name="LastError">What was wrong with the last try.</param>
/// <param name="NextAttemptAt">From when on it is tried again; not there where another event of its subject goes first.</param>
internal sealed record DeliveryView(
    string Id,
    string Type,
    string Subject,
    DeliveryState State,
    DateTimeOffset CreatedAt,
    int Attempts,
    DateTimeOffset? LastAttemptAt,
    int? LastStatus,
    string? LastError,
    DateTimeOffset? NextAttemptAt)
{
    public static DeliveryView Of(WebhookDelivery delivery) => new(
        delivery.EventId, delivery.Event, delivery.Subject, delivery.State, delivery.CreatedAt, delivery.Attempts,
        delivery.LastAttemptAt, delivery.LastStatus, delivery.LastError, delivery.NextAttemptAt);
}

/// <summary>What is sent again.</summary>
/// <param name="Replayed">How many events.</param>
/// <param name="NextCursor">What cursor of the next call is; null when these were all.</param>
internal sealed record ReplayView(
    int Replayed, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? NextCursor);
