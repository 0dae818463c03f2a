using Npgsql;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Exports;

/// <summary>Exports from PostgreSQL.</summary>
internal sealed class PostgresExportStore(PostgresDatabase database, PostgresPartitions partitions, TimeProvider clock) : IExportStore
{
    internal const string FindTasks =
        """
        SELECT d.id FROM directory d WHERE d.list = $1 AND ($2 IS NULL OR EXISTS (SELECT 1 FROM directory p WHERE p.list = $2 AND p.id = d.id))
        """;

    internal const string FindTasksOfProgram =
        """
        SELECT d.id FROM directory c JOIN directory d ON d.list = 'tasks:' || c.id
        WHERE c.list = $1 AND ($2 IS NULL OR EXISTS (SELECT 1 FROM directory p WHERE p.list = $2 AND p.id = d.id))
        """;

    // The first and the last id name the partitions when the statement is planned.
    internal const string FindIds =
        """
        SELECT t.task, c.id FROM unnest($1, $2, $3) AS t (task, task_id, first)
        CROSS JOIN LATERAL (
          SELECT id FROM clicks WHERE task_id = t.task_id AND id >= t.first AND id >= $4 AND id < $5 ORDER BY id LIMIT $6) c
        ORDER BY t.task, c.id
        """;

    internal const string ReadClicks = $"SELECT {ClickRows.Columns} FROM clicks WHERE id = ANY($1) AND id >= $2 AND id <= $3 ORDER BY id";

    // A page looks at a day first, and at ever more of those that follow where that has not been enough.
    private const int MoreDays = 4;

    public async Task<ExportPage<ClickRecord>> ReadClicksAsync(ExportScope scope, Guid? after, int limit)
    {
        var (begin, end) = ExportRows.IdsOf(scope, after);
        var tasks = await TasksOfAsync(scope);
        var clicks = new List<ClickRecord>();
        if (tasks.Length == 0)
            return ExportRows.Page(scope, clicks, false);

        var firstDay = begin == Guid.Empty ? await partitions.FirstDayAsync() : 0;
        for (var days = 1; clicks.Count < limit && begin < end; days *= MoreDays)
        {
            var stop = StopOf(begin, end, firstDay, days);
            clicks.AddRange(await ReadAsync(tasks, begin, stop, limit - clicks.Count));
            begin = stop;
        }

        return ExportRows.Page(scope, clicks, clicks.Count == limit);
    }

    public async Task<ExportPage<Conversion>?> ReadConversionsAsync(ExportScope scope, Guid? after, int limit)
    {
        var (column, holder) = ExportRows.HolderOf(scope);
        var (from, to) = ExportRows.TimesOf(scope);
        var (at, number) = (from, 0L);
        if (after is { } id)
        {
            var found = await database.ReadAsync(
                $"SELECT reported_at, number FROM conversions WHERE id = $1 AND {column} = $2", static row => (row.Int64(), row.Int64()), Parameter.Of(id), Parameter.Of(holder));
            if (found is not [var place])
                return null;

            (at, number) = place.Item1 < from ? (from, 0) : place;
        }

        return ExportRows.Page(
            scope,
            await database.ReadAsync(ListOf(column), ConversionRows.Read, Parameter.Of(holder), Parameter.Of(at), Parameter.Of(number), Parameter.Of(to), Parameter.Of((long)limit)),
            limit);
    }

    /// <summary>The statement by which a page of what a holder has is read.</summary>
    internal static string ListOf(string column) =>
        $"SELECT {ConversionRows.Columns} FROM conversions WHERE {column} = $1 AND (reported_at, number) > ($2, $3) AND reported_at < $4 ORDER BY reported_at, number LIMIT $5";

    /// <summary>Where to stop at first: so many days on, but before the first day that has a partition, and behind the last, at once.</summary>
    private Guid StopOf(Guid begin, Guid end, int firstDay, int days)
    {
        var day = LedgerOrder.DayOf(begin);
        var stop = Math.Max(firstDay, day + days);
        return day > LedgerOrder.DayOf(clock.GetUtcNow()) || stop > LedgerOrder.DayOf(clock.GetUtcNow()) + 1 || LedgerOrder.FirstOf(stop) > end
            ? end
            : LedgerOrder.FirstOf(stop);
    }

    private async Task<List<ClickRecord>> ReadAsync(Guid[] tasks, Guid begin, Guid end, int limit)
    {
        var merge = new ClickMerge(tasks.Length, begin, limit);
        while (merge.Wanted.Count > 0)
        {
            var wanted = merge.Wanted;
            var found = await database.ReadClicksAsync(
                FindIds,
                static row => (Task: row.Int32(), Click: (row.Guid(), 0L)),
                Parameter.Of(wanted.ToArray()),
                Parameter.Of(wanted.Select(task => tasks[task]).ToArray()),
                Parameter.Of(wanted.Select(merge.BeginOf).ToArray()),
                Parameter.Of(begin),
                Parameter.Of(end),
                Parameter.Of((long)merge.Count));
            foreach (var ofTask in found.GroupBy(one => one.Task, one => one.Click))
                merge.Add(ofTask.Key, ofTask.ToArray());

            merge.GoOn();
        }

        Guid[] ids = [.. merge.Found.Select(found => found.Id)];
        return ids.Length == 0
            ? []
            : await database.ReadClicksAsync(ReadClicks, ClickRows.Read, Parameter.Of(ids), Parameter.Of(ids[0]), Parameter.Of(ids[^1]));
    }

    private async Task<Guid[]> TasksOfAsync(ExportScope scope)
    {
        if (scope.TaskId is { } task)
            return [EntityId.Parse(task, EntityId.Task)];

        var (ofCampaign, campaigns, ofPartner) = ExportRows.ListsOf(scope);
        NpgsqlParameter[] lists = campaigns is not null
            ? [Parameter.Of(campaigns), Parameter.Of(ofPartner)]
            : [Parameter.Of(ofCampaign ?? ofPartner), Parameter.Of(ofCampaign is null ? null : ofPartner)];
        return [.. await database.ReadAsync(campaigns is not null ? FindTasksOfProgram : FindTasks, static row => EntityId.Parse(row.Text(), EntityId.Task), lists)];
    }
}
