using System.Collections.Immutable;

namespace OrleansLinks.Webhooks;

/// <summary>Where events are sent, and which.</summary>
/// <param name="Id">The webhook's id (<c>whk_…</c>).</param>
/// <param name="ProgramId">The program whose events these are, as its brand sees them; null for a partner's.</param>
/// <param name="PartnerId">The partner whose events these are; null for a brand's.</param>
/// <param name="Url">Where they are sent.</param>
/// <param name="Events">Their names (<see cref="WebhookEventNames"/>).</param>
/// <param name="Description">What its owner says of it, at most 500 characters.</param>
/// <param name="Enabled">Whether events are sent; they are kept meanwhile.</param>
/// <param name="DisabledReason">Why the system sends no more: <c>no_success</c> or <c>gone</c>; null where it does, or where its owner has disabled it.</param>
/// <param name="DisabledAt">Since when nothing is sent; null while it is.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows by one with every change.</param>
[GenerateSerializer, Immutable, Alias("WebhookInfo")]
public sealed record WebhookInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string? ProgramId,
    [property: Id(2)] string? PartnerId,
    [property: Id(3)] string Url,
    [property: Id(4)] ImmutableArray<string> Events,
    [property: Id(5)] string? Description,
    [property: Id(6)] bool Enabled,
    [property: Id(7)] string? DisabledReason,
    [property: Id(8)] DateTimeOffset? DisabledAt,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] long Version);

/// <summary>The fields of a webhook to set.</summary>
[GenerateSerializer, Immutable, Alias("WebhookChange")]
public sealed record WebhookChange
{
    /// <summary>Where events are sent: https, at most 2,048 characters; required of a new webhook.</summary>
    [Id(0)]
    public Optional<string> Url { get; init; }

    /// <summary>Names of the events that are sent; required of a new webhook.</summary>
    [Id(1)]
    public Optional<List<string>> Events { get; init; }

    /// <summary>What its owner says of it, at most 500 characters; null for nothing.</summary>
    [Id(2)]
    public Optional<string> Description { get; init; }

    /// <summary>Whether events are sent. They are kept while they are not, and go on where they were when they are again.</summary>
    [Id(3)]
    public Optional<bool?> Enabled { get; init; }
}

/// <summary>A secret that events are signed with.</summary>
/// <param name="Secret"><c>whsec_</c> and the key in base 64.</param>
/// <param name="CreationId">Names the request that made it: a repeat of that very request makes no other.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when events are signed with it too; null for the newest.</param>
[GenerateSerializer, Immutable, Alias("WebhookSecret")]
public sealed record WebhookSecret(
    [property: Id(0)] string Secret,
    [property: Id(1)] Guid CreationId,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset? ExpiresAt);

/// <summary>What who sends needs to know of a webhook.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Secrets">What to sign with, the newest first.</param>
/// <param name="Enabled">Whether anything is to be sent.</param>
[GenerateSerializer, Immutable, Alias("WebhookTarget")]
public sealed record WebhookTarget(
    [property: Id(0)] string Url,
    [property: Id(1)] ImmutableArray<string> Secrets,
    [property: Id(2)] bool Enabled);

/// <summary>How a webhook has fared.</summary>
/// <param name="LastSuccessAt">When an event was last delivered.</param>
/// <param name="FailingSince">Since when none was, though it was tried; null where the last try was a success.</param>
/// <param name="LastStatus">HTTP status of the last answer; null where there was none.</param>
/// <param name="LastError">What was wrong with the last try; null where it was a success.</param>
/// <param name="PausedUntil">Until when nothing is sent, since it has only failed; null where it is not left alone.</param>
[GenerateSerializer, Immutable, Alias("WebhookHealth")]
public sealed record WebhookHealth(
    [property: Id(0)] DateTimeOffset? LastSuccessAt,
    [property: Id(1)] DateTimeOffset? FailingSince,
    [property: Id(2)] int? LastStatus,
    [property: Id(3)] string? LastError,
    [property: Id(4)] DateTimeOffset? PausedUntil = null);

/// <summary>Where the delivery of an event stands.</summary>
[GenerateSerializer, Alias("DeliveryState")]
public enum DeliveryState
{
    /// <summary>Still to be delivered.</summary>
    Pending,

    /// <summary>The receiver has taken it.</summary>
    Delivered,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>An event on its way to a webhook.</summary>
/// <param name="EventId">The event's id (<c>evt_…</c>).</param>
/// <param name="Event">What it is.</param>
/// <param name="Subject">Id of the conversion or task that it is about.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastAttemptAt">When it was last tried.</param>
/// <param name="LastStatus">HTTP status of the last answer; null where there was none.</param>
/// <param name="LastError">What was wrong with the last try.</param>
/// <param name="NextAttemptAt">From when on it is tried again; null where it is not, or another event of its subject goes first.</param>
[GenerateSerializer, Immutable, Alias("WebhookDelivery")]
public sealed record WebhookDelivery(
    [property: Id(0)] string EventId,
    [property: Id(1)] string Event,
    [property: Id(2)] string Subject,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DeliveryState State,
    [property: Id(5)] int Attempts,
    [property: Id(6)] DateTimeOffset? LastAttemptAt,
    [property: Id(7)] int? LastStatus,
    [property: Id(8)] string? LastError,
    [property: Id(9)] DateTimeOffset? NextAttemptAt);

/// <summary>A page of deliveries.</summary>
/// <param name="Items">The deliveries, newest first.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable, Alias("WebhookDeliveryPage")]
public sealed record WebhookDeliveryPage([property: Id(0)] ImmutableArray<WebhookDelivery> Items, [property: Id(1)] long? Next);

/// <summary>What a try to send came to.</summary>
/// <param name="Delivered">Whether the receiver has taken it.</param>
/// <param name="Status">HTTP status of the answer; null where there was none.</param>
/// <param name="Error">What was wrong; null where nothing was.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="RetryAfter">For how long the receiver wants to be left alone; null where it does not say.</param>
[GenerateSerializer, Immutable, Alias("SendOutcome")]
public sealed record SendOutcome(
    [property: Id(0)] bool Delivered,
    [property: Id(1)] int? Status,
    [property: Id(2)] string? Error,
    [property: Id(3)] TimeSpan Duration,
    [property: Id(4)] TimeSpan? RetryAfter);

/// <summary>A place among the events of a time.</summary>
/// <param name="CreatedAt">When an event happened.</param>
/// <param name="Number">Number of its delivery, for those of the same time.</param>
[GenerateSerializer, Immutable, Alias("ReplayPlace")]
public readonly record struct ReplayPlace([property: Id(0)] DateTimeOffset CreatedAt, [property: Id(1)] long Number);

/// <summary>What a range of events that is sent again came to.</summary>
/// <param name="Replayed">How many are sent again.</param>
/// <param name="Next">After which place there are more; null when these were all.</param>
[GenerateSerializer, Immutable, Alias("ReplayedEvents")]
public sealed record ReplayedEvents([property: Id(0)] int Replayed, [property: Id(1)] ReplayPlace? Next);
