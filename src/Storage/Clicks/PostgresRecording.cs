using System.Runtime.InteropServices;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>A batch of clicks on its way into PostgreSQL, from its bytes to the totals that its transaction leaves.</summary>
internal sealed class PostgresRecording
{
    private const string CopyClicks =
        """
        COPY clicks (position, at, id, task_id, campaign_id, partner_id, program_id, visitor, class, is_bot, is_unique, link_code,
          outside_terms_reason, landing_page, referrer, user_agent, sub_id1, sub_id2, sub_id3, shared_id, param,
          country, device, campaign_version, program_version, target)
        FROM STDIN (FORMAT BINARY)
        """;

    private const short CopiedColumns = 26;

    // What a click's row takes beyond its bytes: a length for each column, its position.
    private const int CopiedOverhead = 130;

    // The tables of visits have no statistics (they are emptied all the time), without which a look-up of many keys would be
    // planned as a scan.
    private const string UseIndexes = "SET LOCAL enable_seqscan = off";

    private const string LockShards = "SELECT shard FROM ledger_shards WHERE shard = ANY($1) ORDER BY shard FOR UPDATE";

    private const string TakePositions =
        """
        UPDATE ledger_shards s SET last_position = s.last_position + n.count
        FROM unnest($1, $2) AS n (shard, count) WHERE s.shard = n.shard
        RETURNING s.shard, s.last_position - n.count
        """;

    private const string NoteDays =
        """
        INSERT INTO ledger_days AS d (shard, day, first_position, last_position) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (shard, day) DO UPDATE SET last_position = excluded.last_position
        """;

    internal const string FindKnown = "SELECT id FROM clicks WHERE id = ANY($1) AND id >= $2 AND id <= $3";

    // After the commit: a conversion that looked for its click before it is there by now, and one that looks after it finds it.
    // Of all that wait for a click of about that time, since to look the clicks up would open every day's partition.
    private const string FindAwaited = "SELECT id, click_id FROM conversions WHERE state = 0 AND click_id >= $1 AND click_id <= $2";

    private static readonly long UniqueWindow = (long)ILedgerStore.UniqueWindow.TotalMilliseconds;

    private readonly ClickBatch _batch;
    private readonly ClickFold _fold = new();
    private readonly List<Incoming> _clicks;
    private readonly Dictionary<long, Visit> _visits;
    private readonly int[] _perShard = new int[LedgerOrder.Shards];
    private readonly long[] _position = new long[LedgerOrder.Shards];
    private readonly Dictionary<(short Shard, int Day), (long First, long Last)> _days = [];
    private readonly HashSet<Guid> _known = [];
    private readonly CopyBuffer _rows;
    private int _added;

    /// <summary>Reads the batch, which must be readable.</summary>
    public PostgresRecording(ClickBatch batch)
    {
        _batch = batch;
        _rows = new CopyBuffer(batch.Data.Length + (batch.Count * CopiedOverhead));
        _clicks = new List<Incoming>(batch.Count);
        _visits = new Dictionary<long, Visit>(batch.Count);
        var days = new HashSet<int>();
        var hours = new HashSet<long>();
        var offset = 0;
        foreach (var bytes in batch)
        {
            var click = new ClickReader(bytes);
            var task = _fold.Of(new TaskKey(click.Task, click.Campaign, click.Partner, click.Program));
            var link = click.NextText(out var code) ? task.Of(code) : null;
            var visit = VisitKeys.KeyOf(link?.VisitSeed ?? task.VisitSeed, click.Visitor);
            _clicks.Add(new Incoming(offset, bytes.Length, click.Id, click.At, visit, LedgerOrder.ShardOf(click.Task), task, link));
            _perShard[_clicks[^1].Shard]++;
            _visits.TryAdd(visit, Visit.None);
            days.Add(LedgerOrder.DayOf(click.Id));
            hours.Add(LedgerOrder.HourOf(click.At));
            offset += 4 + bytes.Length;
        }

        (Days, Hours) = (days, hours);
    }

    /// <summary>Days of the clicks' ids.</summary>
    public IReadOnlyCollection<int> Days { get; }

    /// <summary>Hours of the clicks.</summary>
    public IReadOnlyCollection<long> Hours { get; }

    /// <summary>Begins the transaction: locks the shards, then reads what only their holder can rely on.</summary>
    public async Task BeginAsync(NpgsqlConnection connection, PostgresVisits visits, bool lookUp)
    {
        short[] shards = [.. Enumerable.Range(0, LedgerOrder.Shards).Where(shard => _perShard[shard] > 0).Select(shard => (short)shard)];
        await using var batch = connection.CreateBatch()
            .Add(PostgresCommands.Begin)
            .Add(UseIndexes)
            .Add(LockShards, Parameter.Of(shards))
            .Add(TakePositions, Parameter.Of(shards), Parameter.Of(Array.ConvertAll(shards, shard => (long)_perShard[shard])));
        var lookUps = visits.AddFind(batch, [.. _visits.Keys], _clicks.Min(click => click.At), _clicks.Max(click => click.At));
        if (lookUp)
        {
            Guid[] ids = [.. _clicks.Select(click => click.Id)];
            batch.Add(FindKnown, Parameter.Of(ids), Parameter.Of(ids.Min()), Parameter.Of(ids.Max()));
        }

        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync(); // past the locks
        while (await reader.ReadAsync())
            _position[reader.GetInt16(0)] = reader.GetInt64(1);

        for (; lookUps > 0; lookUps--)
        {
            await reader.NextResultAsync();
            while (await reader.ReadAsync())
                CollectionsMarshal.GetValueRefOrNullRef(_visits, reader.GetInt64(0)).SeenBefore(reader.GetInt64(1));
        }

        while (await reader.NextResultAsync())
        {
            while (await reader.ReadAsync())
                _known.Add(reader.GetGuid(0));
        }
    }

    /// <summary>Decides in the order of the batch which clicks are new and which of these unique, and makes rows of them.</summary>
    /// <returns>How many are new.</returns>
    public int Decide()
    {
        foreach (var incoming in _clicks)
        {
            // Once in the batch, too.
            if (!_known.Add(incoming.Id))
                continue;

            ref var visit = ref CollectionsMarshal.GetValueRefOrNullRef(_visits, incoming.Visit);
            var isUnique = visit.LastAt == long.MinValue || incoming.At - visit.LastAt > UniqueWindow;
            visit.SeenNow(incoming.At);
            var click = new ClickReader(_batch.Data.AsSpan(incoming.Offset + 4, incoming.Length));
            var position = ++_position[incoming.Shard];
            Write(ref click, position, isUnique);
            ref var positions = ref CollectionsMarshal.GetValueRefOrAddDefault(_days, (incoming.Shard, LedgerOrder.DayOf(incoming.Id)), out var isThere);
            positions = (isThere ? positions.First : position, position);
            var tally = LedgerTally.OfClick(isUnique, click.IsBot, click.Class == ClickClass.OutsideTerms);
            incoming.Task.Tally += tally;
            if (incoming.Link is { } link)
                link.Tally += tally;

            _added++;
        }

        return _added;
    }

    /// <summary>Inserts the clicks.</summary>
    /// <exception cref="PostgresException">A unique violation: one of them is there already.</exception>
    public async Task CopyAsync(NpgsqlConnection connection)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(CopyClicks);
        await copy.WriteAsync(_rows.Complete());
    }

    /// <summary>Moves counters, keeps visits, and commits.</summary>
    public async Task<RecordedClicks> CommitAsync(NpgsqlConnection connection, DateTimeOffset now)
    {
        await using var batch = connection.CreateBatch();
        PostgresVisits.AddInsert(batch, _visits.Where(visit => visit.Value.IsToBeKept).Select(visit => (visit.Key, visit.Value.LastAt)));
        PostgresTallies.AddMoves(batch, _fold, now);
        var days = _days.ToArray();
        batch.Add(
            NoteDays,
            Parameter.Of(Array.ConvertAll(days, static day => day.Key.Shard)),
            Parameter.Of(Array.ConvertAll(days, static day => day.Key.Day)),
            Parameter.Of(Array.ConvertAll(days, static day => day.Value.First)),
            Parameter.Of(Array.ConvertAll(days, static day => day.Value.Last)));
        batch.Add(PostgresCommands.Commit);
        Guid[] ids = [.. _clicks.Select(click => click.Id)];
        batch.Add(FindAwaited, Parameter.Of(ids.Min()), Parameter.Of(ids.Max()));
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        var tasks = await reader.ReadRowsAsync(static row => new TaskTotals(LedgerOrder.TaskOf(row.Bytes()), ClickRows.ReadTotals(row)));

        // To the end: a statement that fails is only met when its answer is asked for. The last one answers rows again.
        var waiting = new List<(Guid Id, Guid Click)>();
        while (await reader.NextResultAsync())
            waiting = await reader.ReadRowsAsync(static row => (row.Guid(), row.Guid()));

        return new RecordedClicks(_added, [.. tasks], [.. waiting.Where(conversion => _known.Contains(conversion.Click)).Select(conversion => conversion.Id)]);
    }

    private void Write(ref ClickReader click, long position, bool isUnique)
    {
        _rows.Row(CopiedColumns);
        _rows.Int64(position);
        _rows.Int64(click.At);
        _rows.Guid(click.Id);
        _rows.Guid(click.Task);
        _rows.Guid(click.Campaign);
        _rows.Guid(click.Partner);
        _rows.Guid(click.Program);
        _rows.Guid(click.Visitor);
        _rows.Int16((short)click.Class);
        _rows.Boolean(click.IsBot);
        _rows.Boolean(isUnique);
        WriteTextOrNone(ref click); // link code
        WriteTextOrNone(ref click); // outside-terms reason
        _rows.Text(click.NextText(out var landingPage) ? landingPage : default);
        for (var text = 0; text < 7; text++) // referrer, user agent, the reporting values
            WriteTextOrNone(ref click);

        WriteFacts(ref click);
    }

    private void WriteFacts(ref ClickReader click)
    {
        if (click.Country is { IsEmpty: false } country)
            _rows.Text(country);
        else
            _rows.None();

        _rows.Int16((short)click.Device);
        var settings = click.Settings;
        WriteOrNone(settings?.CampaignVersion);
        WriteOrNone(settings?.ProgramVersion);
        if (settings?.Target is { } target)
            _rows.Int16((short)target);
        else
            _rows.None();
    }

    private void WriteOrNone(long? number)
    {
        if (number is { } value)
            _rows.Int64(value);
        else
            _rows.None();
    }

    private void WriteTextOrNone(ref ClickReader click)
    {
        if (click.NextText(out var text))
            _rows.Text(text);
        else
            _rows.None();
    }

    private readonly record struct Incoming(int Offset, int Length, Guid Id, long At, long Visit, short Shard, TaskFold Task, LinkFold? Link);

    /// <summary>When a visitor last clicked a link, Unix milliseconds.</summary>
    private record struct Visit(long LastAt, bool IsToBeKept)
    {
        public static Visit None => new(long.MinValue, false);

        public void SeenBefore(long at) => LastAt = Math.Max(LastAt, at);

        public void SeenNow(long at)
        {
            if (at > LastAt)
                (LastAt, IsToBeKept) = (at, true);
        }
    }
}
