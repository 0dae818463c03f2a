using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>The click ledger in PostgreSQL.</summary>
/// <remarks>
/// <para>
/// A batch is one transaction of four round trips: lock the shards of its tasks, take positions and look visits up; copy the
/// clicks, which are two trips; move counters and rollups, add visits, and commit.
/// </para>
/// <para>
/// Exactly once rests on the primary key of clicks: a click that is there makes the copy fail and undoes everything, and
/// the batch is recorded a second time without those that are there. So the usual batch, all of which is new, pays for no
/// look-up, and what is counted is what was inserted, in one transaction.
/// </para>
/// <para>
/// Nothing waits in a circle: the shards' rows are locked first, in their order; what is moved after that belongs to the
/// batch's own tasks, but for the counters of campaigns and partners, which come last and in the order of their keys.
/// </para>
/// </remarks>
internal sealed class PostgresLedgerStore(
    PostgresDatabase database, PostgresPartitions partitions, PostgresVisits visits, PostgresLedgerAudit audit, TimeProvider clock, ILogger<PostgresLedgerStore> log)
    : ILedgerStore
{
    internal const string FindClick = $"SELECT {ClickRows.Columns} FROM clicks WHERE id = $1";

    internal const string ListClicks =
        $"SELECT {ClickRows.Columns} FROM clicks WHERE task_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $4";

    internal const string ReadCounters = $"SELECT {ClickRows.Totals} FROM counters WHERE scope = $1";

    internal const string ReadManyCounters = $"SELECT scope, {ClickRows.Totals} FROM counters WHERE scope = ANY($1)";

    // A list is read by so many days first, and by ever more: a page is most often of the last ones, and to look at the
    // partitions of years for it would cost more than the page.
    private const int FirstDays = 2;
    private const int MoreDays = 4;

    public async Task<RecordedClicks> RecordAsync(ClickBatch batch)
    {
        ClickBatchCheck.ThrowIfUnreadable(batch);
        if (batch.Count == 0)
            return new RecordedClicks(0, [], []);

        try
        {
            return await RecordAsync(batch, lookUp: false);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            log.ClicksComeAgain(batch.Count);
            return await RecordAsync(batch, lookUp: true);
        }
    }

    public async Task<ClickRecord?> FindClickAsync(Guid id) =>
        (await database.ReadClicksAsync(FindClick, ClickRows.Read, Parameter.Of(id))).SingleOrDefault();

    public async Task<ImmutableArray<ClickRecord>> ListClicksAsync(string taskId, Guid? before, int limit)
    {
        if (!EntityId.TryParse(taskId, EntityId.Task, out var task))
            return [];

        var page = ImmutableArray.CreateBuilder<ClickRecord>();
        var end = before ?? Guid.AllBitsSet;
        var newest = Math.Min(LedgerOrder.DayOf(end), LedgerOrder.DayOf(clock.GetUtcNow()));
        for (var days = FirstDays; page.Count < limit && end != Guid.Empty; days *= MoreDays)
        {
            var begin = days > FirstDays * MoreDays * MoreDays || newest < days ? Guid.Empty : LedgerOrder.FirstOf(newest - days + 1);
            page.AddRange(await database.ReadClicksAsync(
                ListClicks, ClickRows.Read, Parameter.Of(task), Parameter.Of(begin), Parameter.Of(end), Parameter.Of(limit - page.Count)));
            end = begin;
        }

        return page.DrainToImmutable();
    }

    public async Task<CounterTotals> ReadCountersAsync(string scope) => LedgerOrder.ScopeOf(scope) is { } key
        ? (await database.ReadAsync(ReadCounters, ClickRows.ReadTotals, Parameter.Of(key))).SingleOrDefault() ?? CounterTotals.Zero
        : CounterTotals.Zero;

    public async Task<ImmutableArray<CounterTotals>> ReadCountersAsync(ImmutableArray<string> scopes)
    {
        var keys = ImmutableArray.CreateRange(scopes, LedgerOrder.ScopeOf);
        var found = (await database.ReadAsync(
                ReadManyCounters,
                static row => (Scope: Convert.ToHexString(row.Bytes()), Totals: ClickRows.ReadTotals(row)),
                Parameter.Of(keys.OfType<byte[]>().ToArray())))
            .ToDictionary(one => one.Scope, one => one.Totals);
        return ImmutableArray.CreateRange(keys, key => key is null ? CounterTotals.Zero : found.GetValueOrDefault(Convert.ToHexString(key), CounterTotals.Zero));
    }

    public Task<LedgerAudit> AuditAsync(TimeSpan budget) => audit.RunAsync(budget);

    private async Task<RecordedClicks> RecordAsync(ClickBatch batch, bool lookUp)
    {
        var recording = new PostgresRecording(batch);
        await partitions.PrepareAsync(recording.Days);
        await visits.PrepareAsync(recording.Hours);
        return await database.UseAsync(async connection =>
        {
            await recording.BeginAsync(connection, visits, lookUp);
            if (recording.Decide() == 0)
                return new RecordedClicks(0, [], []);

            await recording.CopyAsync(connection);
            return await recording.CommitAsync(connection, clock.GetUtcNow());
        });
    }
}
