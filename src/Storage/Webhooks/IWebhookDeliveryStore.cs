using System.Collections.Immutable;

namespace OrleansLinks.Webhooks;

/// <summary>A delivery that is due.</summary>
/// <param name="Number">Its number.</param>
/// <param name="EventId">The event.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="FirstAttemptAt">When it was first tried; null when it was not.</param>
/// <param name="Body">What is sent.</param>
public sealed record DueDelivery(long Number, Guid EventId, int Attempts, DateTimeOffset? FirstAttemptAt, string Body);

/// <summary>What becomes of a delivery that was tried.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Number">The delivery's number.</param>
/// <param name="At">When it was tried.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Status">HTTP status of the answer; null where there was none.</param>
/// <param name="Error">What was wrong; null where nothing was.</param>
/// <param name="NextAttemptAt">From when on it is tried again, where it is pending.</param>
public sealed record TriedDelivery(string WebhookId, long Number, DateTimeOffset At, DeliveryState State, int? Status, string? Error, DateTimeOffset NextAttemptAt);

/// <summary>How a webhook stands after a try.</summary>
/// <param name="Failures">Failures since the last success.</param>
/// <param name="FailingSince">The first of them; null where there are none.</param>
public sealed record WebhookStanding(int Failures, DateTimeOffset? FailingSince);

/// <summary>Deliveries of events to webhooks. What they cost grows neither with what was delivered nor with what waits.</summary>
public interface IWebhookDeliveryStore
{
    /// <summary>So many failures in a row make a webhook one that is tried with one event at a time, and left alone in between.</summary>
    const int FailuresToSlowDown = 10;

    /// <summary>The deliveries that are due, of each subject the first pending one alone; those that have waited longest first.</summary>
    Task<ImmutableArray<DueDelivery>> ListDueAsync(string webhookId, DateTimeOffset now, int limit);

    /// <summary>Keeps what a try came to; one that is no longer pending makes way for the next of its subject.</summary>
    Task<WebhookStanding> CompleteAsync(TriedDelivery tried);

    /// <summary>Lets a webhook be until the next of its deliveries is due.</summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="notBefore">Nor before this.</param>
    Task SleepAsync(string webhookId, DateTimeOffset notBefore);

    /// <summary>How a webhook has fared.</summary>
    Task<WebhookHealth> ReadHealthAsync(string webhookId);

    /// <summary>How a webhook stands.</summary>
    Task<WebhookStanding> ReadStandingAsync(string webhookId);

    /// <summary>A page of deliveries, newest first.</summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="state">Those that stand so; null for all.</param>
    /// <param name="before">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    Task<WebhookDeliveryPage> ListAsync(string webhookId, DeliveryState? state, long? before, int limit);

    /// <summary>Makes a delivery due again; null when it is not kept.</summary>
    Task<WebhookDelivery?> ReplayAsync(string webhookId, Guid eventId, DateTimeOffset now);

    /// <summary>Makes those due again that are not pending, of events after a place and before a time, as many as one piece has.</summary>
    Task<ReplayedEvents> ReplayAsync(string webhookId, ReplayPlace after, DateTimeOffset to, DateTimeOffset now);

    /// <summary>Forgets some deliveries that were made before the horizon, and some of webhooks that are removed.</summary>
    /// <returns>Whether there may be more.</returns>
    Task<bool> ForgetAsync(DateTimeOffset horizon);
}
