using System.Collections.Concurrent;
using System.Globalization;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Partners;

/// <summary>Languages by their names in the language of the page.</summary>
internal static class LanguageNames
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Tags = new();

    /// <summary>BCP 47 tags in the order of the names; those of the console first.</summary>
    public static IReadOnlyList<string> All => Tags.GetOrAdd(Languages.Current.Tag, _ =>
    [
        .. Languages.All.Select(language => language.Tag)
            .Concat(CultureInfo.GetCultures(CultureTypes.NeutralCultures).Where(culture => culture.Name.Length > 0).OrderBy(culture => culture.DisplayName, StringComparer.CurrentCulture).Select(culture => culture.Name))
            .Distinct(),
    ]);

    /// <summary>A language as it is shown.</summary>
    public static string Show(string? tag)
    {
        if (tag is null)
        {
            return "";
        }

        try
        {
            // Of a tag that nobody knows, the system makes a name of its own that says nothing.
            var culture = CultureInfo.GetCultureInfo(tag, predefinedOnly: true);
            return $"{culture.DisplayName} · {culture.Name}";
        }
        catch (CultureNotFoundException)
        {
            return tag;
        }
    }
}
