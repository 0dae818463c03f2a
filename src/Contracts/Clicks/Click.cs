using System.Collections.Immutable;
using OrleansLinks.Links;

namespace OrleansLinks.Clicks;

/// <summary>Whether a click counts for payment.</summary>
[GenerateSerializer, Alias("ClickClass")]
public enum ClickClass
{
    /// <summary>The link and its page were allowed when it was clicked.</summary>
    InTerms,

    /// <summary>Kept and counted, but not paid: something had changed since the link was made.</summary>
    OutsideTerms,
}

/// <summary>What a visitor clicked with, as far as its user agent says.</summary>
[GenerateSerializer, Alias("DeviceClass")]
public enum DeviceClass
{
    /// <summary>It does not say, or says nothing that is known; or the click is from before it was asked.</summary>
    Unknown,

    /// <summary>A desktop or laptop computer.</summary>
    Desktop,

    /// <summary>A phone.</summary>
    Phone,

    /// <summary>A tablet.</summary>
    Tablet,

    /// <summary>Something else that is known: a television, a console, a watch, a car.</summary>
    Other,
}

/// <summary>The settings that a click was decided by.</summary>
/// <param name="CampaignVersion">Version of the campaign, from 1.</param>
/// <param name="ProgramVersion">Version of the program, from 1.</param>
/// <param name="Target">What was to decide on the landing page: the link's setting, or the URL of a link that was put together by hand; null where the link's form was refused before that.</param>
[GenerateSerializer, Immutable, Alias("ClickSettings")]
public readonly record struct ClickSettings(
    [property: Id(0)] long CampaignVersion,
    [property: Id(1)] long ProgramVersion,
    [property: Id(2)] LinkTarget? Target);

/// <summary>An answered redirect.</summary>
/// <param name="Id">UUID version 7, made at the redirect; as <c>clk_…</c> it is the click id that the landing page gets.</param>
/// <param name="LinkCode">Code of the link; null for a regular link that was put together by hand.</param>
/// <param name="TaskId">The link's task.</param>
/// <param name="CampaignId">The task's campaign.</param>
/// <param name="PartnerId">The task's partner.</param>
/// <param name="ProgramId">The campaign's program.</param>
/// <param name="At">When it was answered, to the millisecond.</param>
/// <param name="Class">Whether it counts for payment.</param>
/// <param name="OutsideTermsReason">Code of the reason why it is outside terms; null when it is not.</param>
/// <param name="IsBot">Whether the user agent says that it is a crawler.</param>
/// <param name="Visitor">Keyed hash of the visitor's address and user agent; the address itself is not kept.</param>
/// <param name="LandingPage">The page that it was sent to, without what was added for tracking.</param>
/// <param name="Referrer">The page that it came from, at most 1,024 characters.</param>
/// <param name="UserAgent">The visitor's user agent, at most 512 characters.</param>
/// <param name="Values">Its reporting values.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code, in capitals, of the country that the visitor's address is of; null where that is not known.</param>
/// <param name="Device">What the visitor clicked with.</param>
/// <param name="Settings">The settings that it was decided by; null for clicks from before these were kept.</param>
[GenerateSerializer, Immutable, Alias("Click")]
public sealed record Click(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string? LinkCode,
    [property: Id(2)] string TaskId,
    [property: Id(3)] string CampaignId,
    [property: Id(4)] string PartnerId,
    [property: Id(5)] string ProgramId,
    [property: Id(6)] DateTimeOffset At,
    [property: Id(7)] ClickClass Class,
    [property: Id(8)] string? OutsideTermsReason,
    [property: Id(9)] bool IsBot,
    [property: Id(10)] Guid Visitor,
    [property: Id(11)] string LandingPage,
    [property: Id(12)] string? Referrer,
    [property: Id(13)] string? UserAgent,
    [property: Id(14)] ReportingValues Values,
    [property: Id(15)] string? Country = null,
    [property: Id(16)] DeviceClass Device = DeviceClass.Unknown,
    [property: Id(17)] ClickSettings? Settings = null);

/// <summary>A click as the ledger keeps it.</summary>
/// <param name="Click">The click.</param>
/// <param name="IsUnique">Whether it was the visitor's first on that link for 30 minutes (rolling).</param>
[GenerateSerializer, Immutable, Alias("ClickRecord")]
public sealed record ClickRecord([property: Id(0)] Click Click, [property: Id(1)] bool IsUnique);

/// <summary>A click and the decisions that made it what it is, in their order.</summary>
[GenerateSerializer, Immutable, Alias("ExplainedClick")]
public sealed record ExplainedClick([property: Id(0)] ClickRecord Record, [property: Id(1)] ImmutableArray<DecisionStep> Steps);

/// <summary>
/// Totals over the clicks and conversions of a link, task, campaign, or a partner's share of a campaign. Every click is in
/// <see cref="Clicks"/>; the other numbers are parts of it.
/// </summary>
/// <param name="Clicks">All answered redirects.</param>
/// <param name="UniqueClicks">Those that were their visitor's first on that link for 30 minutes.</param>
/// <param name="BotClicks">Those by crawlers.</param>
/// <param name="OutsideTermsClicks">Those that are not paid.</param>
/// <param name="Version">Grows with every change of these totals.</param>
/// <param name="ChangedAt">When they last changed; null when they never have.</param>
/// <param name="Conversions">Conversions that are attributed and not reversed.</param>
/// <param name="Revenue">What their orders amount to, in the program's currency.</param>
/// <param name="Payout">What they pay.</param>
[GenerateSerializer, Immutable, Alias("CounterTotals")]
public sealed record CounterTotals(
    [property: Id(0)] long Clicks,
    [property: Id(1)] long UniqueClicks,
    [property: Id(2)] long BotClicks,
    [property: Id(3)] long OutsideTermsClicks,
    [property: Id(4)] long Version,
    [property: Id(5)] DateTimeOffset? ChangedAt,
    [property: Id(6)] long Conversions = 0,
    [property: Id(7)] decimal Revenue = 0,
    [property: Id(8)] decimal Payout = 0)
{
    /// <summary>No clicks yet.</summary>
    public static CounterTotals Zero { get; } = new(0, 0, 0, 0, 0, null);
}
