using System.Collections.Immutable;
using System.Globalization;
using OrleansLinks.Reports;

namespace OrleansLinks.WebConsole.Reports;

/// <summary>Which days a report is about.</summary>
public enum Period
{
    /// <summary>The day that is on.</summary>
    Today,

    /// <summary>The day before.</summary>
    Yesterday,

    /// <summary>7 days with today.</summary>
    Last7Days,

    /// <summary>30 days with today.</summary>
    Last30Days,

    /// <summary>The month until today.</summary>
    ThisMonth,

    /// <summary>The whole month before.</summary>
    LastMonth,

    /// <summary>From a day to a day.</summary>
    Custom,
}

/// <summary>What is measured.</summary>
public enum Measure
{
    /// <summary>All answered redirects.</summary>
    Clicks,

    /// <summary>Those that were their visitor's first on that link for 30 minutes.</summary>
    UniqueClicks,

    /// <summary>Conversions that are attributed and not reversed.</summary>
    Conversions,

    /// <summary>Amounts of the conversions.</summary>
    Revenue,

    /// <summary>What the conversions pay.</summary>
    Payout,
}

/// <summary>What a report is broken down by.</summary>
public enum Split
{
    /// <summary>Hours, days, weeks or months.</summary>
    Time,

    /// <summary>Programs.</summary>
    Program,

    /// <summary>Campaigns.</summary>
    Campaign,

    /// <summary>Tasks.</summary>
    Task,

    /// <summary>Partners.</summary>
    Partner,

    /// <summary>Links.</summary>
    Link,

    /// <summary>Countries of visitors.</summary>
    Country,

    /// <summary>Devices of visitors.</summary>
    Device,

    /// <summary>The partner's own reporting value.</summary>
    SubId1,

    /// <summary>The partner's own reporting value.</summary>
    SubId2,

    /// <summary>The partner's own reporting value.</summary>
    SubId3,

    /// <summary>The reporting value that both sides see.</summary>
    SharedId,

    /// <summary>The brand's own reporting value.</summary>
    Param,
}

/// <summary>
/// What a page of results is asked to show. It is the query of the page's address, so that a report can be sent as a link; periods
/// stay what they are called (the last 7 days of whenever it is opened), and the time zone is always in it.
/// </summary>
public sealed record ResultsFilter
{
    private const int MostDaysOfHours = 7;
    private const int MostDaysOfDays = 400;

    /// <summary>The longest report that the API makes.</summary>
    public const int MostDays = 3_660;

    /// <summary>Which days it is about.</summary>
    public Period Period { get; init; } = Period.Last30Days;

    /// <summary>The first day of a custom period.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day of a custom period.</summary>
    public DateOnly? To { get; init; }

    /// <summary>IANA name of the time zone of days; null for the viewer's.</summary>
    public string? Zone { get; init; }

    /// <summary>The stretches of time that were chosen; <see cref="UnitOf"/> says which are shown.</summary>
    public ReportUnit? Unit { get; init; }

    /// <summary>What it is broken down by; null for what the page begins with.</summary>
    public Split? Split { get; init; }

    /// <summary>What the chart shows.</summary>
    public ImmutableArray<Measure> Measures { get; init; } = [Measure.Clicks, Measure.Conversions];

    /// <summary>The measure that rows are in the order of; null for their names.</summary>
    public Measure? Sort { get; init; } = Measure.Clicks;

    /// <summary>Whether the least comes first.</summary>
    public bool Ascending { get; init; }

    /// <summary>Of this program; null for the caller's own, or all of them.</summary>
    public string? ProgramId { get; init; }

    /// <summary>Of this campaign.</summary>
    public string? CampaignId { get; init; }

    /// <summary>Of this task.</summary>
    public string? TaskId { get; init; }

    /// <summary>Of this partner.</summary>
    public string? PartnerId { get; init; }

    /// <summary>Of this link.</summary>
    public string? LinkId { get; init; }

    /// <summary>Whether the address it was read from asks for days that there are not.</summary>
    public bool HasUnreadDays { get; init; }

    /// <summary>Whether the address it was read from asks for a time zone that there is not.</summary>
    public bool HasUnreadZone { get; init; }

    /// <summary>Reads the query of an address; what it does not say, or says wrongly, is as at the beginning.</summary>
    public static ResultsFilter Read(string address)
    {
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(address).Query);
        var start = new ResultsFilter();
        var (from, to) = (DayOf("from"), DayOf("to"));
        var isCustom = from is not null && to is not null && from <= to && to.Value.DayNumber - from.Value.DayNumber < MostDays;
        var measures = (Text("show") ?? "").Split(',').Select(Word<Measure>).OfType<Measure>().Distinct().Order().ToImmutableArray();
        return new ResultsFilter
        {
            Period = isCustom ? Period.Custom : Word<Period>(Text("period")) is { } period and not Period.Custom ? period : start.Period,
            HasUnreadDays = !isCustom && ((Text("from") ?? Text("to")) is not null || (Text("period") is { } named && Word<Period>(named) is null or Period.Custom)),
            HasUnreadZone = Text("zone") is { } asked && !ZoneList.IsKnown(asked),
            From = isCustom ? from : null,
            To = isCustom ? to : null,
            Zone = Text("zone") is { } zone && ZoneList.IsKnown(zone) ? zone : null,
            Unit = Word<ReportUnit>(Text("by")),
            Split = Word<Split>(Text("split")),
            Measures = measures.IsEmpty ? start.Measures : measures,
            Sort = Text("sort") is { } sort ? Word<Measure>(sort) : start.Sort,
            Ascending = Text("order") == "asc",
            ProgramId = Text("programId"),
            CampaignId = Text("campaignId"),
            TaskId = Text("taskId"),
            PartnerId = Text("partnerId"),
            LinkId = Text("linkId"),
        };

        string? Text(string name) => query.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.ToString() : null;

        DateOnly? DayOf(string name) =>
            DateOnly.TryParseExact(Text(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2100 ? day : null;
    }

    /// <summary>The query that says the same.</summary>
    public Dictionary<string, object?> Write() => new()
    {
        ["period"] = Period == Period.Custom ? null : ApiTexts.Word(Period),
        ["from"] = Period == Period.Custom ? Iso(From!.Value) : null,
        ["to"] = Period == Period.Custom ? Iso(To!.Value) : null,
        ["zone"] = Zone,
        ["by"] = Unit is { } unit ? ApiTexts.Word(unit) : null,
        ["split"] = Split is { } split ? ApiTexts.Word(split) : null,
        ["show"] = string.Join(',', Measures.Select(measure => ApiTexts.Word(measure))),
        ["sort"] = Sort is { } sort ? ApiTexts.Word(sort) : "name",
        ["order"] = Ascending ? "asc" : null,
        ["programId"] = ProgramId,
        ["campaignId"] = CampaignId,
        ["taskId"] = TaskId,
        ["partnerId"] = PartnerId,
        ["linkId"] = LinkId,
    };

    /// <summary>The first and the last day.</summary>
    /// <param name="today">Today in the time zone.</param>
    public (DateOnly From, DateOnly To) Days(DateOnly today)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        return Period switch
        {
            Period.Today => (today, today),
            Period.Yesterday => (today.AddDays(-1), today.AddDays(-1)),
            Period.Last7Days => (today.AddDays(-6), today),
            Period.Last30Days => (today.AddDays(-29), today),
            Period.ThisMonth => (month, today),
            Period.LastMonth => (month.AddMonths(-1), month.AddDays(-1)),
            _ => (From ?? today, To ?? today),
        };
    }

    /// <summary>The stretches of time that a period of so many days can be divided into.</summary>
    public static ImmutableArray<ReportUnit> UnitsOf(int days) => [.. Enum.GetValues<ReportUnit>().Where(unit => unit switch
    {
        ReportUnit.Hour => days <= MostDaysOfHours,
        ReportUnit.Day => days <= MostDaysOfDays,
        ReportUnit.Week => days > 7,
        _ => days > 28,
    })];

    /// <summary>The stretches of time that are shown: those that were chosen, or where the period is too long or short for them, others.</summary>
    public ReportUnit UnitOf(int days) =>
        Unit is { } chosen && UnitsOf(days).Contains(chosen) ? chosen
        : days <= 2 ? ReportUnit.Hour
        : days <= 92 ? ReportUnit.Day
        : days <= MostDaysOfDays ? ReportUnit.Week
        : ReportUnit.Month;

    /// <summary>The query of the API for the report.</summary>
    /// <param name="groupBy">What it is grouped by; null for not at all.</param>
    /// <param name="today">Today in the time zone.</param>
    public string ToApi(string? groupBy, DateOnly today)
    {
        var (from, to) = Days(today);
        (string Name, string? Value)[] parameters =
        [
            ("groupBy", groupBy), ("from", Iso(from)), ("to", Iso(to)), ("timeZone", Zone), ("programId", ProgramId), ("campaignId", CampaignId),
            ("taskId", TaskId), ("partnerId", PartnerId), ("linkId", LinkId),
        ];
        return Query(parameters);
    }

    /// <summary>The query of an export of the same time, which is by times and not by days.</summary>
    /// <param name="from">When it begins.</param>
    /// <param name="to">When it has ended.</param>
    public string ToExport(DateTimeOffset from, DateTimeOffset to) => Query(
        ("from", ApiTexts.Time(from)), ("to", ApiTexts.Time(to)), ("programId", ProgramId), ("campaignId", CampaignId), ("taskId", TaskId), ("partnerId", PartnerId));

    private static string Query(params (string Name, string? Value)[] parameters) =>
        string.Join('&', parameters.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static T? Word<T>(string? word)
        where T : struct, Enum
    {
        foreach (var one in Enum.GetValues<T>())
        {
            if (ApiTexts.Word(one) == word)
            {
                return one;
            }
        }

        return null;
    }
}
