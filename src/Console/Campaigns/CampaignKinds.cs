using OrleansLinks.Campaigns;

namespace OrleansLinks.WebConsole.Campaigns;

/// <summary>The kinds of campaigns, as the pages' paths name them.</summary>
internal static class CampaignKinds
{
    /// <summary>The word of a kind.</summary>
    public static string WordOf(CampaignKind kind) => kind == CampaignKind.Creator ? "creators" : "performance";

    /// <summary>The kind of a word; null of another word.</summary>
    public static CampaignKind? Read(string word) => word switch
    {
        "performance" => CampaignKind.Performance,
        "creators" => CampaignKind.Creator,
        _ => null,
    };

    /// <summary>The list of a program's campaigns of a kind.</summary>
    public static string ListOf(string programId, CampaignKind kind) => $"programs/{programId}/campaigns/{WordOf(kind)}";
}
