using Orleans.Concurrency;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;

namespace OrleansLinks.Campaigns;

/// <summary>A campaign and who takes part in it; its key is the campaign's id.</summary>
[Alias("ICampaignGrain")]
public interface ICampaignGrain : IGrainWithStringKey
{
    /// <summary>Makes the campaign, once, as a draft; a repeat answers the campaign that is there.</summary>
    [Alias("Create")]
    Task<Result<CampaignInfo>> Create(string programId, CampaignChange settings);

    /// <summary>The campaign, or null when it was never made.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<CampaignInfo?> Get();

    /// <summary>The campaign and its program as that partner meets them; null when the campaign was never made.</summary>
    [Alias("GetTerms"), AlwaysInterleave]
    ValueTask<CampaignTerms?> GetTerms(string partnerId);

    /// <summary>Changes the fields that are set, all or none.</summary>
    [Alias("Change")]
    Task<Result<CampaignInfo>> Change(CampaignChange change, long? expectedVersion);

    /// <summary>Moves the campaign to another status; where it already stands there, nothing changes.</summary>
    [Alias("MoveTo")]
    Task<Result<CampaignInfo>> MoveTo(CampaignStatus status, long? expectedVersion);

    /// <summary>Lets a partner take part; a repeat changes nothing.</summary>
    [Alias("AddParticipant")]
    Task<Result<Partners.PartnerInfo>> AddParticipant(string partnerId);

    /// <summary>Ends a partner's part; a repeat changes nothing.</summary>
    /// <returns>Whether the campaign exists.</returns>
    [Alias("RemoveParticipant")]
    Task<bool> RemoveParticipant(string partnerId);

    /// <summary>The campaign as it was at a version; null where that is not known.</summary>
    [Alias("GetVersion"), AlwaysInterleave]
    Task<CampaignInfo?> GetVersion(long version);

    /// <summary>What a click is paid by; null when the campaign was never made.</summary>
    /// <param name="at">When it was clicked, by which its terms are found where it does not say more.</param>
    /// <param name="version">The version of the campaign that it was decided by; null where the click does not know it.</param>
    [Alias("GetTermsOf"), AlwaysInterleave]
    Task<TermsVersion?> GetTermsOf(DateTimeOffset at, long? version);

    /// <summary>A page of the campaign's conversions, newest first.</summary>
    /// <param name="partnerId">Of this partner alone; null for all.</param>
    /// <param name="before">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("ListConversions"), AlwaysInterleave]
    Task<ConversionPage> ListConversions(string? partnerId, long? before, int limit);

    /// <summary>The campaign's totals, or a partner's share of them.</summary>
    [Alias("GetCounters"), AlwaysInterleave]
    Task<CounterTotals> GetCounters(string? partnerId);
}
