using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage;

namespace OrleansLinks.Conversions;

/// <summary>Conversions and entries as rows, whichever database they are in.</summary>
internal static class ConversionRows
{
    /// <summary>The columns that <see cref="Read"/> reads, and in whose order a conversion is written.</summary>
    public const string Columns =
        "id, sequence, program_id, event_type, order_id, click_id, state, reason, class, amount, payout, currency, occurred_at, reported_at, creation_id, " +
        "link_code, task_id, campaign_id, partner_id, clicked_at, locks_at, terms_version, country, device, sub_id1, sub_id2, sub_id3, shared_id, param";

    /// <summary>The columns of an entry that <see cref="ReadEntry"/> reads.</summary>
    public const string EntryColumns = "sequence, kind, at, reason, conversions, revenue, payout";

    // C# reads the columns from left to right: the order here is the order of Columns.
    public static Conversion Read(IRow row) => new(
        row.Guid(),
        row.Int32(),
        row.Id(EntityId.Program),
        row.Text(),
        row.Text(),
        row.Guid(),
        (ConversionState)row.Int32(),
        row.TextOrNull(),
        (ClickClass)row.Int32(),
        MoneyUnits.Read(row),
        MoneyUnits.Read(row),
        row.Text(),
        row.Time(),
        row.Time(),
        row.Guid(),
        ReadAttribution(row));

    public static ConversionEntry ReadEntry(IRow row) => new(
        row.Int32(), (ConversionEntryKind)row.Int32(), row.Time(), row.TextOrNull(), row.Int32(), MoneyUnits.Read(row), MoneyUnits.Read(row));

    /// <summary>What a page leaves of rows of which one more was asked for than fits, and where the next one begins.</summary>
    public static ConversionPage Page(IReadOnlyList<(long Number, Conversion Conversion)> rows, int limit) => new(
        [.. rows.Take(limit).Select(row => row.Conversion)], rows.Count > limit ? rows[limit - 1].Number : null);

    /// <inheritdoc cref="Page"/>
    public static WaitingPage Waiting(IReadOnlyList<(Guid Id, long Number)> rows, int limit) => new(
        [.. rows.Take(limit).Select(row => row.Id)], rows.Count > limit ? rows[limit - 1].Number : null);

    /// <summary>What an entry of an attributed conversion adds to counters.</summary>
    public static LedgerTally TallyOf(ConversionEntry entry) =>
        LedgerTally.OfConversion(entry.Conversions, MoneyUnits.Of(entry.Amount), MoneyUnits.Of(entry.Payout));

    /// <summary>A fold with a step's tally at its place; null for one that counts nowhere.</summary>
    public static ClickFold? FoldOf(ConversionStep step)
    {
        if (step.After.Attribution is not { } attribution)
            return null;

        var fold = new ClickFold();
        var task = fold.Of(new TaskKey(
            EntityId.Parse(attribution.TaskId, EntityId.Task),
            EntityId.Parse(attribution.CampaignId, EntityId.Campaign),
            EntityId.Parse(attribution.PartnerId, EntityId.Partner),
            EntityId.Parse(step.After.ProgramId, EntityId.Program)));
        task.Tally = TallyOf(step.Entry);
        if (attribution.LinkCode is { } code)
            task.Of(System.Text.Encoding.UTF8.GetBytes(code)).Tally = task.Tally;

        return fold;
    }

    /// <summary>The hour in which a conversion counts, by the Unix second at which it begins: that in which it happened.</summary>
    public static long HourOf(Conversion conversion) => LedgerTime.HourOf(conversion.OccurredAt.ToUnixTimeMilliseconds());

    /// <summary>By how much a step moves what its campaign has paid: the number of paid conversions, and the money in units.</summary>
    public static (long Conversions, long Payout) SpendingOf(ConversionStep step) =>
        step.After is { Class: ClickClass.InTerms, Attribution: not null } ? (step.Entry.Conversions, MoneyUnits.Of(step.Entry.Payout)) : (0, 0);

    /// <summary>Whether a campaign that has paid so much can go on by a step.</summary>
    public static bool IsWithin(PayoutCap cap, (long Conversions, long Payout) spent, ConversionStep step)
    {
        var (conversions, payout) = SpendingOf(step);
        return (conversions <= 0 || cap.Conversions is not { } most || spent.Conversions + conversions <= most)
            && (payout <= 0 || cap.Payout is not { } money || spent.Payout + payout <= MoneyUnits.Of(money.Amount));
    }

    private static Attribution? ReadAttribution(IRow row)
    {
        // What is not attributed has no more columns to read: whoever reads others too reads them first.
        var code = row.TextOrNull();
        return row.IsNull
            ? null
            : new Attribution(
                code, row.Id(EntityId.Task), row.Id(EntityId.Campaign), row.Id(EntityId.Partner), row.Time(), row.Time(), row.Int64(),
                row.TextOrNull(), (DeviceClass)row.Int32(), row.ReportingValues());
    }
}

/// <summary>Money in the databases: whole ten-thousandths of the currency's unit, as amounts have four decimals at most.</summary>
internal static class MoneyUnits
{
    private const decimal PerUnit = 10_000m;

    public static long Of(decimal amount) => decimal.ToInt64(amount * PerUnit);

    public static decimal ToAmount(long units) => units / PerUnit;

    public static decimal Read(IRow row) => ToAmount(row.Int64());
}
