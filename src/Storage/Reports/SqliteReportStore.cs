using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Reports;

/// <summary>The rollups behind reports in SQLite.</summary>
/// <remarks>Reads and folds take a while, and are on threads of their own: callers and the pool have better things to do.</remarks>
internal sealed class SqliteReportStore(SqliteDatabase database) : IReportStore
{
    /// <summary>Rows that are folded at once.</summary>
    internal const int PieceLength = 1 << 16;

    private const string ReadState = "SELECT last_rowid, last_entry FROM report_state";

    private const string SaveState = "UPDATE report_state SET last_rowid = ?, last_entry = ? WHERE last_rowid = ? AND last_entry = ?";

    private const string LastRow = "SELECT (SELECT coalesce(max(rowid), 0) FROM clicks), (SELECT coalesce(max(number), 0) FROM conversion_entries)";

    private const string Values = "sub_id1, sub_id2, sub_id3, shared_id, param";

    private const string ReadClicks =
        $"SELECT link, task, at, is_unique, is_bot, class, country, device, {Values} FROM clicks WHERE rowid > ? AND rowid <= ?";

    // An entry is of the time of its order and the facts of its click.
    private const string ReadEntries =
        $"""
        SELECT e.link, e.task, c.occurred_at, e.conversions, e.revenue, e.payout, c.country, c.device, {Values}
        FROM conversion_entries e CROSS JOIN conversions c ON c.number = e.conversion
        WHERE e.number > ? AND e.number <= ? AND e.task IS NOT NULL
        """;

    private const string FindTask =
        "SELECT p.program_id, t.task_id, t.campaign_id, t.partner_id FROM click_tasks t CROSS JOIN click_programs p ON p.number = t.program WHERE t.number = ?";

    private const string FindLink = "SELECT substr(scope, 5) FROM scopes WHERE number = ?";

    private const string Program = "(SELECT number FROM click_programs WHERE program_id = ?)";

    private const string ListSegments = $"SELECT number, rows FROM report_segments WHERE program = {Program} AND day = ? AND kind = ? ORDER BY rows";

    private const string ReadSegment = "SELECT body FROM report_segments WHERE number = ?";

    private const string InsertSegment = $"INSERT INTO report_segments (program, day, kind, rows, body) VALUES ({Program}, ?, ?, ?, ?)";

    private const string DeleteSegment = "DELETE FROM report_segments WHERE number = ?";

    internal const string ReadSegments =
        $"SELECT day, kind, body FROM report_segments WHERE program = {Program} AND day >= ? AND day <= ? AND kind IN (0, ?, ?)";

    public Task<long> FoldAsync() => RunAsync(() =>
    {
        var (piece, left) = database.Read(static reader => reader.Snapshot(static session =>
        {
            var (from, last) = (ReadPosition(session), session.Prepare(LastRow).First(Position.Read, default));
            var to = new Position(Math.Min(last.Click, from.Click + PieceLength), Math.Min(last.Entry, from.Entry + PieceLength));
            return (from == to ? null : Fold(session, from, to), last.Click - to.Click + last.Entry - to.Entry);
        }));
        if (piece is not null)
            database.WriteAsync(session => Keep(session, piece), piece.Segments.Length).GetAwaiter().GetResult();

        return left;
    });

    public Task<long> CountUnfoldedAsync() => database.ReadAsync(static reader => reader.Snapshot(static session =>
    {
        var (from, last) = (ReadPosition(session), session.Prepare(LastRow).First(Position.Read, default));
        return last.Click - from.Click + last.Entry - from.Entry;
    }));

    public Task<ImmutableArray<ReportRow>?> ReadAsync(ReportQuery query) => RunAsync(() => database.Read(reader => reader.Snapshot(session =>
    {
        var program = EntityId.Parse(query.ProgramId, EntityId.Program);
        var aggregation = new ReportAggregation(query);
        foreach (var ((day, kind), builder) in Read(session, ReadPosition(session), Position.Last, program).Builders)
            aggregation.Add(day.Day, kind, builder);

        var segments = session.Prepare(ReadSegments).Bind(program).Bind(aggregation.FirstDay).Bind(aggregation.LastDay).Bind((int)aggregation.Valued).BindNull();
        var body = Array.Empty<byte>();
        while (!aggregation.IsTooLarge && segments.Step())
        {
            var (day, kind) = (segments.Int32(), (SegmentKind)segments.Int32());
            var bytes = segments.Span();
            if (bytes.Length > body.Length)
                body = new byte[2 * bytes.Length];

            bytes.CopyTo(body);
            aggregation.Add(day, kind, new ReportSegment(body));
        }

        segments.Reset();
        return aggregation.IsTooLarge ? null : (ImmutableArray<ReportRow>?)aggregation.Rows();
    })));

    /// <summary>What is not in the rollups yet, in the snapshot that there is.</summary>
    internal static ReportPiece ReadUnfolded(SqliteSession session) => Read(session, ReadPosition(session), Position.Last, null);

    /// <summary>All segments of a day, in the snapshot that there is.</summary>
    internal static ImmutableArray<(SegmentKind Kind, ReportSegment Segment)> ReadDay(SqliteSession session, ReportDay day) =>
        session.Prepare(ReadSegments).Bind(day.Program).Bind(day.Day).Bind(day.Day).Bind((int)SegmentKind.Valued).Bind((int)SegmentKind.Reduced)
            .All(static row => (Day: row.Int32(), Kind: (SegmentKind)row.Int32(), Segment: new ReportSegment(row.Bytes())))
            .Select(static row => (row.Kind, row.Segment)).ToImmutableArray();

    private static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Position ReadPosition(SqliteSession session) => session.Prepare(ReadState).First(Position.Read, default);

    /// <summary>Makes segments of a piece, with those that they take up.</summary>
    private static FoldedPiece Fold(SqliteSession session, Position from, Position to)
    {
        var segments = ImmutableArray.CreateBuilder<FoldedSegment>();
        foreach (var ((day, kind), builder) in Read(session, from, to, null).Builders)
        {
            var merged = SegmentMerging.Choose(builder.Rows, session.Prepare(ListSegments).Bind(day.Program).Bind(day.Day).Bind((int)kind)
                .All(static row => (row.Int64(), row.Int32())));
            foreach (var number in merged)
                builder.Add(new ReportSegment(session.Prepare(ReadSegment).Bind(number).First(static row => row.Bytes(), [])));

            segments.Add(new FoldedSegment(day, kind, builder.Rows, builder.Write(), [.. merged]));
        }

        return new FoldedPiece(from, to, segments.ToImmutable());
    }

    /// <summary>Keeps what was folded, unless another has in the meantime.</summary>
    private static bool Keep(SqliteSession session, FoldedPiece piece)
    {
        if (session.Prepare(SaveState).Bind(piece.To.Click).Bind(piece.To.Entry).Bind(piece.From.Click).Bind(piece.From.Entry).Run() == 0)
            return false;

        foreach (var segment in piece.Segments)
        {
            foreach (var number in segment.Merged)
                session.Prepare(DeleteSegment).Bind(number).Run();

            session.Prepare(InsertSegment).Bind(segment.Day.Program).Bind(segment.Day.Day).Bind((int)segment.Kind).Bind(segment.Rows).Bind(segment.Body).Run();
        }

        return true;
    }

    /// <summary>Adds rows up, of one program or of all.</summary>
    private static ReportPiece Read(SqliteSession session, Position from, Position to, Guid? program)
    {
        var tasks = new Dictionary<long, (Guid Program, TaskIds Ids)>();
        var links = new Dictionary<long, string>();
        var texts = new TextNumbers();
        var sums = new Dictionary<RowKey, LedgerTally>();
        Sum(ReadClicks, from.Click, to.Click, static row => LedgerTally.OfClick(row.Boolean(), row.Boolean(), row.Int32() == (int)ClickClass.OutsideTerms));
        Sum(ReadEntries, from.Entry, to.Entry, static row => LedgerTally.OfConversion(row.Int64(), row.Int64(), row.Int64()));
        var piece = new ReportPiece();
        foreach (var (key, tally) in sums)
        {
            var (owner, ids) = TaskOf(key.Task);
            piece.Add(
                new ReportFacts(owner, ids, LinkOf(key.Link), key.Start, texts.TextOf(key.Country), key.Device),
                new ReportingValues(texts.TextOf(key.SubId1), texts.TextOf(key.SubId2), texts.TextOf(key.SubId3), texts.TextOf(key.SharedId), texts.TextOf(key.Param)),
                tally);
        }

        return piece;

        void Sum(string sql, long after, long last, Func<SqliteStatement, LedgerTally> read)
        {
            var rows = session.Prepare(sql).Bind(after).Bind(last);
            while (rows.Step())
            {
                var (link, task, at, tally) = (rows.Int64OrNull(), rows.Int64(), rows.Int64(), read(rows));
                if (program is not null && program != TaskOf(task).Program)
                    continue;

                var key = new RowKey(
                    link ?? 0, task, LedgerTime.Floor(at, ReportTuple.SecondsPerSlot * 1000) / 1000, texts.Of(rows.TextOrNull()), rows.Int32(),
                    texts.Of(rows.TextOrNull()), texts.Of(rows.TextOrNull()), texts.Of(rows.TextOrNull()), texts.Of(rows.TextOrNull()), texts.Of(rows.TextOrNull()));
                CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _) += tally;
            }

            rows.Reset();
        }

        (Guid Program, TaskIds Ids) TaskOf(long task)
        {
            ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(tasks, task, out var isKnown);
            if (!isKnown)
                found = session.Prepare(FindTask).Bind(task).First(static row => (row.Guid(), new TaskIds(row.Guid(), row.Guid(), row.Guid())), default);

            return found;
        }

        string? LinkOf(long number)
        {
            if (number == 0)
                return null;

            ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(links, number, out var isKnown);
            return isKnown ? code : code = session.Prepare(FindLink).Bind(number).First(static row => row.Text(), "");
        }
    }

    /// <summary>Up to where rows are folded: a rowid of clicks, and a number of conversions' entries.</summary>
    private readonly record struct Position(long Click, long Entry)
    {
        public static Position Last => new(long.MaxValue, long.MaxValue);

        public static Position Read(SqliteStatement row) => new(row.Int64(), row.Int64());
    }

    /// <summary>What rows are added up by before they are told apart by names: texts by their number in the piece.</summary>
    private readonly record struct RowKey(
        long Link, long Task, long Start, int Country, int Device, int SubId1, int SubId2, int SubId3, int SharedId, int Param)
    {
        public override int GetHashCode() => HashCode.Combine(Link, Task, Start, Country | (Device << 24), SubId1, SubId2, SubId3, SharedId ^ (Param << 16));
    }

    private sealed record FoldedSegment(ReportDay Day, SegmentKind Kind, int Rows, byte[] Body, ImmutableArray<long> Merged);

    private sealed record FoldedPiece(Position From, Position To, ImmutableArray<FoldedSegment> Segments);
}
