using OrleansLinks.Clicks;
using OrleansLinks.Links;

namespace OrleansLinks.Reports;

/// <summary>What clicks and conversions can be grouped by.</summary>
[Flags]
public enum ReportGroups
{
    /// <summary>All in one.</summary>
    None = 0,

    /// <summary>By stretches of time.</summary>
    Time = 1,

    /// <summary>By campaign.</summary>
    Campaign = 2,

    /// <summary>By task.</summary>
    Task = 4,

    /// <summary>By partner.</summary>
    Partner = 8,

    /// <summary>By link; those that were put together by hand are one.</summary>
    Link = 16,

    /// <summary>By the visitor's country.</summary>
    Country = 32,

    /// <summary>By the visitor's kind of device.</summary>
    Device = 64,

    /// <summary>By the partner's reporting value.</summary>
    SubId1 = 128,

    /// <inheritdoc cref="SubId1"/>
    SubId2 = 256,

    /// <inheritdoc cref="SubId1"/>
    SubId3 = 512,

    /// <summary>By the reporting value that both sides see.</summary>
    SharedId = 1024,

    /// <summary>By the brand's reporting value.</summary>
    Param = 2048,

    /// <summary>All reporting values.</summary>
    Values = SubId1 | SubId2 | SubId3 | SharedId | Param,
}

/// <summary>A question to the rollups of a program.</summary>
/// <param name="ProgramId">The program.</param>
/// <param name="Edges">Unix seconds at which stretches of time begin, in their order, and the one at which the last of them ends; all of them whole quarters of an hour.</param>
/// <param name="Groups">What to group by; the stretches are put into one unless <see cref="ReportGroups.Time"/> is in it.</param>
/// <param name="Filter">What to look at alone.</param>
/// <param name="MaxRows">So many groups are answered at most; more are refused.</param>
[GenerateSerializer, Immutable, Alias("ReportQuery")]
public sealed record ReportQuery(
    [property: Id(0)] string ProgramId,
    [property: Id(1)] System.Collections.Immutable.ImmutableArray<long> Edges,
    [property: Id(2)] ReportGroups Groups,
    [property: Id(3)] ReportFilter Filter,
    [property: Id(4)] int MaxRows);

/// <summary>What a report looks at alone; null for all.</summary>
[GenerateSerializer, Immutable, Alias("ReportFilter")]
public sealed record ReportFilter(
    [property: Id(0)] string? CampaignId = null,
    [property: Id(1)] string? TaskId = null,
    [property: Id(2)] string? PartnerId = null,
    [property: Id(3)] string? LinkCode = null)
{
    /// <summary>Everything.</summary>
    public static ReportFilter All { get; } = new();
}

/// <summary>A group and what is in it. What a report is not grouped by is null, and so is what clicks do not have.</summary>
/// <param name="Stretch">Which of the query's stretches of time, from 0.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="TaskId">The task.</param>
/// <param name="PartnerId">The partner.</param>
/// <param name="LinkCode">The link's code.</param>
/// <param name="Country">The visitors' country.</param>
/// <param name="Device">The visitors' kind of device.</param>
/// <param name="Values">The reporting values.</param>
/// <param name="Totals">What is in it.</param>
[GenerateSerializer, Immutable, Alias("ReportRow")]
public sealed record ReportRow(
    [property: Id(0)] int Stretch,
    [property: Id(1)] string? CampaignId,
    [property: Id(2)] string? TaskId,
    [property: Id(3)] string? PartnerId,
    [property: Id(4)] string? LinkCode,
    [property: Id(5)] string? Country,
    [property: Id(6)] DeviceClass? Device,
    [property: Id(7)] ReportingValues Values,
    [property: Id(8)] ReportTotals Totals);

/// <summary>What clicks and conversions add up to, as in <see cref="CounterTotals"/>.</summary>
[GenerateSerializer, Immutable, Alias("ReportTotals")]
public readonly record struct ReportTotals(
    [property: Id(0)] long Clicks,
    [property: Id(1)] long UniqueClicks,
    [property: Id(2)] long BotClicks,
    [property: Id(3)] long OutsideTermsClicks,
    [property: Id(4)] long Conversions,
    [property: Id(5)] decimal Revenue,
    [property: Id(6)] decimal Payout)
{
    /// <summary>Adds two up.</summary>
    public static ReportTotals Add(ReportTotals a, ReportTotals b) => new(
        a.Clicks + b.Clicks, a.UniqueClicks + b.UniqueClicks, a.BotClicks + b.BotClicks, a.OutsideTermsClicks + b.OutsideTermsClicks,
        a.Conversions + b.Conversions, a.Revenue + b.Revenue, a.Payout + b.Payout);
}
