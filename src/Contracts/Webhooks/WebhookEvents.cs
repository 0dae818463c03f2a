using System.Collections.Immutable;

namespace OrleansLinks.Webhooks;

/// <summary>What webhooks are told of; stored as a sum of these numbers.</summary>
[Flags]
public enum WebhookEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Clicks of a task were counted.</summary>
    ClicksCounted = 1,

    /// <summary>A conversion was reported; for its partner: was attributed to it.</summary>
    ConversionCreated = 2,

    /// <summary>A conversion that had waited got its click; for the brand alone.</summary>
    ConversionAttributed = 4,

    /// <summary>A conversion that had waited belongs to no click; for the brand alone.</summary>
    ConversionUnmatched = 8,

    /// <summary>A conversion's amount was changed.</summary>
    ConversionAdjusted = 16,

    /// <summary>A conversion was taken back.</summary>
    ConversionReversed = 32,

    /// <summary>A conversion's lock has come.</summary>
    ConversionApproved = 64,
}

/// <summary>The names of events.</summary>
public static class WebhookEventNames
{
    /// <summary>What a test sends.</summary>
    public const string Ping = "ping";

    /// <summary>All events of conversions.</summary>
    public const WebhookEvents OfConversions =
        WebhookEvents.ConversionCreated | WebhookEvents.ConversionAttributed | WebhookEvents.ConversionUnmatched
        | WebhookEvents.ConversionAdjusted | WebhookEvents.ConversionReversed | WebhookEvents.ConversionApproved;

    /// <summary>Each event and its name.</summary>
    public static readonly ImmutableArray<(WebhookEvents Event, string Name)> All =
    [
        (WebhookEvents.ClicksCounted, "clicks.counted"),
        (WebhookEvents.ConversionCreated, "conversion.created"),
        (WebhookEvents.ConversionAttributed, "conversion.attributed"),
        (WebhookEvents.ConversionUnmatched, "conversion.unmatched"),
        (WebhookEvents.ConversionAdjusted, "conversion.adjusted"),
        (WebhookEvents.ConversionReversed, "conversion.reversed"),
        (WebhookEvents.ConversionApproved, "conversion.approved"),
    ];

    /// <summary>The name of one event.</summary>
    public static string Of(WebhookEvents one) => All.Single(pair => pair.Event == one).Name;

    /// <summary>The sum of events by their names, which are all known.</summary>
    public static WebhookEvents Sum(IEnumerable<string> names) =>
        names.Aggregate(WebhookEvents.None, (sum, name) => sum | All.Single(pair => pair.Name == name).Event);
}
