using System.Runtime.InteropServices;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>How tallies move counters, many rows in a statement.</summary>
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

    /// <summary>Adds the statements that move all that a fold concerns; one of them answers the scopes and totals of tasks.</summary>
    public static void AddMoves(NpgsqlBatch batch, ClickFold fold, DateTimeOffset now)
    {
        var (tasks, links, shared) = (new Sums(), new Sums(), new Sums());
        foreach (var task in fold.Tasks.Where(static task => task.Tally != default))
        {
            tasks.Add(LedgerOrder.OfTask(task.Key.Task), task.Tally);
            shared.Add(LedgerOrder.OfCampaign(task.Key.Campaign), task.Tally);
            shared.Add(LedgerOrder.OfPartnerIn(task.Key.Campaign, task.Key.Partner), task.Tally);
            foreach (var link in task.Links)
                links.Add(LedgerOrder.OfLink(link.Code), link.Tally);
        }

        tasks.AddMove(batch, MoveTaskCounters, now);
        links.AddMove(batch, MoveCounters, now);

        // The only rows that others move too who have other shards. Last, so that they are locked for the commit alone.
        shared.AddMove(batch, MoveCounters, now);
    }

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
