using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;

namespace OrleansLinks.Exports;

/// <summary>What is exported: rows for which all holds that is set. The program is, or the partner that exports its own; for clicks any of the ids will do.</summary>
/// <param name="ProgramId">The program.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="TaskId">The task.</param>
/// <param name="PartnerId">The partner.</param>
/// <param name="IsPartners">Whether the partner exports what is its own, and so its rows are gone through and not its brands'.</param>
/// <param name="From">Clicks that were answered, conversions that were reported, from this time on.</param>
/// <param name="To">Those before this time.</param>
[GenerateSerializer, Immutable, Alias("ExportScope")]
public sealed record ExportScope(
    [property: Id(0)] string? ProgramId = null,
    [property: Id(1)] string? CampaignId = null,
    [property: Id(2)] string? TaskId = null,
    [property: Id(3)] string? PartnerId = null,
    [property: Id(4)] bool IsPartners = false,
    [property: Id(5)] DateTimeOffset? From = null,
    [property: Id(6)] DateTimeOffset? To = null)
{
    /// <summary>Whether a click is exported.</summary>
    public bool Has(Click click) => Has(click.ProgramId, click.CampaignId, click.TaskId, click.PartnerId, click.At);

    /// <summary>Whether a conversion is exported.</summary>
    public bool Has(Conversion conversion) => Has(
        conversion.ProgramId, conversion.Attribution?.CampaignId, conversion.Attribution?.TaskId, conversion.Attribution?.PartnerId, conversion.ReportedAt);

    private bool Has(string programId, string? campaignId, string? taskId, string? partnerId, DateTimeOffset at) =>
        (ProgramId ?? programId) == programId && (CampaignId ?? campaignId) == campaignId && (TaskId ?? taskId) == taskId
        && (PartnerId ?? partnerId) == partnerId && !(at < From) && !(at >= To);
}

/// <summary>A part of an export.</summary>
/// <param name="Items">What is exported, which may be nothing although there is more to come.</param>
/// <param name="Next">The id behind which the next part begins; null when this is the last.</param>
[GenerateSerializer, Immutable, Alias("ExportPage`1")]
public sealed record ExportPage<T>([property: Id(0)] ImmutableArray<T> Items, [property: Id(1)] Guid? Next);

/// <summary>
/// Reads exports, a page a call, which takes some milliseconds and keeps nothing. Its key is <see cref="Key"/>; every silo runs as
/// many as it has cores, which is also how many exports it reads for at once: more of them wait, and not what else goes on.
/// </summary>
[Alias("IExportGrain")]
public interface IExportGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "export";

    /// <summary>Most rows of a page.</summary>
    const int MaxRows = 1_000;

    /// <summary>Clicks in the order of their ids.</summary>
    /// <param name="scope">Which.</param>
    /// <param name="after">The id behind which they begin, whether or not there is a click by it; null for the first.</param>
    /// <param name="limit">At most so many, 1 to <see cref="MaxRows"/>.</param>
    [Alias("ReadClicks"), ResponseTimeout("00:00:10")]
    Task<ExportPage<ClickRecord>> ReadClicks(ExportScope scope, Guid? after, int limit);

    /// <summary>Conversions in the order in which they were reported.</summary>
    /// <param name="scope">Which.</param>
    /// <param name="after">The id of the one behind which they begin; null for the first.</param>
    /// <param name="limit">At most so many, 1 to <see cref="MaxRows"/>.</param>
    /// <returns>The page; null when there is no such conversion to begin behind.</returns>
    [Alias("ReadConversions"), ResponseTimeout("00:00:10")]
    Task<ExportPage<Conversion>?> ReadConversions(ExportScope scope, Guid? after, int limit);
}
