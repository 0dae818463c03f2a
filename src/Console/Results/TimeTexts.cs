using System.Globalization;
using OrleansLinks.Reports;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Reports;

/// <summary>How stretches of time are called on the page, in its language.</summary>
internal static class TimeTexts
{
    /// <summary>As short as it goes below a chart.</summary>
    /// <param name="texts">The console's texts.</param>
    /// <param name="unit">What it is.</param>
    /// <param name="name">What the API calls it.</param>
    /// <param name="isOneDay">Whether all of them are of one day.</param>
    public static string Short(PageTexts texts, ReportUnit unit, string name, bool isOneDay) => unit switch
    {
        ReportUnit.Hour => isOneDay ? HourOf(name).ToString("t", CultureInfo.CurrentCulture) : $"{Write(texts, HourOf(name), "Results.DayFormat")} {HourOf(name).ToString("t", CultureInfo.CurrentCulture)}",
        ReportUnit.Month => Write(texts, MonthOf(name), "Results.MonthFormat"),
        _ => Write(texts, DayOf(name), "Results.DayFormat"),
    };

    /// <summary>In full, for a row of a table.</summary>
    /// <param name="texts">The console's texts.</param>
    /// <param name="unit">What it is.</param>
    /// <param name="name">What the API calls it.</param>
    public static string Long(PageTexts texts, ReportUnit unit, string name) => unit switch
    {
        ReportUnit.Hour => $"{Write(texts, HourOf(name), "Results.LongDayFormat")} {HourOf(name).ToString("t", CultureInfo.CurrentCulture)}",
        ReportUnit.Day => Write(texts, DayOf(name), "Results.LongDayFormat"),
        ReportUnit.Week => texts["Results.WeekOf", Write(texts, DayOf(name), "Results.LongDayFormat")],
        _ => Write(texts, MonthOf(name), "Results.MonthFormat"),
    };

    private static string Write(PageTexts texts, DateTime time, string format) => time.ToString(texts[format], CultureInfo.CurrentCulture);

    private static DateTime HourOf(string name) => DateTimeOffset.Parse(name, CultureInfo.InvariantCulture).DateTime;

    private static DateTime DayOf(string name) => DateTime.ParseExact(name, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTime MonthOf(string name) => DateTime.ParseExact(name, "yyyy-MM", CultureInfo.InvariantCulture);
}
