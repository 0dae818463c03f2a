using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.WebConsole.Layout;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Campaigns;

/// <summary>How it is told where a campaign stands, and what it pays.</summary>
internal static class CampaignStates
{
    /// <summary>The text of where it stands: an active one may be yet to start, or over.</summary>
    public static string KeyOf(CampaignInfo campaign, DateTimeOffset now) =>
        campaign.Status != CampaignStatus.Active ? $"Campaigns.Status{campaign.Status}"
        : now < campaign.StartsAt ? "Campaigns.StatusScheduled"
        : now >= campaign.EndsAt ? "Campaigns.StatusEnded"
        : "Campaigns.StatusActive";

    /// <summary>The class of its mark.</summary>
    public static string MarkOf(CampaignInfo campaign, DateTimeOffset now) => KeyOf(campaign, now) switch
    {
        "Campaigns.StatusActive" => "state good",
        "Campaigns.StatusScheduled" or "Campaigns.StatusPaused" => "state wait",
        "Campaigns.StatusEnded" => "state bad",
        _ => "state",
    };

    /// <summary>Codes of the gates that keep an active campaign's links shut although it runs.</summary>
    public static ImmutableArray<string> MissingOf(CampaignInfo campaign, DateTimeOffset now) => campaign.Status != CampaignStatus.Active ? [] :
    [
        .. LinkPolicy.ShutGates(campaign, now).Where(gate => gate is LinkPolicy.TrackingOff or LinkPolicy.PayForPerformanceOff),
    ];

    /// <summary>When it runs.</summary>
    public static string DatesOf(CampaignInfo campaign, Viewer viewer, PageTexts texts) => (campaign.StartsAt, campaign.EndsAt) switch
    {
        ({ } start, { } end) => texts["Campaigns.FromTo", viewer.Day(start), viewer.Day(end)],
        ({ } start, null) => texts["Campaigns.From", viewer.Day(start)],
        (null, { } end) => texts["Campaigns.Until", viewer.Day(end)],
        _ => texts["Campaigns.NoEnd"],
    };

    /// <summary>What a conversion pays.</summary>
    public static string PayOf(CampaignInfo campaign, PageTexts texts) => campaign.PayForPerformance switch
    {
        { Enabled: false } => texts["Campaigns.PaysNothing"],
        { Terms: { Model: PayoutModel.Percentage } terms } => texts["Campaigns.PaysRate", Rate(terms.Rate ?? 0)],
        { Terms.Amount: { } amount } => texts["Campaigns.PaysAmount", MoneyOf(amount)],
        _ => texts["Campaigns.PaysNothing"],
    };

    /// <summary>An amount of the terms, with all its digits.</summary>
    public static string MoneyOf(Money money) =>
        decimal.Round(money.Amount, Currencies.DigitsOf(money.Currency)) == money.Amount ? Viewer.Money(money) : money.ToText();

    private static string Rate(decimal rate) => rate.ToString("0.####", System.Globalization.CultureInfo.CurrentCulture);
}
