using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;

namespace OrleansLinks.WebConsole.Texts;

/// <summary>How money of a currency is written in the language of the page.</summary>
internal static class CurrencyFormats
{
    private static readonly FrozenDictionary<string, (string Symbol, int Digits)> Currencies = ReadRegions();
    private static readonly ConcurrentDictionary<(string Culture, string Currency), NumberFormatInfo> Formats = new();

    public static string Write(Money money)
    {
        var culture = CultureInfo.CurrentCulture;
        return money.Amount.ToString("C", Formats.GetOrAdd((culture.Name, money.Currency), _ => Make(culture, money.Currency)));
    }

    private static NumberFormatInfo Make(CultureInfo culture, string currency)
    {
        var format = (NumberFormatInfo)culture.NumberFormat.Clone();
        var (symbol, digits) = Currencies.GetValueOrDefault(currency, (currency, 2));
        format.CurrencySymbol = symbol;
        format.CurrencyDecimalDigits = digits;

        // A sign that is a word stands apart from the number.
        format.CurrencyPositivePattern = symbol.Length > 1 && format.CurrencyPositivePattern == 0 ? 2 : format.CurrencyPositivePattern;
        format.CurrencyNegativePattern = format.CurrencyPositivePattern switch { 0 => 1, 1 => 5, 2 => 9, _ => 8 };
        return format;
    }

    /// <summary>Signs and digits of currencies as the countries that have them write them; the code where a sign is not one currency's own.</summary>
    private static FrozenDictionary<string, (string, int)> ReadRegions()
    {
        var found = new Dictionary<string, (string, int)>();
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            if (new RegionInfo(culture.Name) is { ISOCurrencySymbol: { Length: 3 } code })
            {
                found.TryAdd(code, (code, culture.NumberFormat.CurrencyDecimalDigits));
            }
        }

        foreach (var (code, symbol) in new[] { ("EUR", "€"), ("USD", "$"), ("GBP", "£"), ("JPY", "¥"), ("KRW", "₩"), ("INR", "₹"), ("CNY", "CN¥") })
        {
            found[code] = (symbol, found.GetValueOrDefault(code, ("", 2)).Item2);
        }

        return found.ToFrozenDictionary();
    }
}
