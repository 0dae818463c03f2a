using System.Globalization;
using System.Text.Json;

namespace OrleansLinks;

/// <summary>Values as the API writes them.</summary>
public static class ApiTexts
{
    /// <summary>An amount of money: two decimals, and up to four where it has them.</summary>
    public static string Amount(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    /// <summary>A rate in percent, with at most four decimals.</summary>
    public static string Rate(decimal rate) => rate.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>A time in RFC 3339, in UTC, to the millisecond.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A word of an enumeration, in camelCase.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
