using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;

namespace OrleansLinks.Conversions;

/// <summary>Where a conversion stands.</summary>
[GenerateSerializer, Alias("ConversionState")]
public enum ConversionState
{
    /// <summary>Its click is not known yet; it is attributed as soon as the click arrives.</summary>
    WaitingForClick,

    /// <summary>Attributed; its amount can still be changed.</summary>
    Pending,

    /// <summary>Its locking period is over: nothing about it changes any more.</summary>
    Approved,

    /// <summary>Taken back by the brand.</summary>
    Reversed,

    /// <summary>It belongs to no click; the reason says why.</summary>
    Unmatched,
}

/// <summary>What changed a conversion.</summary>
[GenerateSerializer, Alias("ConversionEntryKind")]
public enum ConversionEntryKind
{
    /// <summary>The brand reported it.</summary>
    Reported,

    /// <summary>The click that it had waited for arrived.</summary>
    Attributed,

    /// <summary>The brand changed its amount.</summary>
    Adjusted,

    /// <summary>The brand took it back.</summary>
    Reversed,

    /// <summary>It had waited for its click for too long.</summary>
    GivenUp,
}

/// <summary>A conversion as the ledger keeps it.</summary>
/// <param name="Id">Drawn from program, event type and order id (<see cref="ConversionIds"/>), so that an order is one conversion.</param>
/// <param name="Sequence">Number of its last entry; it grows by one with every change.</param>
/// <param name="ProgramId">The program that reported it.</param>
/// <param name="EventType">What happened, such as <c>sale</c>.</param>
/// <param name="OrderId">The brand's id of the order.</param>
/// <param name="ClickId">The click that it was reported with.</param>
/// <param name="State">Where it stands, but for the lock: <see cref="StateAt"/> knows it.</param>
/// <param name="Reason">Code of the reason why it is unmatched or outside terms.</param>
/// <param name="Class">Whether it is paid.</param>
/// <param name="Amount">The order's amount.</param>
/// <param name="Payout">What it pays to the partner.</param>
/// <param name="Currency">The program's currency.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="ReportedAt">When it was reported.</param>
/// <param name="CreationId">Names the request that made it: a repeat of that very request is answered as the first time.</param>
/// <param name="Attribution">What it was attributed to; null until it is.</param>
[GenerateSerializer, Immutable, Alias("Conversion")]
public sealed record Conversion(
    [property: Id(0)] Guid Id,
    [property: Id(1)] int Sequence,
    [property: Id(2)] string ProgramId,
    [property: Id(3)] string EventType,
    [property: Id(4)] string OrderId,
    [property: Id(5)] Guid ClickId,
    [property: Id(6)] ConversionState State,
    [property: Id(7)] string? Reason,
    [property: Id(8)] ClickClass Class,
    [property: Id(9)] decimal Amount,
    [property: Id(10)] decimal Payout,
    [property: Id(11)] string Currency,
    [property: Id(12)] DateTimeOffset OccurredAt,
    [property: Id(13)] DateTimeOffset ReportedAt,
    [property: Id(14)] Guid CreationId,
    [property: Id(15)] Attribution? Attribution)
{
    /// <summary>Where it stands at that time: a pending one whose lock has come is approved.</summary>
    public ConversionState StateAt(DateTimeOffset now) =>
        State == ConversionState.Pending && Attribution is { } attribution && attribution.LocksAt <= now ? ConversionState.Approved : State;
}

/// <summary>What a conversion was attributed to.</summary>
/// <param name="LinkCode">Code of the click's link; null for a regular link that was put together by hand.</param>
/// <param name="TaskId">The click's task.</param>
/// <param name="CampaignId">The task's campaign.</param>
/// <param name="PartnerId">The task's partner.</param>
/// <param name="ClickedAt">When the link was clicked.</param>
/// <param name="LocksAt">From when on the conversion can no longer be changed.</param>
/// <param name="TermsVersion">Version of the campaign whose terms pay.</param>
/// <param name="Country">The click's country; null where it is not known.</param>
/// <param name="Device">What the click was made with.</param>
/// <param name="Values">The click's reporting values.</param>
[GenerateSerializer, Immutable, Alias("Attribution")]
public sealed record Attribution(
    [property: Id(0)] string? LinkCode,
    [property: Id(1)] string TaskId,
    [property: Id(2)] string CampaignId,
    [property: Id(3)] string PartnerId,
    [property: Id(4)] DateTimeOffset ClickedAt,
    [property: Id(5)] DateTimeOffset LocksAt,
    [property: Id(6)] long TermsVersion,
    [property: Id(7)] string? Country,
    [property: Id(8)] DeviceClass Device,
    [property: Id(9)] ReportingValues Values);

/// <summary>A change of a conversion; its entries add up to what it is.</summary>
/// <param name="Sequence">Its number within the conversion, from 1.</param>
/// <param name="Kind">What it was.</param>
/// <param name="At">When it was.</param>
/// <param name="Reason">The brand's words, or the code of a rule.</param>
/// <param name="Conversions">By how many it moved the number of conversions that count: −1, 0 or 1.</param>
/// <param name="Amount">By how much it moved the amount that counts.</param>
/// <param name="Payout">By how much it moved the payout.</param>
[GenerateSerializer, Immutable, Alias("ConversionEntry")]
public sealed record ConversionEntry(
    [property: Id(0)] int Sequence,
    [property: Id(1)] ConversionEntryKind Kind,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] string? Reason,
    [property: Id(4)] int Conversions,
    [property: Id(5)] decimal Amount,
    [property: Id(6)] decimal Payout);

/// <summary>A conversion and all its entries, the first first.</summary>
[GenerateSerializer, Immutable, Alias("ConversionDetails")]
public sealed record ConversionDetails([property: Id(0)] Conversion Conversion, [property: Id(1)] ImmutableArray<ConversionEntry> Entries);

/// <summary>A conversion and the decisions that made it what it is, in their order.</summary>
[GenerateSerializer, Immutable, Alias("ExplainedConversion")]
public sealed record ExplainedConversion([property: Id(0)] Conversion Conversion, [property: Id(1)] ImmutableArray<DecisionStep> Steps);

/// <summary>A version of what a campaign pays.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Version">A version of the campaign that has these terms.</param>
/// <param name="Since">From when on that version holds.</param>
/// <param name="Tracking">The window and the locking period.</param>
/// <param name="Pay">What is paid.</param>
[GenerateSerializer, Immutable, Alias("TermsVersion")]
public sealed record TermsVersion(
    [property: Id(0)] string CampaignId,
    [property: Id(1)] long Version,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] CampaignTracking Tracking,
    [property: Id(4)] PayForPerformance Pay);

/// <summary>A page of conversions.</summary>
/// <param name="Items">The conversions, newest first.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable, Alias("ConversionPage")]
public sealed record ConversionPage([property: Id(0)] ImmutableArray<Conversion> Items, [property: Id(1)] long? Next);
