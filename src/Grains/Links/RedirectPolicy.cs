using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>Where a click goes, and how it counts.</summary>
/// <param name="LandingPage">The page, before anything is added to it.</param>
/// <param name="Class">Whether the click is paid.</param>
/// <param name="Reason">Code of the reason why it is outside terms; null when it is not.</param>
/// <param name="Target">What was to decide on the landing page; null where the link's form was refused before that.</param>
public readonly record struct RedirectDecision(string LandingPage, ClickClass Class, string? Reason, LinkTarget? Target);

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

    /// <summary>Decides on a click on a link.</summary>
    /// <param name="destination">Where the link leads.</param>
    /// <param name="terms">The settings of its task.</param>
    /// <param name="now">The time of the click.</param>
    public static RedirectDecision Decide(LinkDestination destination, TaskTerms terms, DateTimeOffset now) =>
        Decide(destination, IsAllowed(destination, terms), terms, now);

    /// <summary>As the other, for who remembers what <see cref="IsAllowed"/> said of that link and those settings.</summary>
    public static RedirectDecision Decide(LinkDestination destination, bool isAllowed, TaskTerms terms, DateTimeOffset now)
    {
        var shut = LinkPolicy.ShutGates(terms, now);
        var (page, notAllowed) = Locate(destination, isAllowed, terms);
        var reason = shut.IsEmpty ? notAllowed : shut[0];
        return reason is null
            ? new RedirectDecision(page, ClickClass.InTerms, null, destination.Target)
            : new RedirectDecision(terms.Program.DefaultLandingPage, ClickClass.OutsideTerms, reason, destination.Target);
    }

    /// <summary>
    /// Decides on a click on a regular link by what its URL says. Where its stored link is known and leads to a saved page,
    /// that page decides: the URL keeps the address that the page had when the link was made.
    /// </summary>
    /// <param name="typedPage">The URL's landing page, or null when it names none.</param>
    /// <param name="stored">Where the stored link leads, or null when there is none.</param>
    /// <param name="terms">The settings of its task.</param>
    /// <param name="now">The time of the click.</param>
    public static RedirectDecision DecideRegular(string? typedPage, LinkDestination? stored, TaskTerms terms, DateTimeOffset now)
    {
        if (terms.Campaign.Kind == CampaignKind.Creator)
        {
            return new RedirectDecision(terms.Program.DefaultLandingPage, ClickClass.OutsideTerms, FormNotAvailable, null);
        }

        if (string.IsNullOrEmpty(typedPage) || stored?.Target == LinkTarget.SavedPage)
        {
            return Decide(stored ?? new LinkDestination(LinkTarget.ProgramDefault), terms, now);
        }

        var page = LandingPage.TryParse(typedPage, out var parsed, out _) ? parsed.Url : null;
        return Decide(new LinkDestination(LinkTarget.TypedPage, page), terms, now);
    }

    /// <summary>
    /// Whether the settings allow a link's typed page; true of links to other pages. It is the same as long as the settings
    /// are, and costs more than all the rest of a decision.
    /// </summary>
    public static bool IsAllowed(LinkDestination destination, TaskTerms terms)
    {
        if (destination.Target != LinkTarget.TypedPage)
        {
            return true;
        }

        var landing = terms.Campaign.Landing;
        return destination.LandingPage is { } typedPage && landing.Mode switch
        {
            LandingMode.PartnerChoice => LandingPage.TryParse(typedPage, out var page, out _)
                && PermittedDomains.Cover(terms.Program.PermittedDomains, page.Host),
            LandingMode.SavedPages => landing.SavedPages.Any(page => page.Url == typedPage),
            _ => typedPage == terms.Program.DefaultLandingPage,
        };
    }

    /// <summary>Where a link leads by the settings now, gates aside.</summary>
    public static string CurrentPage(LinkDestination destination, TaskTerms terms)
    {
        var (page, reason) = Locate(destination, IsAllowed(destination, terms), terms);
        return reason is null ? page : terms.Program.DefaultLandingPage;
    }

    /// <summary>Where a link leads by the settings now, and the reason why it is not allowed; null when it is.</summary>
    private static (string Page, string? Reason) Locate(LinkDestination destination, bool isAllowed, TaskTerms terms) => destination.Target switch
    {
        LinkTarget.ProgramDefault => (terms.Program.DefaultLandingPage, null),
        LinkTarget.SavedPage => FindSaved(destination.SavedPageId, terms),
        _ => (destination.LandingPage ?? "", isAllowed ? null : LandingPageNotAllowed),
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
}
