using OrleansLinks.Conversions;
using OrleansLinks.Links;
using OrleansLinks.Storage;

namespace OrleansLinks.Clicks;

/// <summary>Clicks and totals as rows, whichever database they are in.</summary>
internal static class ClickRows
{
    /// <summary>The columns that <see cref="Read"/> reads.</summary>
    public const string Columns =
        "id, link_code, task_id, campaign_id, partner_id, program_id, at, class, outside_terms_reason, is_bot, visitor, " +
        "landing_page, referrer, user_agent, sub_id1, sub_id2, sub_id3, shared_id, param, country, device, campaign_version, program_version, target, is_unique";

    /// <summary>The columns that <see cref="ReadTotals"/> reads.</summary>
    public const string Totals = $"{LedgerTally.Columns}, version, changed_at";

    // C# reads the columns from left to right: the order here is the order of Columns.
    public static ClickRecord Read(IRow row) => new(
        new Click(
            row.Guid(),
            row.TextOrNull(),
            row.Id(EntityId.Task),
            row.Id(EntityId.Campaign),
            row.Id(EntityId.Partner),
            row.Id(EntityId.Program),
            row.Time(),
            (ClickClass)row.Int32(),
            row.TextOrNull(),
            row.Boolean(),
            row.Guid(),
            row.Text(),
            row.TextOrNull(),
            row.TextOrNull(),
            row.ReportingValues(),
            row.TextOrNull(),
            (DeviceClass)row.Int32(),
            ReadSettings(row)),
        row.Boolean());

    public static CounterTotals ReadTotals(IRow row)
    {
        var tally = LedgerTally.Read(row);
        return new CounterTotals(
            tally.Clicks, tally.Unique, tally.Bot, tally.OutsideTerms, row.Int64(), row.Time(),
            tally.Conversions, MoneyUnits.ToAmount(tally.Revenue), MoneyUnits.ToAmount(tally.Payout));
    }

    private static ClickSettings? ReadSettings(IRow row)
    {
        var (campaign, program, target) = (row.Int64OrNull(), row.Int64OrNull(), row.Int32OrNull());
        return campaign is { } version ? new ClickSettings(version, program ?? 0, (LinkTarget?)target) : null;
    }
}
