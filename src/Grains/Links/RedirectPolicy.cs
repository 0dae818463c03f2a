using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>Where a click goes, and how it counts.</summary>
/// <param name="LandingPage">The page, before anything is added to it.</param>
/// <param name="Class">Whether the click is paid.</param>
/// <param name="Reason">Code of the reason why it is outside terms; null when it is not.</param>
public readonly record struct RedirectDecision(string LandingPage, ClickClass Class, string? Reason);

/// <summary>
/// Decides where a click goes by the settings at the time of the click. A visitor meets no error because something
/// changed: what is no longer allowed leads to the program's default page, and the click is kept outside terms.
/// </summary>
public static class RedirectPolicy
{
    /// <summary>The reason of a click on a link whose saved page was removed.</summary>
    public const string SavedPageRemoved = "saved_page_removed";

    /// <summary>The reason of a click on a link whose page the campaign's setting or the permitted domains no longer allow.</summary>
    public const string LandingPageNotAllowed = "landing_page_not_allowed";

    /// <summary>The reason of a click on a regular link of a creator campaign, whose links are short.</summary>
    public const string FormNotAvailable = "form_not_available";

    /// <summary>Decides on a click on a short link.</summary>
    public static RedirectDecision ForShort(Link link, TaskTerms terms, DateTimeOffset now) =>
        Decide(link.Target, link.LandingPage, link.SavedPageId, terms, now);

    /// <summary>
    /// Decides on a click on a regular link by what its URL says. Where its stored link is known and leads to a saved page,
    /// that page decides: the URL keeps the address that the page had when the link was made.
    /// </summary>
    /// <param name="typedPage">The URL's landing page, or null when it names none.</param>
    /// <param name="link">The stored link, or null.</param>
    /// <param name="terms">The settings of its task.</param>
    /// <param name="now">The time of the click.</param>
    public static RedirectDecision ForRegular(string? typedPage, Link? link, TaskTerms terms, DateTimeOffset now)
    {
        if (terms.Campaign.Kind == CampaignKind.Creator)
        {
            return new RedirectDecision(terms.Program.DefaultLandingPage, ClickClass.OutsideTerms, FormNotAvailable);
        }

        if (string.IsNullOrEmpty(typedPage) || link?.Target == LinkTarget.SavedPage)
        {
            return Decide(link?.Target ?? LinkTarget.ProgramDefault, link?.LandingPage, link?.SavedPageId, terms, now);
        }

        return Decide(LinkTarget.TypedPage, LandingPage.TryParse(typedPage, out var page, out _) ? page.Url : null, null, terms, now);
    }

    private static RedirectDecision Decide(LinkTarget target, string? typedPage, string? savedPageId, TaskTerms terms, DateTimeOffset now)
    {
        var shut = LinkPolicy.ShutGates(terms, now);
        var (page, notAllowed) = Locate(target, typedPage, savedPageId, terms);
        var reason = shut.IsEmpty ? notAllowed : shut[0];
        return reason is null
            ? new RedirectDecision(page, ClickClass.InTerms, null)
            : new RedirectDecision(terms.Program.DefaultLandingPage, ClickClass.OutsideTerms, reason);
    }

    /// <summary>Where a target leads by the settings now, and the reason why it is not allowed; null when it is.</summary>
    private static (string Page, string? Reason) Locate(LinkTarget target, string? typedPage, string? savedPageId, TaskTerms terms) => target switch
    {
        LinkTarget.ProgramDefault => (terms.Program.DefaultLandingPage, null),
        LinkTarget.SavedPage => FindSaved(savedPageId, terms),
        _ => CheckTyped(typedPage, terms),
    };

    private static (string Page, string? Reason) FindSaved(string? savedPageId, TaskTerms terms)
    {
        var landing = terms.Campaign.Landing;
        foreach (var page in landing.SavedPages)
        {
            if (page.Id == savedPageId)
            {
                return (page.Url, landing.Mode == LandingMode.ProgramDefault ? LandingPageNotAllowed : null);
            }
        }

        return (terms.Program.DefaultLandingPage, SavedPageRemoved);
    }

    private static (string Page, string? Reason) CheckTyped(string? typedPage, TaskTerms terms)
    {
        var landing = terms.Campaign.Landing;
        var allowed = typedPage is not null && landing.Mode switch
        {
            LandingMode.PartnerChoice => LandingPage.TryParse(typedPage, out var page, out _)
                && PermittedDomains.Cover(terms.Program.PermittedDomains, page.Host),
            LandingMode.SavedPages => landing.SavedPages.Any(page => page.Url == typedPage),
            _ => typedPage == terms.Program.DefaultLandingPage,
        };
        return (typedPage ?? "", allowed ? null : LandingPageNotAllowed);
    }

    /// <summary>Where a link leads by the settings now, gates aside.</summary>
    public static string CurrentPage(Link link, TaskTerms terms)
    {
        var (page, reason) = Locate(link.Target, link.LandingPage, link.SavedPageId, terms);
        return reason is null ? page : terms.Program.DefaultLandingPage;
    }
}
