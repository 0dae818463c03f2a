using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansLinks.Links;

/// <summary>What the macros of a landing template stand for, for one click.</summary>
/// <param name="ClickId">The click's id.</param>
/// <param name="ProgramId">The program's id.</param>
/// <param name="CampaignId">The campaign's id.</param>
/// <param name="TaskId">The task's id.</param>
/// <param name="PartnerId">The partner's id.</param>
/// <param name="LinkCode">The link's code; null for a regular link that was put together by hand.</param>
/// <param name="Values">The click's reporting values.</param>
public readonly record struct MacroValues(
    string ClickId,
    string ProgramId,
    string CampaignId,
    string TaskId,
    string PartnerId,
    string? LinkCode,
    ReportingValues Values);

/// <summary>
/// A program's template: query parameters that are added to every landing page, with macros such as <c>{clickid}</c>
/// (in any case) that each click fills in; a value that is not there leaves nothing.
/// </summary>
public static class LandingTemplate
{
    /// <summary>Most characters that a template may have.</summary>
    public const int MaxLength = 1000;

    /// <summary>Most characters of an address with its template filled in.</summary>
    public const int MaxFilledLength = 6144;

    private static readonly FrozenDictionary<string, Func<MacroValues, string?>> Macros =
        new Dictionary<string, Func<MacroValues, string?>>
        {
            ["clickid"] = v => v.ClickId,
            ["program"] = v => v.ProgramId,
            ["campaign"] = v => v.CampaignId,
            ["task"] = v => v.TaskId,
            ["partner"] = v => v.PartnerId,
            ["link"] = v => v.LinkCode is null ? null : EntityId.Link + v.LinkCode,
            ["subid1"] = v => v.Values.SubId1,
            ["subid2"] = v => v.Values.SubId2,
            ["subid3"] = v => v.Values.SubId3,
            ["sharedid"] = v => v.Values.SharedId,
            ["param"] = v => v.Values.Param,
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks a template as typed; a leading <c>?</c> or <c>&amp;</c> is dropped.</summary>
    public static bool TryNormalise(string text, out string template, [NotNullWhen(false)] out string? error)
    {
        template = text.Trim().TrimStart('?', '&').TrimEnd('&');
        error = template switch
        {
            { Length: > MaxLength } => $"The template has {template.Length} characters; at most {MaxLength} are allowed.",
            _ when template.Contains('#', StringComparison.Ordinal) => "The template is query parameters; it must not contain #.",
            _ when Texts.HasForbiddenCharacters(template) || template.Any(char.IsWhiteSpace) => "The template contains white space or control characters; encode them.",
            _ => null,
        };
        if (error is not null)
        {
            return false;
        }

        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] is not ('{' or '}'))
            {
                continue;
            }

            var close = template[i] == '{' ? template.IndexOf('}', i) : -1;
            if (close < 0)
            {
                error = "The template has a brace without its partner; write %7B or %7D for a brace of its own.";
                return false;
            }

            var name = template[(i + 1)..close];
            if (!Macros.ContainsKey(name))
            {
                error = $"The template has an unknown macro {{{name}}}; known are {string.Join(' ', Macros.Keys.Order().Select(k => $"{{{k}}}"))}.";
                return false;
            }

            i = close;
        }

        return true;
    }

    /// <summary>
    /// The address that a visitor is sent to: the landing page with the template filled in and the click id behind it,
    /// before the fragment. A parameter of the page or the template with the click id's name is replaced.
    /// </summary>
    /// <remarks>
    /// Values may be long and macros many; an address of more than <see cref="MaxFilledLength"/> characters, which proxies
    /// and browsers refuse, goes without the template.
    /// </remarks>
    /// <param name="page">The landing page, as <see cref="LandingPage.Url"/> has it.</param>
    /// <param name="template">The program's template, or null.</param>
    /// <param name="clickIdParameter">Name of the parameter that carries the click id.</param>
    /// <param name="values">What the macros stand for.</param>
    public static string Fill(string page, string? template, string clickIdParameter, in MacroValues values)
    {
        if (string.IsNullOrEmpty(template) && IsPlain(page, clickIdParameter))
        {
            return $"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{clickIdParameter}={values.ClickId}";
        }

        var filled = Compose(page, template, clickIdParameter, values);
        return filled.Length <= MaxFilledLength ? filled : Compose(page, null, clickIdParameter, values);
    }

    /// <summary>Whether the click id can simply be put behind a page: nearly always, and far cheaper.</summary>
    private static bool IsPlain(string page, string clickIdParameter) =>
        page.AsSpan().IndexOfAny('#', '%') < 0
        && page[^1] is not ('?' or '&')
        && !page.Contains("&&", StringComparison.Ordinal)
        && !page.Contains("?&", StringComparison.Ordinal)
        && !page.Contains(clickIdParameter, StringComparison.Ordinal);

    private static string Compose(string page, string? template, string clickIdParameter, in MacroValues values)
    {
        var hash = page.IndexOf('#', StringComparison.Ordinal);
        var fragment = hash < 0 ? [] : page.AsSpan(hash);
        var address = hash < 0 ? page.AsSpan() : page.AsSpan(0, hash);
        var mark = address.IndexOf('?');
        var url = new StringBuilder(page.Length + clickIdParameter.Length + values.ClickId.Length + 2 + (template?.Length * 2 ?? 0));
        url.Append(mark < 0 ? address : address[..mark]).Append('?');

        if (mark >= 0)
        {
            AppendWithout(url, address[(mark + 1)..], clickIdParameter);
        }

        if (!string.IsNullOrEmpty(template))
        {
            AppendWithout(url, FillMacros(template, values), clickIdParameter);
        }

        return url.Append(clickIdParameter).Append('=').Append(values.ClickId).Append(fragment).ToString();
    }

    private static void AppendWithout(StringBuilder url, ReadOnlySpan<char> query, string name)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals];
            if (!pair.IsEmpty && !(key.Contains('%') ? Uri.UnescapeDataString(key) : key).SequenceEqual(name))
            {
                url.Append(pair).Append('&');
            }
        }
    }

    private static string FillMacros(string template, in MacroValues values)
    {
        var query = new StringBuilder(template.Length * 2);
        var at = 0;
        while (template.IndexOf('{', at) is var open and >= 0)
        {
            var close = template.IndexOf('}', open);
            LandingPage.AppendEncoded(query, template.AsSpan(at, open - at), keepFirstHash: false);
            if (Macros.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(template.AsSpan(open + 1, close - open - 1), out var macro) && macro(values) is { } value)
            {
                query.Append(Uri.EscapeDataString(value));
            }

            at = close + 1;
        }

        LandingPage.AppendEncoded(query, template.AsSpan(at), keepFirstHash: false);
        return query.ToString();
    }
}
