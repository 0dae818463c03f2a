using System.Globalization;
using CsCheck;

namespace OrleansLinks.Reports;

public sealed class ReportCalendarTests
{
    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", 23)] // summer time begins
    [InlineData("Europe/Berlin", "2026-10-25", 25)] // and ends
    [InlineData("America/New_York", "2026-03-08", 23)]
    [InlineData("Australia/Lord_Howe", "2026-04-05", 24.5)] // by half an hour
    [InlineData("Asia/Kolkata", "2026-03-29", 24)]
    [InlineData("Asia/Beirut", "2026-03-29", 23)] // at midnight
    [InlineData("America/Asuncion", "2021-10-03", 23)]
    [InlineData("Asia/Amman", "2020-03-27", 23)]
    public void A_day_is_as_long_as_the_clocks_make_it(string zone, string day, double hours)
    {
        var date = DateOnly.Parse(day, CultureInfo.InvariantCulture);
        var (from, to) = (ReportCalendar.StartOf(date, Zone(zone)), ReportCalendar.StartOf(date.AddDays(1), Zone(zone)));

        Assert.Equal(hours, (to - from).TotalHours);
        Assert.Equal(new ReportStretch(from, day), Assert.Single(ReportCalendar.Divide(from, to, ReportUnit.Day, Zone(zone))));
    }

    [Fact]
    public void An_hour_that_comes_twice_is_two()
    {
        var from = new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.Zero);

        var hours = ReportCalendar.Divide(from, from.AddHours(3), ReportUnit.Hour, Zone("Europe/Berlin"));

        Assert.Equal(["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"], hours.Select(hour => hour.Name));
    }

    [Fact]
    public void Hours_of_a_zone_with_half_an_hour_begin_at_its_own()
    {
        var from = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

        var hours = ReportCalendar.Divide(from, from.AddHours(2), ReportUnit.Hour, Zone("Asia/Kolkata"));

        Assert.Equal(["2026-05-01T05:00:00+05:30", "2026-05-01T06:00:00+05:30", "2026-05-01T07:00:00+05:30"], hours.Select(hour => hour.Name));
        Assert.Equal([from, from.AddMinutes(30), from.AddMinutes(90)], hours.Select(hour => hour.Start));
    }

    [Fact]
    public void Weeks_begin_on_Mondays_and_months_on_the_first()
    {
        var from = ReportCalendar.StartOf(new DateOnly(2026, 1, 1), Zone("Asia/Tokyo"));

        Assert.Equal(["2025-12-29", "2026-01-05", "2026-01-12"], ReportCalendar.Divide(from, from.AddDays(12), ReportUnit.Week, Zone("Asia/Tokyo")).Select(week => week.Name));
        Assert.Equal(["2026-01", "2026-02"], ReportCalendar.Divide(from, from.AddDays(40), ReportUnit.Month, Zone("Asia/Tokyo")).Select(month => month.Name));
    }

    [Fact]
    public void Stretches_of_any_zone_follow_each_other_and_have_a_name_each()
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().ToArray();
        Gen.Select(Gen.Int[0, zones.Length - 1], Gen.Int[0, 365 * 96], Gen.Int[1, 96 * 20], Gen.Enum<ReportUnit>()).Sample((zone, first, quarters, unit) =>
        {
            var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + (first * ReportCalendar.Quarter);

            var stretches = ReportCalendar.Divide(from, from + (quarters * ReportCalendar.Quarter), unit, zones[zone]);

            Assert.Equal(from, stretches[0].Start);
            Assert.Equal(stretches.OrderBy(stretch => stretch.Start), stretches);
            Assert.Distinct(stretches.Select(stretch => stretch.Name));
        });
    }

    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.FindSystemTimeZoneById(name);
}
