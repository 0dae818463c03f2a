namespace OrleansLinks.Webhooks;

/// <summary>Makes events of what the ledger has; there is one, its key is <see cref="Key"/>.</summary>
[Alias("IWebhookFeedGrain")]
public interface IWebhookFeedGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "webhook-feed";

    /// <summary>
    /// Makes events of the conversions' entries that are new, of the conversions that have become approved, and once a minute of
    /// the clicks that are new, and wakes whoever has something to send. Calls that come close together do it once.
    /// </summary>
    [Alias("Turn")]
    Task Turn();

    /// <summary>Makes events of the clicks that are new, without waiting for the minute to be over.</summary>
    [Alias("CountClicks")]
    Task CountClicks();

    /// <summary>Forgets events that are from before the time for which they are kept.</summary>
    [Alias("Forget")]
    Task Forget();
}
