using System.Collections.Immutable;
using System.Globalization;

namespace OrleansLinks.Reports;

/// <summary>Stretches of time that a report can be grouped by.</summary>
public enum ReportUnit
{
    /// <summary>An hour of the clock; one that a change to winter time repeats is two.</summary>
    Hour,

    /// <summary>A day, from midnight to midnight.</summary>
    Day,

    /// <summary>A week, from Monday (ISO 8601).</summary>
    Week,

    /// <summary>A month.</summary>
    Month,
}

/// <summary>A stretch of time.</summary>
/// <param name="Start">When it begins.</param>
/// <param name="Name">
/// What it is called: <c>2026-03-29</c> for a day and for a week by its Monday, <c>2026-03</c> for a month,
/// <c>2026-03-29T13:00:00+02:00</c> for an hour.
/// </param>
public readonly record struct ReportStretch(DateTimeOffset Start, string Name);

/// <summary>Finds out where hours, days, weeks and months of a time zone begin.</summary>
public static class ReportCalendar
{
    /// <summary>
    /// What all the offsets of today's time zones are a multiple of, and so what reports are made of: to the quarter of an hour
    /// every day of every zone is exact.
    /// </summary>
    public static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>Whether a time is a whole quarter of an hour.</summary>
    public static bool IsWhole(DateTimeOffset time) => time.UtcTicks % Quarter.Ticks == 0;

    /// <summary>When a day begins: at the first quarter of an hour that is of it, which is midnight unless the clocks are put past that.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        // No clock is further ahead than this. From UTC to local time there is one answer always.
        var quarter = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddHours(-15);
        while (DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(quarter, zone).DateTime) < day)
        {
            quarter += Quarter;
        }

        return quarter;
    }

    /// <summary>The stretches of a time, the first and the last of which it may cut.</summary>
    /// <param name="from">When it begins, a whole quarter of an hour.</param>
    /// <param name="to">When it has ended, a whole quarter of an hour after <paramref name="from"/>.</param>
    /// <param name="unit">What it is divided into; null for not at all.</param>
    /// <param name="zone">The time zone.</param>
    public static ImmutableArray<ReportStretch> Divide(DateTimeOffset from, DateTimeOffset to, ReportUnit? unit, TimeZoneInfo zone)
    {
        if (unit is null)
        {
            return [new ReportStretch(from, "")];
        }

        // Quarter by quarter, since clocks are put forward and back at any of them.
        var stretches = ImmutableArray.CreateBuilder<ReportStretch>();
        var last = default((DateTime, TimeSpan));
        for (var quarter = from; quarter < to; quarter += Quarter)
        {
            var local = TimeZoneInfo.ConvertTime(quarter, zone);
            var stretch = (StartOf(local.DateTime, unit.Value), unit == ReportUnit.Hour ? local.Offset : TimeSpan.Zero);
            if (stretches.Count == 0 || stretch != last)
            {
                stretches.Add(new ReportStretch(quarter, NameOf(stretch.Item1, local.Offset, unit.Value)));
                last = stretch;
            }
        }

        return stretches.ToImmutable();
    }

    private static DateTime StartOf(DateTime local, ReportUnit unit) => unit switch
    {
        ReportUnit.Hour => local.Date.AddHours(local.Hour),
        ReportUnit.Day => local.Date,
        ReportUnit.Week => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
        _ => new DateTime(local.Year, local.Month, 1),
    };

    private static string NameOf(DateTime start, TimeSpan offset, ReportUnit unit) => unit switch
    {
        ReportUnit.Hour => new DateTimeOffset(start, offset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
        ReportUnit.Month => start.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        _ => start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
