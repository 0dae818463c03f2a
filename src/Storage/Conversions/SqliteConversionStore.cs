using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Conversions;

/// <summary>Conversions in SQLite, whose one writer makes every step look at what all before it have left.</summary>
internal sealed class SqliteConversionStore(SqliteDatabase database, SqliteTotals totals) : IConversionStore
{
    private const string Find = $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE id = ?";

    private const string FindEntries = $"SELECT {ConversionRows.EntryColumns} FROM conversion_entries WHERE conversion = ? ORDER BY sequence";

    private const string FindPlace = "SELECT number, sequence FROM conversions WHERE id = ?";

    private const string Insert =
        $"""
        INSERT INTO conversions ({ConversionRows.Columns})
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number
        """;

    private const string Update =
        """
        UPDATE conversions SET sequence = ?, click_id = ?, state = ?, reason = ?, class = ?, amount = ?, payout = ?,
          link_code = ?, task_id = ?, campaign_id = ?, partner_id = ?, clicked_at = ?, locks_at = ?, terms_version = ?,
          country = ?, device = ?, sub_id1 = ?, sub_id2 = ?, sub_id3 = ?, shared_id = ?, param = ?
        WHERE number = ?
        """;

    private const string InsertEntry =
        $"""
        INSERT INTO conversion_entries (conversion, {ConversionRows.EntryColumns}, link, task, start)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string ReadSpending = "SELECT conversions, payout FROM campaign_spending WHERE campaign_id = ?";

    private const string MoveSpending =
        """
        INSERT INTO campaign_spending VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET conversions = conversions + excluded.conversions, payout = payout + excluded.payout
        """;

    private const string List =
        $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE campaign_id = ? AND number < ? ORDER BY number DESC LIMIT ?";

    private const string ListOfPartner =
        $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE campaign_id = ? AND partner_id = ? AND number < ? ORDER BY number DESC LIMIT ?";

    private const string ListUnmatched =
        $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE program_id = ? AND state IN (0, 4) AND number < ? ORDER BY number DESC LIMIT ?";

    private const string ListWaiting = "SELECT id, number FROM conversions WHERE state = 0 AND number > ? ORDER BY number LIMIT ?";

    public Task<ConversionDetails?> FindAsync(Guid id) => database.ReadAsync(reader => reader.Snapshot(session =>
    {
        var (number, conversion) = session.Prepare(Find).Bind(id).First(static row => (row.Int64(), ConversionRows.Read(row)), default);
        return conversion is null
            ? null
            : new ConversionDetails(conversion, session.Prepare(FindEntries).Bind(number).All(ConversionRows.ReadEntry));
    }));

    public Task<WrittenConversion> WriteAsync(ConversionStep step, ConversionStep? beyondCap, PayoutCap? cap) =>
        database.WriteAsync(session => Write(session, step, beyondCap, cap));

    public Task<ConversionPage> ListAsync(string campaignId, string? partnerId, long? before, int limit) => database.ReadAsync(session =>
    {
        var campaign = EntityId.Parse(campaignId, EntityId.Campaign);
        var list = partnerId is null
            ? session.Prepare(List).Bind(campaign)
            : session.Prepare(ListOfPartner).Bind(campaign).Bind(EntityId.Parse(partnerId, EntityId.Partner));
        return Page(list, before, limit);
    });

    public Task<ConversionPage> ListUnmatchedAsync(string programId, long? before, int limit) => database.ReadAsync(
        session => Page(session.Prepare(ListUnmatched).Bind(EntityId.Parse(programId, EntityId.Program)), before, limit));

    public Task<WaitingPage> ListWaitingAsync(long? after, int limit) => database.ReadAsync(session => ConversionRows.Waiting(
        session.Prepare(ListWaiting).Bind(after ?? 0).Bind(limit + 1L).All(static row => (row.Guid(), row.Int64())), limit));

    private WrittenConversion Write(SqliteSession session, ConversionStep step, ConversionStep? beyondCap, PayoutCap? cap)
    {
        var numbers = totals.Begin(session);
        var (number, sequence) = session.Prepare(FindPlace).Bind(step.After.Id).First(static row => (row.Int64(), row.Int32()), default);
        if (sequence != step.Entry.Sequence - 1)
            return new WrittenConversion(null, null);

        if (beyondCap is not null && cap is not null)
        {
            var spent = session.Prepare(ReadSpending).Bind(EntityId.Parse(step.After.Attribution!.CampaignId, EntityId.Campaign))
                .First(static row => (row.Int64(), row.Int64()), default);
            if (!ConversionRows.IsWithin(cap, spent, step))
                step = beyondCap;
        }

        if (number == 0)
            number = Bind(session.Prepare(Insert), step.After).First(static row => row.Int64(), 0);
        else
            BindChanged(session.Prepare(Update), step.After).Bind(number).Run();

        var fold = ConversionRows.FoldOf(step);
        var task = fold?.Tasks.Single();
        var link = task?.Links.SingleOrDefault();
        if (task is not null)
            numbers.Number(session, task, link);

        var (entry, tally) = (step.Entry, ConversionRows.TallyOf(step.Entry));
        session.Prepare(InsertEntry)
            .Bind(number).Bind(entry.Sequence).Bind((int)entry.Kind).Bind(entry.At).Bind(entry.Reason)
            .Bind(tally.Conversions).Bind(tally.Revenue).Bind(tally.Payout)
            .BindOrNull(link?.Number).BindOrNull(task?.Number.Task).Bind(ConversionRows.HourOf(step.After)).Run();
        if (fold is null || tally == default)
            return new WrittenConversion(step, null);

        var (conversions, payout) = ConversionRows.SpendingOf(step);
        if (conversions != 0 || payout != 0)
            session.Prepare(MoveSpending).Bind(EntityId.Parse(step.After.Attribution!.CampaignId, EntityId.Campaign)).Bind(conversions).Bind(payout).Run();

        return new WrittenConversion(step, totals.Move(session, fold).Single());
    }

    private static ConversionPage Page(SqliteStatement list, long? before, int limit) => ConversionRows.Page(
        list.Bind(before ?? long.MaxValue).Bind(limit + 1L).All(static row => (row.Int64(), ConversionRows.Read(row))), limit);

    private static SqliteStatement Bind(SqliteStatement insert, Conversion conversion) => BindAttribution(
        insert
            .Bind(conversion.Id).Bind(conversion.Sequence).Bind(EntityId.Parse(conversion.ProgramId, EntityId.Program))
            .Bind(conversion.EventType).Bind(conversion.OrderId).Bind(conversion.ClickId)
            .Bind((int)conversion.State).Bind(conversion.Reason).Bind((int)conversion.Class)
            .Bind(MoneyUnits.Of(conversion.Amount)).Bind(MoneyUnits.Of(conversion.Payout)).Bind(conversion.Currency)
            .Bind(conversion.OccurredAt).Bind(conversion.ReportedAt).Bind(conversion.CreationId),
        conversion.Attribution);

    private static SqliteStatement BindChanged(SqliteStatement update, Conversion conversion) => BindAttribution(
        update
            .Bind(conversion.Sequence).Bind(conversion.ClickId).Bind((int)conversion.State).Bind(conversion.Reason).Bind((int)conversion.Class)
            .Bind(MoneyUnits.Of(conversion.Amount)).Bind(MoneyUnits.Of(conversion.Payout)),
        conversion.Attribution);

    private static SqliteStatement BindAttribution(SqliteStatement statement, Attribution? attribution) => statement
        .Bind(attribution?.LinkCode)
        .BindId(attribution?.TaskId, EntityId.Task)
        .BindId(attribution?.CampaignId, EntityId.Campaign)
        .BindId(attribution?.PartnerId, EntityId.Partner)
        .BindOrNull(attribution?.ClickedAt.ToUnixTimeMilliseconds())
        .BindOrNull(attribution?.LocksAt.ToUnixTimeMilliseconds())
        .BindOrNull(attribution?.TermsVersion)
        .Bind(attribution?.Country)
        .Bind((int)(attribution?.Device ?? DeviceClass.Unknown))
        .Bind(attribution?.Values ?? ReportingValues.None);
}
