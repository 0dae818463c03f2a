using OrleansLinks.Clicks;
using OrleansLinks.Links;

namespace OrleansLinks.Conversions;

/// <summary>A conversion as a side sees it.</summary>
/// <param name="Id">The conversion's id (<c>cnv_…</c>).</param>
/// <param name="State">waitingForClick, pending, approved, reversed or unmatched.</param>
/// <param name="Reason">Code of the reason why it is unmatched or outside terms.</param>
/// <param name="Class">inTerms, or outsideTerms: counted, but not paid. Not there until it is attributed.</param>
/// <param name="OrderId">The brand's id of the order.</param>
/// <param name="EventType">What happened.</param>
/// <param name="ClickId">The click that it was reported with.</param>
/// <param name="Amount">The order's amount.</param>
/// <param name="Payout">What it pays.</param>
/// <param name="OccurredAt">When it happened; reports count it in that hour.</param>
/// <param name="ReportedAt">When it was reported.</param>
/// <param name="ClickedAt">When the link was clicked.</param>
/// <param name="LocksAt">From when on it is approved and no longer changes.</param>
/// <param name="LinkId">The click's link; not there for a regular link that was put together by hand.</param>
/// <param name="TaskId">The click's task.</param>
/// <param name="CampaignId">The task's campaign.</param>
/// <param name="PartnerId">The task's partner.</param>
/// <param name="ProgramId">The program that reported it.</param>
/// <param name="Country">Country of the click, ISO 3166-1 alpha-2; not there where it is not known.</param>
/// <param name="Device">What the click was made with: desktop, phone, tablet, other, or unknown. Not there until it is attributed.</param>
/// <param name="SubId1">The click's reporting value that is the partner's own.</param>
/// <param name="SubId2">The click's reporting value that is the partner's own.</param>
/// <param name="SubId3">The click's reporting value that is the partner's own.</param>
/// <param name="SharedId">The click's reporting value that both sides see.</param>
/// <param name="Param">The click's reporting value that is the brand's own.</param>
/// <param name="Version">Grows by one with every change.</param>
/// <param name="Entries">What changed it, the first first; in lists left out.</param>
internal sealed record ConversionView(
    string Id,
    ConversionState State,
    string? Reason,
    ClickClass? Class,
    string OrderId,
    string EventType,
    string ClickId,
    Money Amount,
    Money Payout,
    DateTimeOffset OccurredAt,
    DateTimeOffset ReportedAt,
    DateTimeOffset? ClickedAt,
    DateTimeOffset? LocksAt,
    string? LinkId,
    string? TaskId,
    string? CampaignId,
    string? PartnerId,
    string ProgramId,
    string? Country,
    DeviceClass? Device,
    string? SubId1,
    string? SubId2,
    string? SubId3,
    string? SharedId,
    string? Param,
    int Version,
    IReadOnlyList<ConversionEntryView>? Entries)
{
    public static ConversionView Of(ConversionDetails details, Side side, DateTimeOffset now) =>
        Of(details.Conversion, side, now) with { Entries = [.. details.Entries.Select(entry => ConversionEntryView.Of(entry, details.Conversion.Currency))] };

    public static ConversionView Of(Conversion conversion, Side side, DateTimeOffset now)
    {
        var attribution = conversion.Attribution;
        var values = ReportingValueRules.VisibleTo(side, attribution?.Values ?? ReportingValues.None);
        return new ConversionView(
            EntityId.From(EntityId.Conversion, conversion.Id),
            conversion.StateAt(now),
            conversion.Reason,
            attribution is null ? null : conversion.Class,
            conversion.OrderId,
            conversion.EventType,
            EntityId.From(EntityId.Click, conversion.ClickId),
            new Money(conversion.Amount, conversion.Currency),
            new Money(conversion.Payout, conversion.Currency),
            conversion.OccurredAt,
            conversion.ReportedAt,
            attribution?.ClickedAt,
            attribution?.LocksAt,
            attribution?.LinkCode is { } code ? EntityId.Link + code : null,
            attribution?.TaskId,
            attribution?.CampaignId,
            attribution?.PartnerId,
            conversion.ProgramId,
            attribution?.Country,
            attribution?.Device,
            values.SubId1,
            values.SubId2,
            values.SubId3,
            values.SharedId,
            values.Param,
            conversion.Sequence,
            null);
    }
}

/// <summary>A change of a conversion; the numbers of all entries add up to what is counted of it.</summary>
/// <param name="Kind">reported, attributed, adjusted, reversed or givenUp.</param>
/// <param name="At">When it was.</param>
/// <param name="Reason">The brand's words.</param>
/// <param name="Conversions">By how many it moved the number of conversions.</param>
/// <param name="Amount">By how much it moved the amount.</param>
/// <param name="Payout">By how much it moved the payout.</param>
internal sealed record ConversionEntryView(ConversionEntryKind Kind, DateTimeOffset At, string? Reason, int Conversions, Money Amount, Money Payout)
{
    public static ConversionEntryView Of(ConversionEntry entry, string currency) => new(
        entry.Kind, entry.At, entry.Reason, entry.Conversions, new Money(entry.Amount, currency), new Money(entry.Payout, currency));
}
