using System.Collections.Immutable;
using System.Text;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>The click ledger in SQLite.</summary>
internal sealed class SqliteLedgerStore(SqliteDatabase database, TimeProvider clock) : ILedgerStore
{
    /// <summary>
    /// How much later than others a click may arrive and still find the visits before it. Edges ship their clicks
    /// within seconds; one that could not for longer may count a visitor as unique once too often.
    /// </summary>
    internal static readonly TimeSpan Lateness = TimeSpan.FromHours(1);

    private const string InsertClick =
        $"INSERT INTO clicks ({ClickRows.Columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";

    private const string FindClick = $"SELECT {ClickRows.Columns} FROM clicks WHERE id = ?";

    private const string FirstClicks = $"SELECT {ClickRows.Columns} FROM clicks WHERE task_id = ? ORDER BY id DESC LIMIT ?";

    private const string NextClicks = $"SELECT {ClickRows.Columns} FROM clicks WHERE task_id = ? AND id < ? ORDER BY id DESC LIMIT ?";

    private const string MoveCounters =
        """
        INSERT INTO counters (scope, clicks, unique_clicks, bot_clicks, outside_terms_clicks, version, changed_at)
        VALUES (?, ?, ?, ?, ?, 1, ?)
        ON CONFLICT (scope) DO UPDATE SET
          clicks = clicks + excluded.clicks,
          unique_clicks = unique_clicks + excluded.unique_clicks,
          bot_clicks = bot_clicks + excluded.bot_clicks,
          outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks,
          version = version + 1,
          changed_at = excluded.changed_at
        """;

    private const string MoveTaskCounters = $"{MoveCounters} RETURNING {ClickRows.Totals}";

    private const string ReadCounters = $"SELECT {ClickRows.Totals} FROM counters WHERE scope = ?";

    private const string Added =
        """
        clicks = clicks + excluded.clicks,
        unique_clicks = unique_clicks + excluded.unique_clicks,
        bot_clicks = bot_clicks + excluded.bot_clicks,
        outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks
        """;

    private const string TaskRollupColumns =
        "program_id, start, task_id, campaign_id, partner_id, clicks, unique_clicks, bot_clicks, outside_terms_clicks";

    private const string LinkRollupColumns =
        "program_id, start, task_id, link_code, clicks, unique_clicks, bot_clicks, outside_terms_clicks";

    private const string MoveTaskHours =
        $"INSERT INTO task_hours ({TaskRollupColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Added}";

    private const string MoveTaskDays =
        $"INSERT INTO task_days ({TaskRollupColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Added}";

    private const string MoveLinkHours =
        $"INSERT INTO link_hours ({LinkRollupColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {Added}";

    private static readonly byte[] TaskPrefix = Encoding.UTF8.GetBytes(EntityId.Task);

    private static readonly long UniqueWindowMilliseconds = (long)ILedgerStore.UniqueWindow.TotalMilliseconds;

    // The writer's thread alone touches it.
    private readonly SqliteVisits _visits = new();

    private readonly SqliteLedgerAudit _audit = new(database, clock);

    public Task<RecordedClicks> RecordAsync(ClickBatch batch)
    {
        try
        {
            // Here and not on the writer's thread, of which there is one.
            ClickBatchCheck.ThrowIfUnreadable(batch);
        }
        catch (FormatException failure)
        {
            return Task.FromException<RecordedClicks>(failure);
        }

        return batch.Count == 0
            ? Task.FromResult(new RecordedClicks(0, []))
            : database.WriteAsync(session => Record(session, batch), batch.Count);
    }

    public Task<ClickRecord?> FindClickAsync(Guid id) =>
        database.ReadAsync(session => session.Prepare(FindClick).Bind(id).First<ClickRecord?>(ClickRows.Read, null));

    public Task<ImmutableArray<ClickRecord>> ListClicksAsync(string taskId, Guid? before, int limit)
    {
        if (!EntityId.TryParse(taskId, EntityId.Task, out var task))
            return Task.FromResult(ImmutableArray<ClickRecord>.Empty);

        return database.ReadAsync(session =>
        {
            var page = before is { } id
                ? session.Prepare(NextClicks).Bind(task).Bind(id)
                : session.Prepare(FirstClicks).Bind(task);
            return page.Bind(limit).All(ClickRows.Read);
        });
    }

    public Task<CounterTotals> ReadCountersAsync(string scope) =>
        database.ReadAsync(session => session.Prepare(ReadCounters).Bind(scope).First(ClickRows.ReadTotals, CounterTotals.Zero));

    public Task<LedgerAudit> AuditAsync(TimeSpan budget) => _audit.RunAsync(budget);

    private RecordedClicks Record(SqliteSession session, ClickBatch batch)
    {
        _visits.Begin(session);
        var insert = session.Prepare(InsertClick);
        var fold = new ClickFold();
        var added = 0;
        var oldest = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var bytes in batch)
        {
            var click = new ClickReader(bytes);
            var at = click.At;
            var hour = fold.Of(new TaskHourKey(click.Task, click.Campaign, click.Partner, click.Program, TaskHourKey.HourOf(at)));
            var link = click.NextText(out var code) ? hour.Of(code) : null;
            var visit = VisitKeys.KeyOf(link?.VisitSeed ?? hour.VisitSeed, click.Visitor);
            var lastAt = _visits.LastAt(session, visit);
            var isUnique = lastAt == long.MinValue || at - lastAt > UniqueWindowMilliseconds;
            if (!Insert(insert, ref click, hour.Key, link, isUnique))
                continue;

            if (at > lastAt)
                _visits.Keep(visit, at);

            var tally = ClickTally.OfOne(isUnique, click.IsBot, click.Class == ClickClass.OutsideTerms);
            hour.Tally += tally;
            if (link is not null)
                link.Tally += tally;

            added++;
            oldest = Math.Min(oldest, at);
        }

        if (added == 0)
            return new RecordedClicks(0, []);

        MoveRollups(session, fold);
        _visits.End(session, added, DateTimeOffset.FromUnixTimeMilliseconds(oldest) - ILedgerStore.UniqueWindow - Lateness);
        return new RecordedClicks(added, Move(session, fold.Counters()));
    }

    private static bool Insert(SqliteStatement insert, ref ClickReader click, in TaskHourKey ids, LinkHour? link, bool isUnique)
    {
        insert.Bind(click.Id);
        if (link is null)
            insert.BindNull();
        else
            insert.BindText(link.Code);

        insert.Bind(ids.Task).Bind(ids.Campaign).Bind(ids.Partner).Bind(ids.Program).Bind(click.At).Bind((int)click.Class);
        BindNextText(insert, ref click); // outside-terms reason
        insert.Bind(click.IsBot ? 1 : 0).Bind(click.Visitor);
        insert.BindText(click.NextText(out var landingPage) ? landingPage : default);
        for (var text = 0; text < 7; text++) // referrer, user agent, the reporting values
            BindNextText(insert, ref click);

        return insert.Bind(isUnique ? 1 : 0).Run() == 1;
    }

    private static void BindNextText(SqliteStatement insert, ref ClickReader click)
    {
        if (click.NextText(out var text))
            insert.BindText(text);
        else
            insert.BindNull();
    }

    private ImmutableArray<TaskTotals> Move(SqliteSession session, Dictionary<byte[], ClickTally> counters)
    {
        var now = clock.GetUtcNow();
        var move = session.Prepare(MoveCounters);
        var moveTask = session.Prepare(MoveTaskCounters);
        var tasks = ImmutableArray.CreateBuilder<TaskTotals>();
        foreach (var (scope, tally) in counters)
        {
            if (scope.AsSpan().StartsWith(TaskPrefix))
                tasks.Add(new(Encoding.UTF8.GetString(scope), moveTask.BindText(scope).Bind(tally).Bind(now).First(ClickRows.ReadTotals, CounterTotals.Zero)));
            else
                move.BindText(scope).Bind(tally).Bind(now).Run();
        }

        return tasks.DrainToImmutable();
    }

    private static void MoveRollups(SqliteSession session, ClickFold fold)
    {
        var taskHours = session.Prepare(MoveTaskHours);
        var taskDays = session.Prepare(MoveTaskDays);
        var linkHours = session.Prepare(MoveLinkHours);
        foreach (var hour in fold.TaskHours)
        {
            if (hour.Tally.Clicks == 0)
                continue;

            Bind(taskHours, hour.Key, hour.Key.Start).Bind(hour.Key.Campaign).Bind(hour.Key.Partner).Bind(hour.Tally).Run();
            Bind(taskDays, hour.Key, hour.Key.Day).Bind(hour.Key.Campaign).Bind(hour.Key.Partner).Bind(hour.Tally).Run();
            foreach (var link in hour.Links)
                Bind(linkHours, hour.Key, hour.Key.Start).BindText(link.Code).Bind(link.Tally).Run();
        }

        static SqliteStatement Bind(SqliteStatement statement, in TaskHourKey key, long start) =>
            statement.Bind(key.Program).Bind(start).Bind(key.Task);
    }
}
