using OrleansLinks.Links;
using OrleansLinks.Programs;
using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Programs;

/// <summary>A program's fields as they are typed.</summary>
public sealed class ProgramDraft
{
    private ProgramInfo? _seen;

    /// <summary>A new program's fields.</summary>
    /// <param name="zone">The time zone to begin with.</param>
    public ProgramDraft(string zone) => TimeZone = zone;

    /// <summary>The fields of one that is there.</summary>
    public ProgramDraft(ProgramInfo seen)
    {
        _seen = seen;
        (Name, LandingPage, TrackingHost, Currency, TimeZone) = (seen.Name, seen.DefaultLandingPage, seen.TrackingHost, seen.Currency, seen.TimeZone);
        (ClickIdParameter, LandingTemplate) = (seen.ClickIdParameter, seen.LandingTemplate);
        Domains.AddRange(seen.PermittedDomains);
    }

    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its default landing page.</summary>
    public string? LandingPage { get; set; }

    /// <summary>Its permitted domains.</summary>
    public List<string> Domains { get; } = [];

    /// <summary>Its tracking host.</summary>
    public string? TrackingHost { get; set; }

    /// <summary>Its currency.</summary>
    public string? Currency { get; set; }

    /// <summary>Its time zone.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The click id parameter.</summary>
    public string? ClickIdParameter { get; set; } = ProgramRules.DefaultClickIdParameter;

    /// <summary>The landing template.</summary>
    public string? LandingTemplate { get; set; }

    /// <summary>Whether it is not there yet.</summary>
    public bool IsNew => _seen is null;

    /// <summary>The fields to send: all of a new program, and those of another that are no longer as they were.</summary>
    public Dictionary<string, object?> Changes
    {
        get
        {
            var fields = new Dictionary<string, object?>();
            Add("name", Name, _seen?.Name);
            Add("defaultLandingPage", LandingPage, _seen?.DefaultLandingPage);
            Add("trackingHost", TrackingHost, _seen?.TrackingHost);
            Add("timeZone", TimeZone, _seen?.TimeZone);
            Add("clickIdParameter", ClickIdParameter, _seen?.ClickIdParameter);
            Add("landingTemplate", LandingTemplate, _seen?.LandingTemplate);
            if (_seen is null)
            {
                Add("currency", Currency, null);
            }

            if (_seen is null ? Domains.Count > 0 : !Domains.SequenceEqual(_seen.PermittedDomains))
            {
                fields["permittedDomains"] = Domains;
            }

            return fields;

            void Add(string name, string? value, string? seen)
            {
                var text = string.IsNullOrWhiteSpace(value) ? null : value.Trim();
                if (text != seen)
                {
                    fields[name] = text;
                }
            }
        }
    }

    /// <summary>Somebody else has saved the program: what was typed is kept, and what was not is as it is now.</summary>
    /// <param name="newest">The program as it is now.</param>
    /// <returns>What differs.</returns>
    public Differences Renew(ProgramInfo newest)
    {
        var (seen, differences) = (_seen!, new Differences());
        Name = differences.Keep("Programs.Name", Name, seen.Name, newest.Name);
        LandingPage = differences.Keep("Programs.LandingPage", LandingPage, seen.DefaultLandingPage, newest.DefaultLandingPage);
        TrackingHost = differences.Keep("Programs.TrackingHost", TrackingHost, seen.TrackingHost, newest.TrackingHost);
        TimeZone = differences.Keep("Programs.TimeZone", TimeZone, seen.TimeZone, newest.TimeZone);
        ClickIdParameter = differences.Keep("Programs.ClickIdParameter", ClickIdParameter, seen.ClickIdParameter, newest.ClickIdParameter);
        LandingTemplate = differences.Keep("Programs.Template", LandingTemplate, seen.LandingTemplate, newest.LandingTemplate);
        var domains = differences.Keep("Programs.Domains", string.Join(' ', Domains), string.Join(' ', seen.PermittedDomains), string.Join(' ', newest.PermittedDomains));
        Domains.Clear();
        Domains.AddRange(domains.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        _seen = newest;
        return differences;
    }

    /// <summary>Adds the domains of a text, which may have many; nothing when one of them is none.</summary>
    /// <returns>Whether they were added.</returns>
    public bool TryAddDomains(string text)
    {
        List<string> found = [];
        foreach (var entry in text.Split([' ', ',', ';', '、', '，', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!PermittedDomains.TryNormalise(entry, out var domain))
            {
                return false;
            }

            found.Add(domain);
        }

        Domains.AddRange(found.Distinct().Except(Domains).ToArray());
        return true;
    }
}
