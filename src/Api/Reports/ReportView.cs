using OrleansLinks.Clicks;

namespace OrleansLinks.Reports;

/// <summary>A report.</summary>
/// <param name="GroupBy">What it is grouped by.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it has ended: what happens at that time is no longer in it.</param>
/// <param name="TimeZone">The time zone of its hours, days, weeks and months.</param>
/// <param name="AsOf">When it was read.</param>
/// <param name="Items">The groups, in the order of time and the ones with the most clicks first. One that has nothing is not there.</param>
/// <param name="Totals">The groups added up; not there when their money is of several currencies.</param>
internal sealed record ReportView(
    IReadOnlyList<string> GroupBy,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    DateTimeOffset AsOf,
    IReadOnlyList<ReportRowView> Items,
    ReportTotalsView? Totals);

/// <summary>All groups of a report added up.</summary>
/// <param name="Clicks">All answered redirects; the other click counts are parts of it.</param>
/// <param name="UniqueClicks">Those that were their visitor's first on that link for 30 minutes.</param>
/// <param name="BotClicks">Those by crawlers and link previews.</param>
/// <param name="OutsideTermsClicks">Those that are not paid.</param>
/// <param name="Conversions">Conversions that are attributed to clicks and not reversed, by the time of the order.</param>
/// <param name="Revenue">Amounts of the conversions.</param>
/// <param name="Payout">What the conversions pay.</param>
internal sealed record ReportTotalsView(
    long Clicks, long UniqueClicks, long BotClicks, long OutsideTermsClicks, long Conversions, Money Revenue, Money Payout);

/// <summary>
/// A group of a report. What it is not grouped by is not there, and neither is what clicks do not have: those of a link that was put
/// together by hand have no <c>linkId</c>, those from an unknown country no <c>country</c>.
/// </summary>
/// <param name="Hour">When the hour begins, with the offset of the time zone.</param>
/// <param name="Day">The day, as 2026-01-31.</param>
/// <param name="Week">The week, by its Monday.</param>
/// <param name="Month">The month, as 2026-01.</param>
/// <param name="ProgramId">The program.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="TaskId">The task.</param>
/// <param name="PartnerId">The partner.</param>
/// <param name="LinkId">The link.</param>
/// <param name="Country">The visitors' country, by ISO 3166-1.</param>
/// <param name="Device">The visitors' kind of device.</param>
/// <param name="SubId1">The partner's own reporting value.</param>
/// <param name="SubId2">The partner's own reporting value.</param>
/// <param name="SubId3">The partner's own reporting value.</param>
/// <param name="SharedId">The reporting value that both sides see.</param>
/// <param name="Param">The brand's own reporting value.</param>
/// <param name="Clicks">All answered redirects; the other click counts are parts of it.</param>
/// <param name="UniqueClicks">Those that were their visitor's first on that link for 30 minutes.</param>
/// <param name="BotClicks">Those by crawlers and link previews.</param>
/// <param name="OutsideTermsClicks">Those that are not paid.</param>
/// <param name="Conversions">Conversions that are attributed to clicks and not reversed, by the time of the order.</param>
/// <param name="Revenue">Amounts of the conversions.</param>
/// <param name="Payout">What the conversions pay.</param>
internal sealed record ReportRowView(
    string? Hour,
    string? Day,
    string? Week,
    string? Month,
    string? ProgramId,
    string? CampaignId,
    string? TaskId,
    string? PartnerId,
    string? LinkId,
    string? Country,
    DeviceClass? Device,
    string? SubId1,
    string? SubId2,
    string? SubId3,
    string? SharedId,
    string? Param,
    long Clicks,
    long UniqueClicks,
    long BotClicks,
    long OutsideTermsClicks,
    long Conversions,
    Money Revenue,
    Money Payout)
{
    /// <summary>Shows a group.</summary>
    /// <param name="row">The group.</param>
    /// <param name="time">What its stretch of time is called, by unit; null when it is not grouped by time.</param>
    /// <param name="programId">Its program; null when it is not grouped by that.</param>
    /// <param name="currency">The currency of its money.</param>
    public static ReportRowView Of(ReportRow row, (ReportUnit Unit, string Name)? time, string? programId, string currency)
    {
        var totals = row.Totals;
        return new ReportRowView(
            NameOf(ReportUnit.Hour),
            NameOf(ReportUnit.Day),
            NameOf(ReportUnit.Week),
            NameOf(ReportUnit.Month),
            programId,
            row.CampaignId,
            row.TaskId,
            row.PartnerId,
            row.LinkCode is null ? null : EntityId.Link + row.LinkCode,
            row.Country,
            row.Device,
            row.Values.SubId1,
            row.Values.SubId2,
            row.Values.SubId3,
            row.Values.SharedId,
            row.Values.Param,
            totals.Clicks,
            totals.UniqueClicks,
            totals.BotClicks,
            totals.OutsideTermsClicks,
            totals.Conversions,
            new Money(totals.Revenue, currency),
            new Money(totals.Payout, currency));

        string? NameOf(ReportUnit unit) => time is var (its, name) && its == unit ? name : null;
    }
}
