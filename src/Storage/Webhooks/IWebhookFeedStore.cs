using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;

namespace OrleansLinks.Webhooks;

/// <summary>Who wants which events.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="OwnerId">Id of the program or partner whose events these are.</param>
/// <param name="Events">Which events.</param>
/// <param name="Enabled">Whether they are sent; otherwise they are kept.</param>
public sealed record WebhookSubscription(string Id, string OwnerId, WebhookEvents Events, bool Enabled)
{
    /// <summary>Whether it is a partner's, and not a brand's.</summary>
    public bool IsPartners => OwnerId.StartsWith(EntityId.Partner, StringComparison.Ordinal);
}

/// <summary>Up to where events have been made.</summary>
/// <param name="Turn">Grows with each step.</param>
/// <param name="Entries">Of conversions' entries, by shard.</param>
/// <param name="Approved">Of conversions whose lock has come.</param>
/// <param name="Clicks">Of clicks, by shard.</param>
/// <param name="ClicksAt">When clicks were last looked at.</param>
public sealed record FeedPosition(long Turn, ImmutableArray<long> Entries, LockPosition Approved, ImmutableArray<long> Clicks, DateTimeOffset ClicksAt);

/// <summary>A place in the order of locks.</summary>
/// <param name="LocksAt">The lock.</param>
/// <param name="Number">The conversion's number, for those of the same time.</param>
public readonly record struct LockPosition(DateTimeOffset LocksAt, long Number)
{
    /// <summary>Whether a conversion's lock comes no later in that order.</summary>
    public bool Includes(DateTimeOffset locksAt, long number) => (locksAt, number).CompareTo((LocksAt, Number)) <= 0;
}

/// <summary>A conversion as it is now.</summary>
/// <param name="Number">Its number in the order in which conversions were reported.</param>
/// <param name="Conversion">The conversion.</param>
public sealed record NumberedConversion(long Number, Conversion Conversion);

/// <summary>An entry, and what those up to it add up to.</summary>
/// <param name="Now">The conversion as it is now, with which it may have gone on.</param>
/// <param name="Entry">The entry.</param>
/// <param name="IsAttributed">Whether the conversion was attributed after it.</param>
/// <param name="Amount">The amount that was attributed after it, whether or not it was taken back.</param>
/// <param name="Payout">The payout after it.</param>
/// <param name="FirstAmount">The amount with which it was attributed, before or after it; 0 where it is not.</param>
public sealed record FeedEntry(NumberedConversion Now, ConversionEntry Entry, bool IsAttributed, decimal Amount, decimal Payout, decimal FirstAmount);

/// <summary>What happened to conversions after a position, in an order in which nothing comes before what it rests on.</summary>
/// <param name="From">The position.</param>
/// <param name="Entries">Entries, as many as a page has.</param>
/// <param name="Approved">Conversions whose lock has come; looked for only when there are no more entries.</param>
/// <param name="Next">The position after these.</param>
/// <param name="HasMore">Whether there is more after it already.</param>
/// <param name="Subscriptions">Those of all programs and partners that these are of.</param>
public sealed record FeedPage(
    FeedPosition From,
    ImmutableArray<FeedEntry> Entries,
    ImmutableArray<NumberedConversion> Approved,
    FeedPosition Next,
    bool HasMore,
    ImmutableArray<WebhookSubscription> Subscriptions);

/// <summary>The clicks of a task after a position.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="PartnerId">Its partner.</param>
/// <param name="ProgramId">Its program.</param>
/// <param name="After">The position in the task's shard.</param>
/// <param name="Clicks">How many clicks.</param>
/// <param name="Unique">Those that were their visitor's first on that link for 30 minutes.</param>
/// <param name="Bot">Those by crawlers.</param>
/// <param name="OutsideTerms">Those that are not paid.</param>
/// <param name="Totals">The task's totals.</param>
public sealed record TaskClicks(
    string TaskId, string CampaignId, string PartnerId, string ProgramId, long After, long Clicks, long Unique, long Bot, long OutsideTerms, CounterTotals Totals);

/// <summary>Clicks after a position.</summary>
/// <param name="From">The position.</param>
/// <param name="Tasks">The clicks, by task.</param>
/// <param name="Next">The position after these.</param>
/// <param name="HasMore">Whether there is more after it already.</param>
/// <param name="Subscriptions">Those of all programs and partners that these are of.</param>
public sealed record ClickPage(
    FeedPosition From, ImmutableArray<TaskClicks> Tasks, FeedPosition Next, bool HasMore, ImmutableArray<WebhookSubscription> Subscriptions);

/// <summary>An event that a webhook is to be told of.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="EventId">Names the event: the same one whenever it is made again.</param>
/// <param name="Event">What it is.</param>
/// <param name="Subject">The conversion or task that it is about: its events are delivered one after the other.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Body">What is sent.</param>
public sealed record NewDelivery(string WebhookId, Guid EventId, WebhookEvents Event, Guid Subject, DateTimeOffset CreatedAt, string Body);

/// <summary>
/// Makes events of what the ledger has. The ledger's own rows are the outbox: what is after the feed's position has not been told yet, so
/// that nothing is written beside a conversion, and none that is on disk can miss its event.
/// </summary>
public interface IWebhookFeedStore
{
    /// <summary>Most entries, and most conversions whose lock has come, on a page, but for some in PostgreSQL, where each shard has its own.</summary>
    const int PageLength = 256;

    /// <summary>Most clicks of a shard on a page.</summary>
    const int ClicksPerPage = 1 << 16;

    /// <summary>
    /// Adds a webhook. The first that wants events of conversions, or of clicks, begins where these are then, and what is
    /// acknowledged after this has returned comes to its events. A repeat changes nothing.
    /// </summary>
    /// <param name="subscription">The webhook.</param>
    /// <param name="atMost">How many an owner may have.</param>
    /// <param name="now">Now.</param>
    /// <returns>Whether it is there; otherwise its owner has too many.</returns>
    Task<bool> AddAsync(WebhookSubscription subscription, int atMost, DateTimeOffset now);

    /// <summary>Changes which events a webhook wants and whether they are sent; one that is enabled sends at once what it has, and a break that it was in is over.</summary>
    Task ChangeAsync(WebhookSubscription subscription, DateTimeOffset now);

    /// <summary>Removes a webhook; what is kept for it goes bit by bit.</summary>
    Task RemoveAsync(string webhookId);

    /// <summary>What happened to conversions since the last page, in one snapshot; null when nobody wants any events.</summary>
    /// <param name="lockedUntil">Locks up to this time have come.</param>
    Task<FeedPage?> ReadAsync(DateTimeOffset lockedUntil);

    /// <summary>The clicks since the last page, in one snapshot; null when nobody wants their events.</summary>
    /// <param name="olderThan">Null as well when clicks were looked at after this.</param>
    /// <param name="now">Now.</param>
    Task<ClickPage?> ReadClicksAsync(DateTimeOffset olderThan, DateTimeOffset now);

    /// <summary>Keeps deliveries and moves the feed, in one transaction.</summary>
    /// <returns>Whether the feed still was at <paramref name="from"/>; otherwise nothing is done.</returns>
    Task<bool> AppendAsync(FeedPosition from, FeedPosition next, ImmutableArray<NewDelivery> deliveries, DateTimeOffset now);

    /// <summary>Webhooks that have something to send.</summary>
    Task<ImmutableArray<string>> ListToWakeAsync(DateTimeOffset now, int limit);
}
