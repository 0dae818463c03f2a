using Npgsql;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Conversions;

/// <summary>Conversions in PostgreSQL.</summary>
/// <remarks>
/// A step is one transaction of two round trips: lock the shard of its task, the conversion and what its campaign has paid, and
/// look at them; then write. The shard is locked first, as by who records clicks, and what the campaign has paid before
/// counters are, so that nothing waits in a circle; and since it stays locked until the commit, a cap is exact.
/// </remarks>
internal sealed class PostgresConversionStore(PostgresDatabase database, TimeProvider clock) : IConversionStore
{
    internal const string Find = $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE id = $1";

    internal const string List =
        $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE campaign_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3";

    internal const string ListOfPartner =
        $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE campaign_id = $1 AND partner_id = $4 AND number < $2 ORDER BY number DESC LIMIT $3";

    internal const string ListUnmatched =
        $"SELECT number, {ConversionRows.Columns} FROM conversions WHERE program_id = $1 AND state IN (0, 4) AND number < $2 ORDER BY number DESC LIMIT $3";

    internal const string ListWaiting = "SELECT id, number FROM conversions WHERE state = 0 AND number > $1 ORDER BY number LIMIT $2";

    private const string FindEntries = $"SELECT {ConversionRows.EntryColumns} FROM conversion_entries WHERE conversion = $1 ORDER BY sequence";

    private const string LockShard = "SELECT last_entry FROM ledger_shards WHERE shard = $1 FOR UPDATE";

    private const string LockConversion = "SELECT number, sequence FROM conversions WHERE id = $1 FOR UPDATE";

    private const string MakeSpending = "INSERT INTO campaign_spending VALUES ($1, 0, 0) ON CONFLICT DO NOTHING";

    private const string LockSpending = "SELECT conversions, payout FROM campaign_spending WHERE campaign_id = $1 FOR UPDATE";

    private const string MoveSpending = "UPDATE campaign_spending SET conversions = conversions + $2, payout = payout + $3 WHERE campaign_id = $1";

    private const string MoveShard = "UPDATE ledger_shards SET last_entry = $2 WHERE shard = $1";

    private const string Insert =
        $"""
        INSERT INTO conversions ({ConversionRows.Columns})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
        """;

    private const string Update =
        """
        UPDATE conversions SET sequence = $2, state = $3, reason = $4, class = $5, amount = $6, payout = $7,
          link_code = $8, task_id = $9, campaign_id = $10, partner_id = $11, clicked_at = $12, locks_at = $13, terms_version = $14,
          country = $15, device = $16, sub_id1 = $17, sub_id2 = $18, sub_id3 = $19, shared_id = $20, param = $21, click_id = $22
        WHERE id = $1
        """;

    private const string InsertEntry =
        $"""
        INSERT INTO conversion_entries (conversion, {ConversionRows.EntryColumns}, start, program_id, task_id, campaign_id, partner_id, link_code, shard, position)
        SELECT number, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 FROM conversions WHERE id = $1
        """;

    public Task<ConversionDetails?> FindAsync(Guid id) => database.ReadAsync(async connection =>
    {
        // In one snapshot, so that the entries are those of the conversion as it is read.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using var find = connection.Command(Find, Parameter.Of(id));
        var (number, conversion) = (await find.ReadAsync(static row => (row.Int64(), ConversionRows.Read(row)))).SingleOrDefault();
        if (conversion is null)
            return null;

        await using var entries = connection.Command(FindEntries, Parameter.Of(number));
        return new ConversionDetails(conversion, [.. await entries.ReadAsync(ConversionRows.ReadEntry)]);
    });

    public async Task<WrittenConversion> WriteAsync(ConversionStep step, ConversionStep? beyondCap, PayoutCap? cap)
    {
        try
        {
            return await database.UseAsync(connection => WriteAsync(connection, step, beyondCap, cap));
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Another activation has reported the order meanwhile.
            return new WrittenConversion(null, null);
        }
    }

    public async Task<ConversionPage> ListAsync(string campaignId, string? partnerId, long? before, int limit)
    {
        var parameters = new List<NpgsqlParameter> { Parameter.Of(campaignId, EntityId.Campaign), Parameter.Of(before ?? long.MaxValue), Parameter.Of(limit + 1L) };
        if (partnerId is not null)
            parameters.Add(Parameter.Of(partnerId, EntityId.Partner));

        return await PageAsync(partnerId is null ? List : ListOfPartner, limit, [.. parameters]);
    }

    public Task<ConversionPage> ListUnmatchedAsync(string programId, long? before, int limit) =>
        PageAsync(ListUnmatched, limit, Parameter.Of(programId, EntityId.Program), Parameter.Of(before ?? long.MaxValue), Parameter.Of(limit + 1L));

    public async Task<WaitingPage> ListWaitingAsync(long? after, int limit) => ConversionRows.Waiting(
        await database.ReadAsync(ListWaiting, static row => (row.Guid(), row.Int64()), Parameter.Of(after ?? 0), Parameter.Of(limit + 1L)), limit);

    private async Task<ConversionPage> PageAsync(string sql, int limit, params NpgsqlParameter[] parameters) =>
        ConversionRows.Page(await database.ReadAsync(sql, static row => (row.Int64(), ConversionRows.Read(row)), parameters), limit);

    private async Task<WrittenConversion> WriteAsync(NpgsqlConnection connection, ConversionStep step, ConversionStep? beyondCap, PayoutCap? cap)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var place = await LockAsync(connection, step);
        if (place.Sequence != step.Entry.Sequence - 1)
            return new WrittenConversion(null, null);

        if (beyondCap is not null && cap is not null && !ConversionRows.IsWithin(cap, place.Spent, step))
            step = beyondCap;

        await using var batch = connection.CreateBatch();
        var tally = ConversionRows.TallyOf(step.Entry);
        var fold = tally == default ? null : ConversionRows.FoldOf(step);
        if (place.Sequence == 0)
            batch.Add(Insert, ParametersOf(step.After));
        else
            batch.Add(Update, ChangedParametersOf(step.After));

        batch.Add(InsertEntry, EntryParametersOf(step, tally, place.LastEntry + 1));
        batch.Add(MoveShard, Parameter.Of(ShardOf(step.After)), Parameter.Of(place.LastEntry + 1));
        if (step.After.Attribution is { } attribution)
        {
            var (conversions, payout) = ConversionRows.SpendingOf(step);
            batch.Add(MoveSpending, Parameter.Of(attribution.CampaignId, EntityId.Campaign), Parameter.Of(conversions), Parameter.Of(payout));
        }

        if (fold is not null)
            PostgresTallies.AddMoves(batch, fold, clock.GetUtcNow());

        TaskTotals? totals = null;
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            do
            {
                foreach (var task in await reader.ReadRowsAsync(static row => new TaskTotals(LedgerOrder.TaskOf(row.Bytes()), ClickRows.ReadTotals(row))))
                    totals = task;
            }
            while (await reader.NextResultAsync());
        }

        await transaction.CommitAsync();
        return new WrittenConversion(step, totals);
    }

    private static async Task<Place> LockAsync(NpgsqlConnection connection, ConversionStep step)
    {
        await using var batch = connection.CreateBatch();
        batch.Add(LockShard, Parameter.Of(ShardOf(step.After)));
        if (step.After.Attribution is { } attribution)
        {
            batch.Add(MakeSpending, Parameter.Of(attribution.CampaignId, EntityId.Campaign));
            batch.Add(LockSpending, Parameter.Of(attribution.CampaignId, EntityId.Campaign));
        }

        batch.Add(LockConversion, Parameter.Of(step.After.Id));
        await using var reader = await batch.ExecuteReaderAsync();
        var place = default(Place);
        place.LastEntry = (await reader.ReadRowsAsync(static row => row.Int64())).Single();
        await reader.NextResultAsync();
        if (step.After.Attribution is not null)
        {
            place.Spent = (await reader.ReadRowsAsync(static row => (row.Int64(), row.Int64()))).Single();
            await reader.NextResultAsync();
        }

        place.Sequence = (await reader.ReadRowsAsync(static row => (Number: row.Int64(), Sequence: row.Int32()))).SingleOrDefault().Sequence;
        return place;
    }

    private static short ShardOf(Conversion conversion) => conversion.Attribution is { } attribution
        ? LedgerOrder.ShardOf(EntityId.Parse(attribution.TaskId, EntityId.Task))
        : LedgerOrder.UnattributedShardOf(conversion.Id);

    private static NpgsqlParameter[] ParametersOf(Conversion conversion) =>
    [
        Parameter.Of(conversion.Id),
        Parameter.Of(conversion.Sequence),
        Parameter.Of(conversion.ProgramId, EntityId.Program),
        Parameter.Of(conversion.EventType),
        Parameter.Of(conversion.OrderId),
        Parameter.Of(conversion.ClickId),
        Parameter.Of((int)conversion.State),
        Parameter.Of(conversion.Reason),
        Parameter.Of((int)conversion.Class),
        Parameter.Of(MoneyUnits.Of(conversion.Amount)),
        Parameter.Of(MoneyUnits.Of(conversion.Payout)),
        Parameter.Of(conversion.Currency),
        Parameter.Of(conversion.OccurredAt.ToUnixTimeMilliseconds()),
        Parameter.Of(conversion.ReportedAt.ToUnixTimeMilliseconds()),
        Parameter.Of(conversion.CreationId),
        .. ParametersOf(conversion.Attribution),
    ];

    private static NpgsqlParameter[] ChangedParametersOf(Conversion conversion) =>
    [
        Parameter.Of(conversion.Id),
        Parameter.Of(conversion.Sequence),
        Parameter.Of((int)conversion.State),
        Parameter.Of(conversion.Reason),
        Parameter.Of((int)conversion.Class),
        Parameter.Of(MoneyUnits.Of(conversion.Amount)),
        Parameter.Of(MoneyUnits.Of(conversion.Payout)),
        .. ParametersOf(conversion.Attribution),
        Parameter.Of(conversion.ClickId),
    ];

    private static NpgsqlParameter[] ParametersOf(Attribution? attribution) =>
    [
        Parameter.Of(attribution?.LinkCode),
        IdOf(attribution?.TaskId, EntityId.Task),
        IdOf(attribution?.CampaignId, EntityId.Campaign),
        IdOf(attribution?.PartnerId, EntityId.Partner),
        Parameter.Of(attribution?.ClickedAt.ToUnixTimeMilliseconds()),
        Parameter.Of(attribution?.LocksAt.ToUnixTimeMilliseconds()),
        Parameter.Of(attribution?.TermsVersion),
        Parameter.Of(attribution?.Country),
        Parameter.Of((short)(attribution?.Device ?? DeviceClass.Unknown)),
        Parameter.Of(attribution?.Values.SubId1),
        Parameter.Of(attribution?.Values.SubId2),
        Parameter.Of(attribution?.Values.SubId3),
        Parameter.Of(attribution?.Values.SharedId),
        Parameter.Of(attribution?.Values.Param),
    ];

    private static NpgsqlParameter[] EntryParametersOf(ConversionStep step, LedgerTally tally, long position)
    {
        var (entry, attribution) = (step.Entry, step.After.Attribution);
        return
        [
            Parameter.Of(step.After.Id),
            Parameter.Of(entry.Sequence),
            Parameter.Of((int)entry.Kind),
            Parameter.Of(entry.At.ToUnixTimeMilliseconds()),
            Parameter.Of(entry.Reason),
            Parameter.Of(entry.Conversions),
            Parameter.Of(tally.Revenue),
            Parameter.Of(tally.Payout),
            Parameter.Of(ConversionRows.HourOf(step.After)),
            Parameter.Of(step.After.ProgramId, EntityId.Program),
            IdOf(attribution?.TaskId, EntityId.Task),
            IdOf(attribution?.CampaignId, EntityId.Campaign),
            IdOf(attribution?.PartnerId, EntityId.Partner),
            Parameter.Of(attribution?.LinkCode),
            Parameter.Of(ShardOf(step.After)),
            Parameter.Of(position),
        ];
    }

    private static NpgsqlParameter IdOf(string? id, string prefix) => Parameter.Of(id is null ? null : (Guid?)EntityId.Parse(id, prefix));

    /// <summary>Where a step begins: what it has locked.</summary>
    private record struct Place(int Sequence, long LastEntry, (long Conversions, long Payout) Spent);
}
