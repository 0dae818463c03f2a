using System.Collections.Immutable;
using OrleansLinks.Links;

namespace OrleansLinks.WebConsole.Links;

/// <summary>Checks a landing page while it is typed, by the rules that decide when the link is created.</summary>
internal static class LandingPageCheck
{
    /// <summary>The code of what is wrong; null where nothing is.</summary>
    /// <param name="page">What was typed.</param>
    /// <param name="permittedDomains">Hosts that the page may have.</param>
    public static string? Find(string page, ImmutableArray<string> permittedDomains) =>
        !LandingPage.TryParse(page, out var parsed, out _) ? "landing_page_invalid"
        : !permittedDomains.IsDefaultOrEmpty && !PermittedDomains.Cover(permittedDomains, parsed.Host) ? "landing_page_domain_not_permitted"
        : null;
}
