using System.Globalization;
using System.Text.Json;

namespace OrleansLinks;

/// <summary>Values as the API writes them.</summary>
public static class ApiTexts
{
    /// <summary>The format of <see cref="Amount"/>.</summary>
    public const string AmountFormat = "0.00##";

    /// <summary>The format of <see cref="Rate"/>.</summary>
    public const string RateFormat = "0.####";

    /// <summary>The format of <see cref="Time"/>, of times in UTC.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>An amount of money: two decimals, and up to four where it has them.</summary>
    public static string Amount(decimal amount) => amount.ToString(AmountFormat, CultureInfo.InvariantCulture);

    /// <summary>A rate in percent, with at most four decimals.</summary>
    public static string Rate(decimal rate) => rate.ToString(RateFormat, CultureInfo.InvariantCulture);

    /// <summary>A time in RFC 3339, in UTC, to the millisecond.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>A word of an enumeration, in camelCase.</summary>
    public static string Word(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
