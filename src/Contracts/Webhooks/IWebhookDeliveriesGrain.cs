using Orleans.Concurrency;

namespace OrleansLinks.Webhooks;

/// <summary>Sends a webhook's events; its key is the webhook's id (<c>whk_…</c>).</summary>
[Alias("IWebhookDeliveriesGrain")]
public interface IWebhookDeliveriesGrain : IGrainWithStringKey
{
    /// <summary>Has it send what is due; it goes on after the call has returned.</summary>
    [Alias("Wake"), AlwaysInterleave, OneWay]
    Task Wake();

    /// <summary>Sends an event of no meaning now, whether or not the webhook is enabled, and says what it came to; null when there is no webhook.</summary>
    [Alias("Test"), AlwaysInterleave, ResponseTimeout("00:00:20")]
    Task<SendOutcome?> Test();

    /// <summary>How it has fared.</summary>
    [Alias("GetHealth"), AlwaysInterleave]
    Task<WebhookHealth> GetHealth();

    /// <summary>A page of its deliveries, newest first.</summary>
    /// <param name="state">Those that stand so; null for all.</param>
    /// <param name="before">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("List"), AlwaysInterleave]
    Task<WebhookDeliveryPage> List(DeliveryState? state, long? before, int limit);

    /// <summary>Sends an event again; null when it is not kept.</summary>
    [Alias("Replay"), AlwaysInterleave]
    Task<WebhookDelivery?> Replay(string eventId);

    /// <summary>Sends the events of a time again that were delivered or given up, as many as one call takes.</summary>
    /// <param name="after">Where to go on; a place before all events of the time for its beginning.</param>
    /// <param name="to">The end of the time, itself not included.</param>
    [Alias("ReplayRange"), AlwaysInterleave]
    Task<ReplayedEvents> ReplayRange(ReplayPlace after, DateTimeOffset to);
}
