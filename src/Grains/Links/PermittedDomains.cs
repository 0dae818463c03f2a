using System.Collections.Immutable;

namespace OrleansLinks.Links;

/// <summary>
/// The hosts that a typed landing page may have: exact names, or <c>*.</c> and a domain whose subdomains are meant, at
/// any depth. A wildcard does not cover the domain itself. Ports do not matter.
/// </summary>
public static class PermittedDomains
{
    private const string Wildcard = "*.";

    /// <summary>Whether a host, as <see cref="LandingPage.Host"/> has it, is covered.</summary>
    public static bool Cover(ImmutableArray<string> domains, string host)
    {
        foreach (var domain in domains)
        {
            var covered = domain.StartsWith(Wildcard, StringComparison.Ordinal)
                ? host.Length > domain.Length - 1 && host.EndsWith(domain[1..], StringComparison.Ordinal)
                : host == domain;
            if (covered)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads an entry as typed: lower case, international names in ASCII form.</summary>
    public static bool TryNormalise(string? entry, out string domain)
    {
        var text = entry?.Trim() ?? "";
        var wildcard = text.StartsWith(Wildcard, StringComparison.Ordinal);
        if (!LandingPage.TryNormaliseHost(wildcard ? text.AsSpan(2) : text, out domain))
        {
            return false;
        }

        if (!wildcard)
        {
            return true;
        }

        var isName = !char.IsAsciiDigit(domain[domain.LastIndexOf('.') + 1]) && domain[0] != '[';
        domain = Wildcard + domain;
        return isName;
    }
}
