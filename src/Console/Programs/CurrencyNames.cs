using System.Collections.Concurrent;
using System.Globalization;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Programs;

/// <summary>The currencies that a program can have, by their names in the language of the page.</summary>
internal static class CurrencyNames
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Names = new();

    /// <summary>Names by ISO 4217 codes, in the order of the codes.</summary>
    public static IReadOnlyDictionary<string, string> All => Names.GetOrAdd(Languages.Current.Tag, Read);

    /// <summary>A currency as it is shown.</summary>
    public static string Show(string? code) => code is null ? "" : All.TryGetValue(code, out var name) ? $"{code} · {name}" : code;

    // What a country's money is called in a language is told by that language as it is written in that country.
    private static SortedDictionary<string, string> Read(string language)
    {
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            var region = new RegionInfo(culture.Name);
            if (Currencies.IsKnown(region.ISOCurrencySymbol) && !names.ContainsKey(region.ISOCurrencySymbol))
            {
                names.Add(region.ISOCurrencySymbol, new RegionInfo($"{language}-{region.TwoLetterISORegionName}").CurrencyNativeName);
            }
        }

        return names;
    }
}
