using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>What a link will be, as the rules allow it.</summary>
/// <param name="Form">Its form.</param>
/// <param name="Alias">The code that was asked for; null to draw one.</param>
/// <param name="Target">What decides on its landing page.</param>
/// <param name="LandingPage">The typed page, or null.</param>
/// <param name="SavedPageId">The saved page, or null.</param>
/// <param name="Values">Its reporting values.</param>
internal sealed record LinkPlan(
    LinkForm Form,
    string? Alias,
    LinkTarget Target,
    string? LandingPage,
    string? SavedPageId,
    ReportingValues Values);

/// <summary>Decides whether a link can be created for a task, and what it will be.</summary>
internal static class LinkPolicy
{
    public const string CampaignNotActive = "campaign_not_active";
    public const string CampaignNotStarted = "campaign_not_started";
    public const string CampaignEnded = "campaign_ended";
    public const string TrackingOff = "tracking_off";
    public const string PayForPerformanceOff = "pay_for_performance_off";
    public const string PartnerNotParticipating = "partner_not_participating";

    /// <summary>Codes of the gates that are shut; empty when a link can be created and a click counts.</summary>
    public static ImmutableArray<string> ShutGates(TaskTerms terms, DateTimeOffset now)
    {
        var shut = ShutGates(terms.Campaign, now);
        return terms.PartnerParticipates ? shut : shut.Add(PartnerNotParticipating);
    }

    /// <summary>Codes of the gates that a campaign shuts for all its tasks.</summary>
    public static ImmutableArray<string> ShutGates(CampaignInfo campaign, DateTimeOffset now)
    {
        // Adding to an empty array makes a new one, so that an open campaign, which is what clicks meet, costs nothing.
        ImmutableArray<string> shut = [];
        if (campaign.Status != CampaignStatus.Active)
        {
            shut = shut.Add(CampaignNotActive);
        }

        if (now < campaign.StartsAt)
        {
            shut = shut.Add(CampaignNotStarted);
        }

        if (now >= campaign.EndsAt)
        {
            shut = shut.Add(CampaignEnded);
        }

        if (!campaign.Tracking.ClicksAndConversions)
        {
            shut = shut.Add(TrackingOff);
        }

        if (!campaign.PayForPerformance.Enabled)
        {
            shut = shut.Add(PayForPerformanceOff);
        }

        return shut;
    }

    /// <summary>Whether a reason is the code of a gate that is shut.</summary>
    public static bool IsGate(string? reason) => reason is
        CampaignNotActive or CampaignNotStarted or CampaignEnded or TrackingOff or PayForPerformanceOff or PartnerNotParticipating;

    /// <summary>Whether every gate is open.</summary>
    public static bool IsOpen(TaskTerms terms, DateTimeOffset now) => ShutGates(terms, now).IsEmpty;

    /// <summary>What a task's page needs to offer the creation of a link.</summary>
    public static LinkSettings Describe(TaskTerms terms, DateTimeOffset now)
    {
        var shut = ShutGates(terms, now);
        var mode = terms.Campaign.Landing.Mode;
        return new LinkSettings(
            shut.IsEmpty,
            shut,
            mode,
            mode == LandingMode.SavedPages ? terms.Campaign.Landing.SavedPages : [],
            mode == LandingMode.ProgramDefault ? terms.Program.DefaultLandingPage : null,
            terms.Campaign.Kind == CampaignKind.Creator ? [LinkForm.Short] : [LinkForm.Short, LinkForm.Regular],
            LinkForm.Short,
            mode == LandingMode.PartnerChoice ? terms.Program.PermittedDomains : []);
    }

    /// <summary>Decides on one request.</summary>
    public static Result<LinkPlan> Decide(LinkRequest request, TaskTerms terms, LinkCreator creator, DateTimeOffset now)
    {
        var shut = ShutGates(terms, now);
        if (!shut.IsEmpty)
        {
            return ExplainGates(shut);
        }

        var form = request.Form ?? LinkForm.Short;
        if (form == LinkForm.Regular && terms.Campaign.Kind == CampaignKind.Creator)
        {
            return Refusal.Rule("form_not_available", "form", "Links of a creator campaign are short; leave form out or say short.");
        }

        if (request.Alias is { } alias)
        {
            if (form == LinkForm.Regular)
            {
                return Refusal.Rule("alias_needs_short_form", "alias", "Only a short link can have an alias; leave alias out or say form short.");
            }

            if (!ShortCodes.IsAllowedAlias(alias, out var refusal))
            {
                return refusal;
            }
        }

        var values = ReportingValueRules.ForNewLink(request, creator);
        if (!values.IsOk)
        {
            return values.Refusal;
        }

        return ChooseLanding(request.LandingPage, request.SavedPageId, terms)
            .Map(landing => new LinkPlan(form, request.Alias, landing.Target, landing.Page, landing.SavedPageId, values.Value));
    }

    /// <summary>Decides on the landing page that was asked for.</summary>
    public static Result<LandingChoice> ChooseLanding(string? landingPage, string? savedPageId, TaskTerms terms) =>
        terms.Campaign.Landing.Mode switch
        {
            LandingMode.PartnerChoice => ChooseTyped(landingPage, savedPageId, terms),
            LandingMode.SavedPages => ChooseSaved(landingPage, savedPageId, terms),
            _ => ChooseDefault(landingPage, savedPageId),
        };

    /// <summary>The refusal that names the gates that are shut.</summary>
    private static Refusal ExplainGates(ImmutableArray<string> shut) => Refusal.Rule(
        shut[0],
        "No link can be created now: " + string.Join("; ", shut.Select(gate => gate switch
        {
            CampaignNotActive => "the campaign is not active",
            CampaignNotStarted => "the campaign has not started yet",
            CampaignEnded => "the campaign has ended",
            TrackingOff => "click and conversion tracking is off in the campaign",
            PayForPerformanceOff => "pay for performance is off in the campaign",
            _ => "the task's partner does not take part in the campaign",
        })) + ".");

    private static Result<LandingChoice> ChooseTyped(string? landingPage, string? savedPageId, TaskTerms terms)
    {
        if (savedPageId is not null)
        {
            return Refusal.Rule("saved_page_not_offered", "savedPageId", "This campaign offers no saved pages; give a landingPage.");
        }

        if (string.IsNullOrWhiteSpace(landingPage))
        {
            return Refusal.Rule("landing_page_required", "landingPage", "Give the landingPage: an absolute address such as https://www.example.com/page.");
        }

        if (!LandingPage.TryParse(landingPage, out var page, out var error))
        {
            return Refusal.Rule("landing_page_invalid", "landingPage", error);
        }

        return PermittedDomains.Cover(terms.Program.PermittedDomains, page.Host)
            ? new LandingChoice(LinkTarget.TypedPage, page.Url, null)
            : Refusal.Rule(
                "landing_page_domain_not_permitted",
                "landingPage",
                $"The host {page.Host} is not among the program's permitted domains ({string.Join(", ", terms.Program.PermittedDomains)}).");
    }

    private static Result<LandingChoice> ChooseSaved(string? landingPage, string? savedPageId, TaskTerms terms)
    {
        if (landingPage is not null)
        {
            return Refusal.Rule("landing_page_not_free", "landingPage", "The landing page of this campaign is one of its saved pages; give a savedPageId instead.");
        }

        if (string.IsNullOrEmpty(savedPageId))
        {
            return Refusal.Rule("saved_page_required", "savedPageId", "Give the savedPageId of one of the campaign's saved pages.");
        }

        return terms.Campaign.Landing.SavedPages.Any(page => page.Id == savedPageId)
            ? new LandingChoice(LinkTarget.SavedPage, null, savedPageId)
            : Refusal.Rule("saved_page_unknown", "savedPageId", "The campaign has no saved page by that id; the task's linkSettings list them.");
    }

    private static Result<LandingChoice> ChooseDefault(string? landingPage, string? savedPageId)
    {
        if (landingPage is not null)
        {
            return Refusal.Rule("landing_page_not_free", "landingPage", "The landing page of this campaign is the program's default page; leave landingPage out.");
        }

        return savedPageId is null
            ? new LandingChoice(LinkTarget.ProgramDefault, null, null)
            : Refusal.Rule("saved_page_not_offered", "savedPageId", "The landing page of this campaign is the program's default page; leave savedPageId out.");
    }
}

/// <summary>A landing page that the campaign's setting allows.</summary>
/// <param name="Target">What decides on it.</param>
/// <param name="Page">The typed page, or null.</param>
/// <param name="SavedPageId">The saved page, or null.</param>
internal sealed record LandingChoice(LinkTarget Target, string? Page, string? SavedPageId);
