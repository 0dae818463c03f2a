using System.Runtime.InteropServices;
using System.Text;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>How tallies move counters and rollups, many rows in a statement.</summary>
internal static class PostgresTallies
{
    /// <summary>How a row that is there takes up another; the table's alias is t.</summary>
    public const string Added =
        """
        clicks = t.clicks + excluded.clicks,
        unique_clicks = t.unique_clicks + excluded.unique_clicks,
        bot_clicks = t.bot_clicks + excluded.bot_clicks,
        outside_terms_clicks = t.outside_terms_clicks + excluded.outside_terms_clicks,
        conversions = t.conversions + excluded.conversions,
        revenue = t.revenue + excluded.revenue,
        payout = t.payout + excluded.payout
        """;

    private const string MoveCounters =
        $"""
        INSERT INTO counters AS t (scope, {LedgerTally.Columns}, version, changed_at)
        SELECT scope, {LedgerTally.Columns}, 1, $9 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS n (scope, {LedgerTally.Columns})
        ON CONFLICT (scope) DO UPDATE SET {Added}, version = t.version + 1, changed_at = excluded.changed_at
        """;

    private const string MoveTaskCounters = $"{MoveCounters} RETURNING scope, {ClickRows.Totals}";

    private const string MoveTaskHours =
        $"""
        INSERT INTO task_hours AS t (program_id, start, task_id, campaign_id, partner_id, {LedgerTally.Columns})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (program_id, start, task_id) DO UPDATE SET {Added}
        """;

    private const string MoveTaskDays =
        $"""
        INSERT INTO task_days AS t (program_id, start, task_id, campaign_id, partner_id, {LedgerTally.Columns})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (program_id, start, task_id) DO UPDATE SET {Added}
        """;

    private const string MoveLinkHours =
        $"""
        INSERT INTO link_hours AS t (program_id, start, task_id, link_code, {LedgerTally.Columns})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (program_id, start, task_id, link_code) DO UPDATE SET {Added}
        """;

    /// <summary>Adds the statements that move all that a fold concerns; one of them answers the scopes and totals of tasks.</summary>
    public static void AddMoves(NpgsqlBatch batch, ClickFold fold, DateTimeOffset now)
    {
        var (tasks, links, shared) = (new Sums(), new Sums(), new Sums());
        var hours = new Dictionary<RollupKey, Rollup>();
        var days = new Dictionary<RollupKey, Rollup>();
        var linkHours = new Dictionary<(RollupKey Hour, string Code), LedgerTally>();
        foreach (var hour in fold.TaskHours.Where(static hour => hour.Tally != default))
        {
            var key = new RollupKey(hour.Key.Program, hour.Key.Start, hour.Key.Task);
            tasks.Add(LedgerOrder.OfTask(hour.Key.Task), hour.Tally);
            shared.Add(LedgerOrder.OfCampaign(hour.Key.Campaign), hour.Tally);
            shared.Add(LedgerOrder.OfPartnerIn(hour.Key.Campaign, hour.Key.Partner), hour.Tally);
            Add(hours, key, hour);
            Add(days, key with { Start = hour.Key.Day }, hour);
            foreach (var link in hour.Links)
            {
                links.Add(LedgerOrder.OfLink(link.Code), link.Tally);
                CollectionsMarshal.GetValueRefOrAddDefault(linkHours, (key, Encoding.UTF8.GetString(link.Code)), out _) += link.Tally;
            }
        }

        tasks.AddMove(batch, MoveTaskCounters, now);
        links.AddMove(batch, MoveCounters, now);
        AddMove(batch, MoveTaskHours, [.. hours]);
        AddMove(batch, MoveTaskDays, [.. days]);
        if (linkHours.Count > 0)
            AddMove(batch, [.. linkHours]);

        // The only rows that others move too who have other shards. Last, so that they are locked for the commit alone.
        shared.AddMove(batch, MoveCounters, now);
    }

    private static void Add(Dictionary<RollupKey, Rollup> rollups, RollupKey key, TaskHour hour)
    {
        ref var rollup = ref CollectionsMarshal.GetValueRefOrAddDefault(rollups, key, out var isThere);
        rollup = isThere ? rollup with { Tally = rollup.Tally + hour.Tally } : new Rollup(hour.Key.Campaign, hour.Key.Partner, hour.Tally);
    }

    private static void AddMove(NpgsqlBatch batch, string sql, KeyValuePair<RollupKey, Rollup>[] rows) => batch.Add(
        sql,
        [
            .. ParametersOf(Array.ConvertAll(rows, static row => row.Key)),
            Parameter.Of(Array.ConvertAll(rows, static row => row.Value.Campaign)),
            Parameter.Of(Array.ConvertAll(rows, static row => row.Value.Partner)),
            .. ParametersOf(Array.ConvertAll(rows, static row => row.Value.Tally)),
        ]);

    private static void AddMove(NpgsqlBatch batch, KeyValuePair<(RollupKey Hour, string Code), LedgerTally>[] rows) => batch.Add(
        MoveLinkHours,
        [
            .. ParametersOf(Array.ConvertAll(rows, static row => row.Key.Hour)),
            Parameter.Of(Array.ConvertAll(rows, static row => row.Key.Code)),
            .. ParametersOf(Array.ConvertAll(rows, static row => row.Value)),
        ]);

    private static NpgsqlParameter[] ParametersOf(RollupKey[] keys) =>
    [
        Parameter.Of(Array.ConvertAll(keys, static key => key.Program)),
        Parameter.Of(Array.ConvertAll(keys, static key => key.Start)),
        Parameter.Of(Array.ConvertAll(keys, static key => key.Task)),
    ];

    private static NpgsqlParameter[] ParametersOf(LedgerTally[] tallies) =>
    [
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.Clicks)),
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.Unique)),
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.Bot)),
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.OutsideTerms)),
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.Conversions)),
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.Revenue)),
        Parameter.Of(Array.ConvertAll(tallies, static tally => tally.Payout)),
    ];

    /// <summary>What a row of a rollup is found by; its other ids are those that the task had when the row was made.</summary>
    private readonly record struct RollupKey(Guid Program, long Start, Guid Task);

    private readonly record struct Rollup(Guid Campaign, Guid Partner, LedgerTally Tally);

    /// <summary>Tallies by counter, in the order in which everybody moves counters.</summary>
    private sealed class Sums
    {
        private readonly Dictionary<byte[], LedgerTally> _sums = new(Utf8Comparer.Instance);

        public void Add(byte[] scope, in LedgerTally tally) => CollectionsMarshal.GetValueRefOrAddDefault(_sums, scope, out _) += tally;

        public void AddMove(NpgsqlBatch batch, string sql, DateTimeOffset now)
        {
            if (_sums.Count == 0)
                return;

            var sorted = _sums.ToArray();
            Array.Sort(sorted, static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
            batch.Add(
                sql,
                [
                    Parameter.Of(Array.ConvertAll(sorted, static sum => sum.Key)),
                    .. ParametersOf(Array.ConvertAll(sorted, static sum => sum.Value)),
                    Parameter.Of(now.ToUnixTimeMilliseconds()),
                ]);
        }
    }
}
