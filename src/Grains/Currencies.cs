using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansLinks;

/// <summary>What is known of money.</summary>
internal static partial class Currencies
{
    /// <summary>The largest amount that is taken, in the currency's unit.</summary>
    public const decimal MaxAmount = 1_000_000_000m;

    /// <summary>Most digits behind the point of an amount that is taken.</summary>
    public const int MaxDecimals = 4;

    // Three-letter codes that some country or the ICU data of this machine knows as money, with the digits behind the point of
    // each, as the Unicode CLDR has them.
    private static readonly FrozenDictionary<string, int> Digits = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(culture => (Currency: new RegionInfo(culture.Name).ISOCurrencySymbol, culture.NumberFormat.CurrencyDecimalDigits))
        .Where(currency => CodePattern().IsMatch(currency.Currency))
        .DistinctBy(currency => currency.Currency)
        .ToFrozenDictionary(currency => currency.Currency, currency => currency.CurrencyDecimalDigits);

    /// <summary>Whether that is the ISO 4217 code of a currency.</summary>
    public static bool IsKnown(string code) => Digits.ContainsKey(code);

    /// <summary>Digits behind the point of the currency's smallest coin.</summary>
    public static int DigitsOf(string code) => Digits.GetValueOrDefault(code, 2);

    [GeneratedRegex(@"\A[A-Z]{3}\z")]
    private static partial Regex CodePattern();
}
