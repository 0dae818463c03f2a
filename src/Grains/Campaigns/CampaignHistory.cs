using System.Text.Json;
using OrleansLinks.Conversions;
using OrleansLinks.History;

namespace OrleansLinks.Campaigns;

/// <summary>The versions that a campaign has had, and the terms among them.</summary>
internal sealed class CampaignHistory(ISettingsHistory history)
{
    /// <summary>As <see cref="SettingsVersions.KeepAsync"/>.</summary>
    public Task Keep(CampaignInfo before, CampaignInfo after, DateTimeOffset now) =>
        history.KeepAsync(VersionOf(before, before.CreatedAt), VersionOf(after, now));

    /// <summary>The campaign as it was at a version; null where that is not known.</summary>
    public async Task<CampaignInfo?> Find(CampaignInfo current, long version)
    {
        if (version >= current.Version)
        {
            return version == current.Version ? current : null;
        }

        return await history.FindAsync(current.Id, version) is { } kept ? Read(kept).Campaign : null;
    }

    /// <summary>The terms of a version or, where none is given, those that were in force at a time.</summary>
    public async Task<TermsVersion> FindTerms(CampaignInfo current, DateTimeOffset at, long? version)
    {
        // Of before all versions were kept, the one before it that was has its terms.
        var (until, last) = version is { } known ? (DateTimeOffset.MaxValue, Math.Min(known, current.Version)) : (at, current.Version);
        if (await history.FindAtAsync(current.Id, until, last) is not { } kept)
        {
            return new TermsVersion(current.Id, current.Version, current.CreatedAt, current.Tracking, current.PayForPerformance);
        }

        var settings = Read(kept);
        return new TermsVersion(kept.Id, kept.Version, kept.Since, settings.Tracking, settings.Pay);
    }

    private static SettingsVersion VersionOf(CampaignInfo campaign, DateTimeOffset since) => new(
        campaign.Id, campaign.Version, since, JsonSerializer.Serialize(new KeptCampaign(campaign.Tracking, campaign.PayForPerformance, campaign)));

    private static KeptCampaign Read(SettingsVersion kept) => JsonSerializer.Deserialize<KeptCampaign>(kept.Settings)!;

    // Rows from before all versions were kept have the terms alone, and programs of then read them where they were.
    private sealed record KeptCampaign(CampaignTracking Tracking, PayForPerformance Pay, CampaignInfo? Campaign = null);
}
