using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Conversions;
using OrleansLinks.Json;
using OrleansLinks.Links;
using OrleansLinks.Lists;
using OrleansLinks.Problems;

namespace OrleansLinks.Reports;

/// <summary>What a report is asked for, as it comes.</summary>
internal sealed class ReportRequest
{
    private const int DefaultDays = 30;
    private const int MaxDays = 3_660;
    private const int MaxGroupBy = 400;

    private static readonly Dictionary<string, ReportGroups> Groups = new(StringComparer.Ordinal)
    {
        ["campaign"] = ReportGroups.Campaign,
        ["task"] = ReportGroups.Task,
        ["partner"] = ReportGroups.Partner,
        ["link"] = ReportGroups.Link,
        ["country"] = ReportGroups.Country,
        ["device"] = ReportGroups.Device,
        ["subId1"] = ReportGroups.SubId1,
        ["subId2"] = ReportGroups.SubId2,
        ["subId3"] = ReportGroups.SubId3,
        ["sharedId"] = ReportGroups.SharedId,
        ["param"] = ReportGroups.Param,
        [Program] = ReportGroups.None,
        ["hour"] = ReportGroups.Time,
        ["day"] = ReportGroups.Time,
        ["week"] = ReportGroups.Time,
        ["month"] = ReportGroups.Time,
    };

    private const string Program = "program";

    [FromQuery(Name = "linkId"), Description("Of this link.")]
    public string? LinkId { get; init; }

    [FromQuery(Name = "groupBy"), Description("What to group by, with commas in between: program, campaign, task, partner, link, country, device, sharedId; one of hour, day, week, month; subId1, subId2, subId3 for partners; param for brands. All in one group unless set.")]
    public string? GroupBy { get; init; }

    [FromQuery(Name = "from"), Description("From this day on (2026-01-31, in the time zone), or this time (RFC 3339, at a whole quarter of an hour). 30 days with today unless set.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("To the end of this day, or before this time. Now unless set.")]
    public string? To { get; init; }

    [FromQuery(Name = "timeZone"), Description("IANA name of the time zone of days, such as Asia/Tokyo. The program's unless set; UTC for a partner that names no program.")]
    public string? TimeZone { get; init; }

    [FromQuery(Name = "format"), Description("json, csv or ndjson, for who cannot set Accept.")]
    public string? Format { get; init; }

    /// <summary>Reads all but whose report it is to be.</summary>
    /// <param name="request">The request.</param>
    /// <param name="side">Who asks.</param>
    /// <param name="programZone">The time zone of days unless the request names another.</param>
    /// <param name="now">Now.</param>
    /// <param name="report">The report.</param>
    public ProblemHttpResult? Read(HttpRequest request, Side side, string programZone, DateTimeOffset now, out Report report)
    {
        report = null!;
        if (RowFormat.Choose(request, Format, [RowFormat.Json, RowFormat.Csv, RowFormat.Ndjson], out var format) is { } refused)
        {
            return refused;
        }

        if (ReadGroups(side, out var groupBy, out var groups, out var unit) is { } wrongGroup)
        {
            return wrongGroup;
        }

        var zone = string.IsNullOrEmpty(TimeZone) ? programZone : TimeZone;
        if (!TimeZones.TryFind(zone, out var timeZone))
        {
            return Wrong("timeZone", "timeZone is the IANA name of a time zone, such as Europe/Berlin or UTC.");
        }

        if (ReadTime("from", From, timeZone, 0, out var from) is { } wrongFrom)
        {
            return wrongFrom;
        }

        if (ReadTime("to", To, timeZone, 1, out var to) is { } wrongTo)
        {
            return wrongTo;
        }

        // Orders of shops whose clocks are ahead are taken, and are in it too.
        var latest = (now + ConversionReport.ClockDifference).UtcTicks;
        var end = to ?? new DateTimeOffset(((latest / ReportCalendar.Quarter.Ticks) + 1) * ReportCalendar.Quarter.Ticks, TimeSpan.Zero);
        var start = from ?? ReportCalendar.StartOf(
            DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(to is null ? now : end - TimeSpan.FromTicks(1), timeZone).DateTime).AddDays(1 - DefaultDays), timeZone);
        if (start >= end || end - start > TimeSpan.FromDays(MaxDays))
        {
            return Wrong("to", $"to is later than from, by at most {MaxDays} days.");
        }

        if (LinkId is not null && !ShortCodes.TryReadLinkId(LinkId, out _))
        {
            return ApiProblems.NotFound("link");
        }

        var linkCode = LinkId?[EntityId.Link.Length..];
        report = new Report(format, groupBy, groups, groupBy.Contains(Program), unit, start, end, zone, ReportCalendar.Divide(start, end, unit, timeZone), linkCode);
        return null;
    }

    private ProblemHttpResult? ReadGroups(Side side, out ImmutableArray<string> groupBy, out ReportGroups groups, out ReportUnit? unit)
    {
        groupBy = [.. (GroupBy ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        (groups, unit) = (ReportGroups.None, null);
        if (GroupBy?.Length > MaxGroupBy)
        {
            return Wrong("groupBy", $"groupBy has at most {MaxGroupBy} characters.");
        }

        foreach (var name in groupBy)
        {
            if (!Groups.TryGetValue(name, out var group))
            {
                return Wrong("groupBy", $"'{name}' is nothing that can be grouped by: these are {string.Join(", ", Groups.Keys)}.");
            }

            if ((group & (side == Side.Partner ? ReportGroups.Param : ReportGroups.SubId1 | ReportGroups.SubId2 | ReportGroups.SubId3)) != 0)
            {
                return ApiProblems.Of(Refusal.Rule("group_not_visible", "groupBy", $"{name} is the {(side == Side.Partner ? "brand" : "partner")}'s own and not shown to you: leave it out."));
            }

            if (group == ReportGroups.Time)
            {
                if (unit is not null)
                {
                    return Wrong("groupBy", "groupBy has one of hour, day, week and month.");
                }

                unit = Enum.Parse<ReportUnit>(name, ignoreCase: true);
            }

            groups |= group;
        }

        return null;
    }

    /// <summary>Reads a day, or a time.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="text">What it says.</param>
    /// <param name="zone">The time zone of days.</param>
    /// <param name="days">How many days after the one named are meant.</param>
    /// <param name="time">The time; null when there is none.</param>
    private static ProblemHttpResult? ReadTime(string name, string? text, TimeZoneInfo zone, int days, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        // A century is enough, and leaves room for the days before and after.
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2100)
        {
            time = ReportCalendar.StartOf(day.AddDays(days), zone);
            return null;
        }

        if (Times.TryParse(text, out var value) && ReportCalendar.IsWhole(value) && value.Year is >= 2000 and < 2100)
        {
            time = value.ToUniversalTime();
            return null;
        }

        return Wrong(name, $"{name} is a day like 2026-01-31, or a time like 2026-01-31T12:15:00Z at a whole quarter of an hour, in which + is written %2B.");
    }

    private static ProblemHttpResult Wrong(string parameter, string message) => ApiProblems.Malformed("parameter_invalid", parameter, message);
}

/// <summary>A report that was asked for.</summary>
/// <param name="Format">How it is written.</param>
/// <param name="GroupBy">What it is grouped by, as it was asked for.</param>
/// <param name="Groups">The same, but for programs.</param>
/// <param name="ByProgram">Whether it is grouped by program.</param>
/// <param name="Unit">What stretches of time it is grouped by; null for none.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it has ended.</param>
/// <param name="TimeZone">The time zone of days.</param>
/// <param name="Stretches">Its stretches of time.</param>
/// <param name="LinkCode">The link that it is of alone; null for all.</param>
internal sealed record Report(
    RowFormat Format,
    ImmutableArray<string> GroupBy,
    ReportGroups Groups,
    bool ByProgram,
    ReportUnit? Unit,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    ImmutableArray<ReportStretch> Stretches,
    string? LinkCode)
{
    /// <summary>Where each stretch begins, and the last one ends, in Unix seconds.</summary>
    public ImmutableArray<long> Edges { get; } = [.. Stretches.Select(stretch => stretch.Start.ToUnixTimeSeconds()), To.ToUnixTimeSeconds()];
}
