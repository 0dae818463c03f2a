using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>
/// The partitions of clicks, a UTC day each by the time in the click's id: made ahead and when a click of another day comes,
/// and dropped when all their clicks are past their retention. Ids whose time cannot be right stay in the default
/// partition, or whoever makes up ids could make a partition for each day of a century.
/// </summary>
internal sealed class PostgresPartitions(PostgresDatabase database, PostgresOptions options, TimeProvider clock, ILogger<PostgresPartitions> log)
{
    /// <summary>Days that partitions are made ahead for; a click that is later has a wrong clock.</summary>
    internal const int DaysAhead = 3;

    /// <summary>Days for which an edge may have been away from the ledger and its clicks still get a partition of their own.</summary>
    internal const int DaysBack = 35;

    private const string Lock = "SELECT pg_advisory_xact_lock($1)";

    // While a lock is waited for, whoever comes waits behind: not for long.
    private const string ShortWait = "SET LOCAL lock_timeout = '100ms'";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const string Exists = "SELECT 1 FROM pg_inherits WHERE inhparent = 'clicks'::regclass AND inhrelid = to_regclass($1)";

    private const string List = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'clicks'::regclass ORDER BY 1";

    private const string FirstDay = "SELECT first_day FROM clicks_retention";

    // Until when a day need not be looked at: for ever when it has its partition.
    private readonly ConcurrentDictionary<int, DateTimeOffset> _known = new();

    /// <summary>The name of a day's partition.</summary>
    public static string NameOf(int day) =>
        "clicks_" + DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + day).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>
    /// Sees to it that clicks of these days find their partition. When the default partition is in use, they go there and
    /// move when it is not.
    /// </summary>
    /// <exception cref="NpgsqlException">The database did not let it; it can be tried again.</exception>
    public async Task PrepareAsync(IEnumerable<int> days)
    {
        foreach (var day in days)
        {
            if (_known.GetValueOrDefault(day) <= clock.GetUtcNow() && IsSane(day))
                await MakeAsync(day);
        }
    }

    /// <summary>
    /// Makes the partitions of days that clicks are imported of, however long ago they were; clicks of days that are further ahead than
    /// <see cref="DaysAhead"/> go to the default partition.
    /// </summary>
    /// <param name="daysUpTo">The days of clicks up to one.</param>
    /// <exception cref="NpgsqlException">The database did not let it; it can be tried again.</exception>
    public async Task PrepareImportAsync(Func<int, IEnumerable<int>> daysUpTo)
    {
        foreach (var day in daysUpTo(LedgerOrder.DayOf(clock.GetUtcNow()) + DaysAhead))
            await MakeAsync(day);
    }

    /// <summary>Makes the partitions of the days to come, and drops those past their retention.</summary>
    /// <exception cref="NpgsqlException">The database did not let it; it can be tried again.</exception>
    public async Task KeepUpAsync()
    {
        var today = LedgerOrder.DayOf(clock.GetUtcNow());
        await PrepareAsync(Enumerable.Range(today, DaysAhead + 1));
        if (options.ClickRetention is { } retention)
            await DropBeforeAsync(LedgerOrder.DayOf(clock.GetUtcNow() - retention));
    }

    /// <summary>The first day that has a partition, since 1970; today's where none has.</summary>
    public async Task<int> FirstDayAsync()
    {
        var names = await database.ReadAsync(List, static row => row.Text());
        return names.Where(IsDay).Select(DayOf).DefaultIfEmpty(LedgerOrder.DayOf(clock.GetUtcNow())).Min();
    }

    private bool IsSane(int day)
    {
        var now = clock.GetUtcNow();
        var oldest = now - TimeSpan.FromDays(DaysBack);
        if (options.ClickRetention is { } retention && now - retention > oldest)
            oldest = now - retention;

        return day >= LedgerOrder.DayOf(oldest) && day <= LedgerOrder.DayOf(now) + DaysAhead;
    }

    /// <summary>
    /// Makes a table beside the others and then attaches it: that does not stop who records or reads. What the default
    /// partition has of the day goes along; while it is looked through, nothing can be added to it.
    /// </summary>
    private async Task MakeAsync(int day)
    {
        var name = NameOf(day);
        try
        {
            if (await database.UseAsync(connection => MakeAsync(connection, name, LedgerOrder.FirstOf(day), LedgerOrder.FirstOf(day + 1))))
                log.PartitionMade(name);

            _known[day] = DateTimeOffset.MaxValue;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            log.PartitionNotMade(name);
            _known[day] = clock.GetUtcNow() + Pause;
        }
    }

    private static async Task<bool> MakeAsync(NpgsqlConnection connection, string name, Guid from, Guid to)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var isThere = await LockAndFindAsync(connection, name);
        if (!isThere)
        {
            await using var make = connection.CreateBatch()
                .Add($"CREATE TABLE {name} (LIKE clicks INCLUDING INDEXES)")
                .Add("LOCK TABLE ONLY clicks IN SHARE UPDATE EXCLUSIVE MODE")
                .Add("LOCK TABLE clicks_default IN ACCESS EXCLUSIVE MODE")
                .Add($"WITH moved AS (DELETE FROM clicks_default WHERE id >= '{from}' AND id < '{to}' RETURNING *) INSERT INTO {name} SELECT * FROM moved")
                .Add($"ALTER TABLE clicks ATTACH PARTITION {name} FOR VALUES FROM ('{from}') TO ('{to}')");
            await make.RunAsync();
        }

        await transaction.CommitAsync();
        return !isThere;
    }

    private async Task DropBeforeAsync(int firstDay)
    {
        var names = await database.ReadAsync(List, static row => row.Text());
        foreach (var name in names.Where(name => IsDay(name) && string.CompareOrdinal(name, NameOf(firstDay)) < 0))
        {
            try
            {
                if (await database.UseAsync(connection => DropAsync(connection, name)))
                {
                    _known.TryRemove(DayOf(name), out _);
                    log.PartitionDropped(name);
                }
                else
                {
                    log.PartitionStays(name, "the audit or the rollups have not read all of it");
                }
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                log.PartitionStays(name, "it is in use");
                return;
            }
        }

        await ForgetAsync();
    }

    /// <returns>Whether it is gone; false when the audit or the rollups have not folded all its clicks.</returns>
    private static async Task<bool> DropAsync(NpgsqlConnection connection, string name)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        if (!await LockAndFindAsync(connection, name))
            return true;

        await using (var @lock = connection.Command($"LOCK TABLE ONLY clicks IN ACCESS EXCLUSIVE MODE; LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
            await @lock.ExecuteNonQueryAsync();

        // The last click of each shard by the index of positions.
        await using var isUnread = connection.Command(
            $"""
            SELECT 1 FROM audit_shards a JOIN report_shards r USING (shard) WHERE EXISTS (
              SELECT 1 FROM {name} c WHERE c.position > least(a.folded_to, r.folded_to) AND c.position < (shard::bigint + 1) << 48)
            """);
        if ((await isUnread.ReadAsync(static _ => true)).Count > 0)
            return false;

        await using var drop = connection.CreateBatch()
            .Add("UPDATE clicks_retention SET first_day = greatest(first_day, $1)", Parameter.Of(DayOf(name) + 1))
            .Add($"DROP TABLE {name}");
        await drop.RunAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Forgets what came for days that are gone, and what the audit knew of them.</summary>
    private async Task ForgetAsync()
    {
        var day = (await database.ReadAsync(FirstDay, static row => row.Int32())).Single();
        await database.RunAsync("DELETE FROM audited_ranges WHERE day < $1", Parameter.Of(day));
        await database.RunAsync(
            """
            DELETE FROM ledger_days d USING audit_shards a JOIN report_shards r USING (shard)
            WHERE d.day < $1 AND d.shard = a.shard AND d.last_position <= least(a.folded_to, r.folded_to)
            """,
            Parameter.Of(day));
        await database.RunAsync(
            """
            DELETE FROM clicks_default c USING audit_shards a JOIN report_shards r USING (shard)
            WHERE c.id < $1 AND c.position <= least(a.folded_to, r.folded_to) AND c.position > shard::bigint << 48
            """,
            Parameter.Of(LedgerOrder.FirstOf(day)));
    }

    private static async Task<bool> LockAndFindAsync(NpgsqlConnection connection, string name)
    {
        // The advisory lock is waited for without the limit: nobody waits behind it but others who look after partitions.
        await using var batch = connection.CreateBatch()
            .Add(Lock, Parameter.Of(PostgresLocks.Partitions))
            .Add(ShortWait)
            .Add(Exists, Parameter.Of(name));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync(); // past the lock's
        return await reader.ReadAsync();
    }

    private static bool IsDay(string name) => name.Length == NameOf(0).Length && name["clicks_".Length..].All(char.IsAsciiDigit);

    private static int DayOf(string name) =>
        DateOnly.ParseExact(name.AsSpan("clicks_".Length), "yyyyMMdd", CultureInfo.InvariantCulture).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
}
