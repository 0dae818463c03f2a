using System.Collections.Immutable;
using Npgsql;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Reports;

/// <summary>The rollups behind reports in PostgreSQL.</summary>
/// <remarks>
/// Rows are folded in the order of their positions, a piece of a shard at a time. A shard's positions are in the order of commits:
/// what has been folded up to one is complete for ever.
/// </remarks>
internal sealed class PostgresReportStore(PostgresDatabase database) : IReportStore
{
    /// <summary>Positions that are folded at once.</summary>
    internal const int PieceLength = 1 << 16;

    private const string ReadShards =
        "SELECT r.shard::integer, r.folded_to, l.last_position, r.entries_folded_to, l.last_entry FROM report_shards r JOIN ledger_shards l USING (shard) ORDER BY shard";

    // Folds come one after the other: their segments are those of all shards.
    private const string Lock = "SELECT pg_advisory_xact_lock($1)";

    private const string MoveShard = "UPDATE report_shards SET folded_to = $2, entries_folded_to = $3 WHERE shard = $1";

    // floor_to: what a click's time is before 1970 rounds down as well.
    internal const string ReadClicks =
        """
        SELECT program_id, task_id, campaign_id, partner_id, link_code, floor_to(at, 900000) / 1000, country, device::integer,
          sub_id1, sub_id2, sub_id3, shared_id, param,
          count(*), count(*) FILTER (WHERE is_unique), count(*) FILTER (WHERE is_bot), count(*) FILTER (WHERE class = 1),
          0::bigint, 0::bigint, 0::bigint
        FROM clicks WHERE position > $1 AND position <= $2 AND ($3::uuid IS NULL OR program_id = $3) AND id >= $4 AND id < $5
        GROUP BY program_id, task_id, campaign_id, partner_id, link_code, floor_to(at, 900000), country, device, sub_id1, sub_id2, sub_id3, shared_id, param
        """;

    // An entry is of the time of its order and the facts of its click.
    internal const string ReadEntries =
        """
        SELECT e.program_id, e.task_id, e.campaign_id, e.partner_id, e.link_code, floor_to(c.occurred_at, 900000) / 1000, c.country, c.device::integer,
          c.sub_id1, c.sub_id2, c.sub_id3, c.shared_id, c.param,
          0::bigint, 0::bigint, 0::bigint, 0::bigint, e.conversions::bigint, e.revenue, e.payout
        FROM conversion_entries e JOIN conversions c ON c.number = e.conversion
        WHERE e.shard = $4 AND e.position > $1 AND e.position <= $2 AND ($3::uuid IS NULL OR e.program_id = $3)
        """;

    private const string ListSegments = "SELECT number, rows FROM report_segments WHERE program_id = $1 AND day = $2 AND kind = $3 ORDER BY rows";

    private const string TakeSegments = "DELETE FROM report_segments WHERE number = ANY($1) RETURNING body";

    private const string InsertSegment = "INSERT INTO report_segments (program_id, day, kind, rows, body) VALUES ($1, $2, $3, $4, $5)";

    internal const string ReadSegments =
        "SELECT day, kind::integer, body FROM report_segments WHERE program_id = $1 AND day >= $2 AND day <= $3 AND kind = ANY($4)";

    public Task<long> FoldAsync() => database.UseAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var @lock = connection.Command(Lock, Parameter.Of(PostgresLocks.Reports)))
            await @lock.ExecuteNonQueryAsync();

        // After the lock was got: what the one before has committed is seen.
        var left = await FoldWithinAsync(connection);
        await transaction.CommitAsync();
        return left;
    });

    /// <summary>Folds the next piece in the transaction that there is, which nobody else folds beside.</summary>
    /// <returns>How many rows are left.</returns>
    internal static async Task<long> FoldWithinAsync(NpgsqlConnection connection)
    {
        var shards = await ReadShardsAsync(connection);
        var shard = shards.MaxBy(static shard => shard.Left);
        if (shard.Left == 0)
            return 0;

        var (to, entriesTo) = (Math.Min(shard.Last, shard.FoldedTo + PieceLength), Math.Min(shard.LastEntry, shard.EntriesFoldedTo + PieceLength));
        var piece = new ReportPiece();
        await AddAsync(connection, piece, shard, to, entriesTo, null);
        foreach (var ((day, kind), builder) in piece.Builders)
            await KeepAsync(connection, day, kind, builder);

        await using var move = connection.Command(MoveShard, Parameter.Of((short)shard.Number), Parameter.Of(to), Parameter.Of(entriesTo));
        await move.ExecuteNonQueryAsync();
        return shards.Sum(static one => one.Left) - (to - shard.FoldedTo) - (entriesTo - shard.EntriesFoldedTo);
    }

    public async Task<long> CountUnfoldedAsync() => (await database.ReadAsync(ReadShardsAsync)).Sum(static shard => shard.Left);

    public Task<ImmutableArray<ReportRow>?> ReadAsync(ReportQuery query) => database.ReadAsync(async connection =>
    {
        var program = EntityId.Parse(query.ProgramId, EntityId.Program);
        var aggregation = new ReportAggregation(query);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        foreach (var ((day, kind), builder) in (await ReadUnfoldedAsync(connection, program)).Builders)
            aggregation.Add(day.Day, kind, builder);

        await using var command = connection.Command(
            ReadSegments, Parameter.Of(program), Parameter.Of(aggregation.FirstDay), Parameter.Of(aggregation.LastDay),
            Parameter.Of(new[] { (short)SegmentKind.Plain, (short)aggregation.Valued }));
        await using var reader = await command.ExecuteReaderAsync();
        while (!aggregation.IsTooLarge && await reader.ReadAsync())
            aggregation.Add(reader.GetInt32(0), (SegmentKind)reader.GetInt32(1), new ReportSegment(reader.GetFieldValue<byte[]>(2)));

        return aggregation.IsTooLarge ? null : (ImmutableArray<ReportRow>?)aggregation.Rows();
    });

    /// <summary>What is not in the rollups yet, of a program or of all, in the snapshot that there is.</summary>
    internal static async Task<ReportPiece> ReadUnfoldedAsync(NpgsqlConnection connection, Guid? program)
    {
        var piece = new ReportPiece();
        foreach (var shard in await ReadShardsAsync(connection))
            await AddAsync(connection, piece, shard, shard.Last, shard.LastEntry, program);

        return piece;
    }

    /// <summary>All segments of a day, in the snapshot that there is.</summary>
    internal static async Task<List<(SegmentKind Kind, ReportSegment Segment)>> ReadDayAsync(NpgsqlConnection connection, ReportDay day)
    {
        await using var command = connection.Command(
            ReadSegments, Parameter.Of(day.Program), Parameter.Of(day.Day), Parameter.Of(day.Day), Parameter.Of(new short[] { 0, 1, 2 }));
        return [.. (await command.ReadAsync(static row => (row.Int32(), (SegmentKind)row.Int32(), new ReportSegment(row.Bytes())))).Select(static row => (row.Item2, row.Item3))];
    }

    /// <summary>Makes a segment of what was added up, with those that it takes up.</summary>
    private static async Task KeepAsync(NpgsqlConnection connection, ReportDay day, SegmentKind kind, SegmentBuilder builder)
    {
        await using var list = connection.Command(ListSegments, Parameter.Of(day.Program), Parameter.Of(day.Day), Parameter.Of((short)kind));
        var merged = SegmentMerging.Choose(builder.Rows, await list.ReadAsync(static row => (row.Int64(), row.Int32())));
        if (merged.Count > 0)
        {
            await using var take = connection.Command(TakeSegments, Parameter.Of(merged.ToArray()));
            foreach (var body in await take.ReadAsync(static row => row.Bytes()))
                builder.Add(new ReportSegment(body));
        }

        await using var insert = connection.Command(
            InsertSegment, Parameter.Of(day.Program), Parameter.Of(day.Day), Parameter.Of((short)kind), Parameter.Of(builder.Rows), Parameter.Of(builder.Write()));
        await insert.ExecuteNonQueryAsync();
    }

    private static async Task AddAsync(NpgsqlConnection connection, ReportPiece piece, Shard shard, long to, long entriesTo, Guid? program)
    {
        if (to > shard.FoldedTo)
        {
            var days = await PostgresDays.BoundsAsync(connection, shard.Number, shard.FoldedTo, to);
            await AddAsync(ReadClicks, shard.FoldedTo, to, Parameter.Of(days.From), Parameter.Of(days.To));
        }

        if (entriesTo > shard.EntriesFoldedTo)
            await AddAsync(ReadEntries, shard.EntriesFoldedTo, entriesTo, Parameter.Of((short)shard.Number));

        async Task AddAsync(string sql, long after, long last, params NpgsqlParameter[] more)
        {
            await using var command = connection.Command(sql, [Parameter.Of(after), Parameter.Of(last), Parameter.OfOrNull(program), .. more]);
            foreach (var (facts, values, tally) in await command.ReadAsync(ReadRow))
                piece.Add(facts, values, tally);
        }
    }

    private static (ReportFacts Facts, ReportingValues Values, LedgerTally Tally) ReadRow(IRow row)
    {
        var program = row.Guid();
        var task = new TaskIds(row.Guid(), row.Guid(), row.Guid());
        return (
            new ReportFacts(program, task, row.TextOrNull(), row.Int64(), row.TextOrNull(), row.Int32()),
            new ReportingValues(row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull()),
            LedgerTally.Read(row));
    }

    private static async Task<List<Shard>> ReadShardsAsync(NpgsqlConnection connection)
    {
        await using var read = connection.Command(ReadShards);
        return await read.ReadAsync(ReadShard);
    }

    private static Shard ReadShard(IRow row) => new(row.Int32(), row.Int64(), row.Int64(), row.Int64(), row.Int64());

    /// <summary>A shard of the ledger, the positions up to which its clicks and its conversions' entries are in the rollups, and their last.</summary>
    private readonly record struct Shard(int Number, long FoldedTo, long Last, long EntriesFoldedTo, long LastEntry)
    {
        /// <summary>How many rows are not folded yet.</summary>
        public long Left => Last - FoldedTo + LastEntry - EntriesFoldedTo;
    }
}
