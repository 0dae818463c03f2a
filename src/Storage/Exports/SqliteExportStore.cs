using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Exports;

/// <summary>Exports from SQLite.</summary>
internal sealed class SqliteExportStore(SqliteDatabase database) : IExportStore
{
    private const string FindTasks =
        """
        SELECT d.id FROM directory d WHERE d.list = ?1 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM directory p WHERE p.list = ?2 AND p.id = d.id))
        """;

    private const string FindTasksOfProgram =
        """
        SELECT d.id FROM directory c CROSS JOIN directory d ON d.list = 'tasks:' || c.id
        WHERE c.list = ?1 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM directory p WHERE p.list = ?2 AND p.id = d.id))
        """;

    private const string FindNumbers = "SELECT number FROM click_tasks WHERE task_id = ?";

    private const string FindIds = "SELECT id, rowid FROM clicks WHERE task = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?";

    private const string ReadClick = $"{SqliteLedgerStore.SelectClicks} WHERE c.rowid = ?";

    public Task<ExportPage<ClickRecord>> ReadClicksAsync(ExportScope scope, Guid? after, int limit) => database.ReadAsync(reader => reader.Snapshot(session =>
    {
        var (begin, end) = ExportRows.IdsOf(scope, after);
        var findNumbers = session.Prepare(FindNumbers);
        long[] tasks = [.. TasksOf(session, scope).SelectMany(task => findNumbers.Bind(task).All(static row => row.Int64()))];
        var merge = new ClickMerge(tasks.Length, begin, limit);
        var findIds = session.Prepare(FindIds);
        while (merge.Wanted.Count > 0)
        {
            foreach (var task in merge.Wanted)
                merge.Add(task, findIds.Bind(tasks[task]).Bind(merge.BeginOf(task)).Bind(end).Bind(merge.Count).All(static row => (row.Guid(), row.Int64())));

            merge.GoOn();
        }

        var read = session.Prepare(ReadClick);
        ClickRecord[] clicks = [.. merge.Found.Select(found => read.Bind(found.Place).First(ClickRows.Read, null!))];
        return ExportRows.Page(scope, clicks, clicks.Length == limit);
    }));

    public Task<ExportPage<Conversion>?> ReadConversionsAsync(ExportScope scope, Guid? after, int limit) => database.ReadAsync(reader => reader.Snapshot(session =>
    {
        var (column, holder) = ExportRows.HolderOf(scope);
        var (from, to) = ExportRows.TimesOf(scope);
        (long At, long Number)? place = (from, 0);
        if (after is { } id)
            place = session.Prepare($"SELECT reported_at, number FROM conversions WHERE id = ? AND {column} = ?")
                .Bind(id).Bind(holder).First<(long At, long Number)?>(static row => (row.Int64(), row.Int64()), null);

        if (place is not var (at, number))
            return null;

        (at, number) = at < from ? (from, 0) : (at, number);
        return ExportRows.Page(scope, session.Prepare(ListOf(column)).Bind(holder).Bind(at).Bind(number).Bind(to).Bind(limit).All(ConversionRows.Read), limit);
    }));

    /// <summary>The statement by which a page of what a holder has is read.</summary>
    internal static string ListOf(string column) =>
        $"SELECT {ConversionRows.Columns} FROM conversions WHERE {column} = ? AND (reported_at, number) > (?, ?) AND reported_at < ? ORDER BY reported_at, number LIMIT ?";

    private static ImmutableArray<Guid> TasksOf(SqliteSession session, ExportScope scope)
    {
        if (scope.TaskId is { } task)
            return [EntityId.Parse(task, EntityId.Task)];

        var (ofCampaign, campaigns, ofPartner) = ExportRows.ListsOf(scope);
        var find = campaigns is not null
            ? session.Prepare(FindTasksOfProgram).Bind(campaigns).Bind(ofPartner)
            : session.Prepare(FindTasks).Bind(ofCampaign ?? ofPartner).Bind(ofCampaign is null ? null : ofPartner);
        return find.All(static row => EntityId.Parse(row.Text(), EntityId.Task));
    }
}
