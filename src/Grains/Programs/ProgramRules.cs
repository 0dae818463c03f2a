using System.Collections.Immutable;
using System.Text.RegularExpressions;
using OrleansLinks.Links;

namespace OrleansLinks.Programs;

/// <summary>Decides whether a program can be made or changed so.</summary>
internal static partial class ProgramRules
{
    public const int MaxPermittedDomains = 500;
    public const string DefaultClickIdParameter = "clickid";

    /// <summary>The program after the change; a new one when there is no <paramref name="current"/>.</summary>
    public static Result<ProgramInfo> Apply(string id, ProgramInfo? current, ProgramChange change, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var name = errors.Text("name", change.Name.Or(current?.Name), 200);
        var page = CheckPage(errors, change.DefaultLandingPage.Or(current?.DefaultLandingPage));
        var domains = CheckDomains(errors, change.PermittedDomains.Or(current?.PermittedDomains), page);
        var trackingHost = CheckHost(errors, change.TrackingHost.Or(current?.TrackingHost));
        var currency = CheckCurrency(errors, change.Currency.Or(current?.Currency), current?.Currency);
        var timeZone = CheckTimeZone(errors, change.TimeZone.Or(current?.TimeZone));
        var parameter = CheckParameter(errors, change.ClickIdParameter.Or(current?.ClickIdParameter));
        var template = CheckTemplate(errors, change.LandingTemplate.Or(current?.LandingTemplate));
        if (errors.Any)
        {
            return errors.ToRefusal();
        }

        if (current is not null && domains.SequenceEqual(current.PermittedDomains))
        {
            domains = current.PermittedDomains;
        }

        var next = new ProgramInfo(
            id, name, page.Url, domains, trackingHost, currency, timeZone, parameter, template, current?.CreatedAt ?? now, (current?.Version ?? 0) + 1);
        return next with { Version = next.Version - 1 } == current ? current : next;
    }

    private static LandingPage CheckPage(FieldErrors errors, string? text)
    {
        if (!LandingPage.TryParse(text, out var page, out var error))
        {
            errors.Add("defaultLandingPage", error);
        }

        return page;
    }

    /// <summary>Without any given, the default page's own host is permitted.</summary>
    private static ImmutableArray<string> CheckDomains(FieldErrors errors, ImmutableArray<string>? entries, LandingPage page)
    {
        if (entries is not { IsDefault: false } given)
        {
            return page.Host is null ? [] : [page.Host];
        }

        if (given.Length > MaxPermittedDomains)
        {
            errors.Add("permittedDomains", $"permittedDomains has {given.Length} entries; at most {MaxPermittedDomains} are allowed.");
            return [];
        }

        var domains = ImmutableArray.CreateBuilder<string>(given.Length);
        for (var i = 0; i < given.Length; i++)
        {
            if (!PermittedDomains.TryNormalise(given[i], out var domain))
            {
                errors.Add($"permittedDomains[{i}]", "An entry is a host such as www.example.com, or *.example.com for its subdomains; no scheme, port or path.");
            }
            else if (!domains.Contains(domain))
            {
                domains.Add(domain);
            }
        }

        return domains.ToImmutable();
    }

    private static string? CheckHost(FieldErrors errors, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        // A landing page's authority is read by the same rules; what is more than that does not belong here.
        if (text.Any(c => c is '/' or '?' or '#') || !LandingPage.TryParse($"https://{text.Trim()}", out var page, out _))
        {
            errors.Add("trackingHost", "trackingHost is a host such as go.example.com, with a port if need be; no scheme or path.");
            return null;
        }

        return page.Url["https://".Length..^1];
    }

    private static string CheckCurrency(FieldErrors errors, string? text, string? current)
    {
        var currency = text ?? "";
        if (!Currencies.IsKnown(currency))
        {
            errors.Add("currency", "currency is an ISO 4217 code such as EUR, USD or JPY.");
        }
        else if (current is not null && current != currency)
        {
            errors.Add("currency", $"The currency of a program stays what it was made with: {current}.");
        }

        return currency;
    }

    private static string CheckTimeZone(FieldErrors errors, string? text)
    {
        var zone = text ?? "";
        if (!TimeZones.TryFind(zone, out _))
        {
            errors.Add("timeZone", "timeZone is an IANA name such as Europe/Berlin, Asia/Tokyo or UTC.");
        }

        return zone;
    }

    private static string CheckParameter(FieldErrors errors, string? text)
    {
        var name = string.IsNullOrEmpty(text) ? DefaultClickIdParameter : text;
        if (!ParameterPattern().IsMatch(name))
        {
            errors.Add("clickIdParameter", "clickIdParameter has 1 to 64 characters of A-Z, a-z, 0-9, -, _, . and ~.");
        }

        return name;
    }

    private static string? CheckTemplate(FieldErrors errors, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (!LandingTemplate.TryNormalise(text, out var template, out var error))
        {
            errors.Add("landingTemplate", error);
        }

        return template.Length == 0 ? null : template;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]{1,64}\z")]
    private static partial Regex ParameterPattern();
}
