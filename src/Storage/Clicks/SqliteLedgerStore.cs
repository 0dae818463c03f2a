using System.Collections.Immutable;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>The click ledger in SQLite.</summary>
internal sealed class SqliteLedgerStore(SqliteDatabase database, SqliteTotals totals, SqliteLedgerAudit audit, TimeProvider clock) : ILedgerStore
{
    /// <summary>
    /// How much later than others a click may arrive and still find the visits before it. Edges ship their clicks
    /// within seconds; one that could not for longer may count a visitor as unique once too often.
    /// </summary>
    internal static readonly TimeSpan Lateness = TimeSpan.FromHours(1);

    private const string InsertClick =
        """
        INSERT INTO clicks (id, link, task, at, class, outside_terms_reason, is_bot, is_unique, visitor, landing_page, referrer,
          user_agent, sub_id1, sub_id2, sub_id3, shared_id, param, country, device, campaign_version, program_version, target)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """;

    // The columns are those of ClickRows.Columns, as its Read wants them; the links' scopes are lnk_ and their codes. CROSS
    // JOIN: the clicks are found first, then what they name.
    internal const string SelectClicks =
        """
        SELECT c.id, substr(s.scope, 5), t.task_id, t.campaign_id, t.partner_id, p.program_id, c.at, c.class, c.outside_terms_reason,
          c.is_bot, c.visitor, c.landing_page, c.referrer, u.user_agent, c.sub_id1, c.sub_id2, c.sub_id3, c.shared_id, c.param,
          c.country, c.device, c.campaign_version, c.program_version, c.target, c.is_unique
        FROM clicks c
        CROSS JOIN click_tasks t ON t.number = c.task
        CROSS JOIN click_programs p ON p.number = t.program
        LEFT JOIN scopes s ON s.number = c.link
        LEFT JOIN user_agents u ON u.number = c.user_agent
        """;

    private const string FindClick = $"{SelectClicks} WHERE c.id = ?";

    private const string FindTasks = "SELECT number FROM click_tasks WHERE task_id = ?";

    private const string FirstClicks = $"{SelectClicks} WHERE c.task = ? ORDER BY c.id DESC LIMIT ?";

    private const string NextClicks = $"{SelectClicks} WHERE c.task = ? AND c.id < ? ORDER BY c.id DESC LIMIT ?";

    // Those of a batch's clicks, by their ids, which are close together in time.
    private const string FindAwaited =
        """
        SELECT c.id FROM conversions c
        WHERE c.state = 0 AND c.click_id >= ? AND c.click_id <= ? AND EXISTS (SELECT 1 FROM clicks k WHERE k.id = c.click_id)
        """;

    private const string ReadCounters = $"SELECT {ClickRows.Totals} FROM counters WHERE scope = (SELECT number FROM scopes WHERE scope = ?)";

    private static readonly long UniqueWindowMilliseconds = (long)ILedgerStore.UniqueWindow.TotalMilliseconds;

    // The writer's thread alone touches it.
    private readonly SqliteVisits _visits = new();

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
            ? Task.FromResult(new RecordedClicks(0, [], []))
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
            // A task has one number but for the oddest of cases; each number's clicks come in their order.
            var pages = session.Prepare(FindTasks).Bind(task).All(static row => row.Int64()).Select(number => (before is { } id
                ? session.Prepare(NextClicks).Bind(number).Bind(id)
                : session.Prepare(FirstClicks).Bind(number)).Bind(limit).All(ClickRows.Read)).ToArray();
            return pages is [var only] ? only : [.. pages.SelectMany(page => page).OrderByDescending(record => record.Click.Id).Take(limit)];
        });
    }

    public Task<CounterTotals> ReadCountersAsync(string scope) =>
        database.ReadAsync(session => ReadTotals(session, scope));

    public Task<ImmutableArray<CounterTotals>> ReadCountersAsync(ImmutableArray<string> scopes) =>
        database.ReadAsync(session => ImmutableArray.CreateRange(scopes, scope => ReadTotals(session, scope)));

    public Task<LedgerAudit> AuditAsync(TimeSpan budget) => audit.RunAsync(budget);

    private static CounterTotals ReadTotals(SqliteSession session, string scope) =>
        session.Prepare(ReadCounters).Bind(scope).First(ClickRows.ReadTotals, CounterTotals.Zero);

    private RecordedClicks Record(SqliteSession session, ClickBatch batch)
    {
        _visits.Begin(session);
        var numbers = totals.Begin(session);
        var insert = session.Prepare(InsertClick);
        var fold = new ClickFold();
        var added = 0;
        var (first, last) = (Guid.AllBitsSet, Guid.Empty);
        var oldest = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var bytes in batch)
        {
            var click = new ClickReader(bytes);
            var at = click.At;
            var task = fold.Of(new TaskKey(click.Task, click.Campaign, click.Partner, click.Program));
            var link = click.NextText(out var code) ? task.Of(code) : null;
            var visit = VisitKeys.KeyOf(link?.VisitSeed ?? task.VisitSeed, click.Visitor);
            var lastAt = _visits.LastAt(session, visit);
            var isUnique = lastAt == long.MinValue || at - lastAt > UniqueWindowMilliseconds;
            if (!Insert(session, numbers, insert, ref click, task, link, isUnique))
                continue;

            if (at > lastAt)
                _visits.Keep(visit, at);

            var tally = LedgerTally.OfClick(isUnique, click.IsBot, click.Class == ClickClass.OutsideTerms);
            task.Tally += tally;
            if (link is not null)
                link.Tally += tally;

            added++;
            var id = click.Id;
            first = id < first ? id : first;
            last = id > last ? id : last;
            oldest = Math.Min(oldest, at);
        }

        if (added == 0)
            return new RecordedClicks(0, [], []);

        _visits.End(session, added, DateTimeOffset.FromUnixTimeMilliseconds(oldest) - ILedgerStore.UniqueWindow - Lateness);
        var awaited = session.Prepare(FindAwaited).Bind(first).Bind(last).All(static row => row.Guid());
        return new RecordedClicks(added, totals.Move(session, fold), awaited);
    }

    private static bool Insert(SqliteSession session, SqliteNumbers numbers, SqliteStatement insert, ref ClickReader click, TaskFold task, LinkFold? link, bool isUnique)
    {
        numbers.Number(session, task, link);
        insert.Bind(click.Id).BindOrNull(link?.Number).Bind(task.Number.Task).Bind(click.At).Bind((int)click.Class);
        BindNextText(insert, ref click); // outside-terms reason
        insert.Bind(click.IsBot ? 1 : 0).Bind(isUnique ? 1 : 0).Bind(click.Visitor);
        insert.BindText(click.NextText(out var landingPage) ? landingPage : default);
        BindNextText(insert, ref click); // referrer
        insert.BindOrNull(click.NextText(out var userAgent) ? numbers.OfUserAgent(session, userAgent) : null);
        for (var text = 0; text < 5; text++) // the reporting values
            BindNextText(insert, ref click);

        var country = click.Country;
        var settings = click.Settings;
        (country.IsEmpty ? insert.BindNull() : insert.BindText(country))
            .Bind((int)click.Device)
            .BindOrNull(settings?.CampaignVersion).BindOrNull(settings?.ProgramVersion).BindOrNull((long?)settings?.Target);
        return insert.Run() == 1;
    }

    private static void BindNextText(SqliteStatement insert, ref ClickReader click)
    {
        if (click.NextText(out var text))
            insert.BindText(text);
        else
            insert.BindNull();
    }
}
