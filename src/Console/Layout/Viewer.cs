using System.Globalization;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Layout;

/// <summary>Who looks at the page: the time zone, the appearance, and how numbers, money and times are written for them.</summary>
/// <param name="clock">The clock.</param>
public sealed class Viewer(TimeProvider clock)
{
    /// <summary>The appearance has changed.</summary>
    public event Action? Changed;

    /// <summary>The viewer's time zone.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>IANA name of the viewer's time zone.</summary>
    public string ZoneId => Zone.HasIanaId ? Zone.Id : "UTC";

    /// <summary>The chosen appearance: <c>light</c>, <c>dark</c> or <c>system</c>.</summary>
    public string Theme { get; private set; } = "system";

    /// <summary>Whether the page is dark now.</summary>
    public bool IsDark { get; private set; }

    /// <summary>Today in the viewer's time zone.</summary>
    public DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Zone).DateTime);

    /// <summary>Takes what the browser says.</summary>
    /// <param name="zone">IANA name of the time zone.</param>
    /// <param name="theme">The chosen appearance.</param>
    /// <param name="isDark">Whether the page is dark now.</param>
    public void Set(string? zone, string? theme, bool isDark)
    {
        Zone = zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(Uri.UnescapeDataString(zone), out var found) ? found : TimeZoneInfo.Utc;
        SetTheme(theme is "light" or "dark" ? theme : "system", isDark);
    }

    /// <summary>Changes the appearance.</summary>
    public void SetTheme(string theme, bool isDark)
    {
        Theme = theme;
        IsDark = isDark;
        Changed?.Invoke();
    }

    /// <summary>A count.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>A share of 1 as percent, with one digit.</summary>
    public static string Percent(double share) => share.ToString("P1", CultureInfo.CurrentCulture);

    /// <summary>Money, with the sign that the viewer's language has for the currency, and as many digits as the currency has.</summary>
    public static string Money(Money money) => CurrencyFormats.Write(money);

    /// <summary>A day.</summary>
    public static string Day(DateOnly day) => day.ToString("d", CultureInfo.CurrentCulture);

    /// <summary>The day of a time, in the viewer's time zone.</summary>
    public string Day(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("d", CultureInfo.CurrentCulture);

    /// <summary>A time to the minute, in the viewer's time zone.</summary>
    public string Time(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("g", CultureInfo.CurrentCulture);

    /// <summary>A time of day to the second, in the viewer's time zone.</summary>
    public string Clock(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("T", CultureInfo.CurrentCulture);
}
