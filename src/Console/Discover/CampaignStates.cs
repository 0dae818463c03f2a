using OrleansLinks.Campaigns;
using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Discover;

/// <summary>Where a campaign stands for those who take part in it, by its status and its dates.</summary>
internal enum CampaignState
{
    /// <summary>Links can be created, unless another gate is shut.</summary>
    Running,

    /// <summary>Its start is still to come.</summary>
    Upcoming,

    /// <summary>The brand is setting it up.</summary>
    Draft,

    /// <summary>The brand has stopped it for now.</summary>
    Paused,

    /// <summary>Completed, or past its end.</summary>
    Ended,
}

/// <summary>Reads where a campaign stands.</summary>
internal static class CampaignStates
{
    public static CampaignState StateAt(this ParticipatingIn campaign, DateTimeOffset now) => Of(campaign.Status, campaign.StartsAt, campaign.EndsAt, now);

    public static CampaignState StateAt(this CampaignInfo campaign, DateTimeOffset now) => Of(campaign.Status, campaign.StartsAt, campaign.EndsAt, now);

    /// <summary>The class of its mark.</summary>
    public static string Mark(this CampaignState state) => state switch
    {
        CampaignState.Running => "good",
        CampaignState.Ended => "bad",
        _ => "wait",
    };

    private static CampaignState Of(CampaignStatus status, DateTimeOffset? startsAt, DateTimeOffset? endsAt, DateTimeOffset now) => status switch
    {
        CampaignStatus.Completed => CampaignState.Ended,
        _ when now >= endsAt => CampaignState.Ended,
        CampaignStatus.Draft => CampaignState.Draft,
        CampaignStatus.Paused => CampaignState.Paused,
        _ => now < startsAt ? CampaignState.Upcoming : CampaignState.Running,
    };
}
