using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Clicks;

/// <summary>
/// When visitors last clicked links, in eight tables that the hours take in turn: an hour that begins empties the table of
/// the one eight hours before, and nothing is ever deleted row by row. A visit is written into the table of its click's
/// hour, whichever hour that table was emptied for: visits that stay too long do no harm, since each says when it was.
/// </summary>
internal sealed class PostgresVisits(PostgresDatabase database, TimeProvider clock, ILogger<PostgresVisits> log)
{
    /// <summary>How many tables there are, and so about for how many hours visits are known. It is part of the schema.</summary>
    internal const int Slots = 8;

    private static readonly string[] Find =
        [.. Enumerable.Range(0, Slots).Select(slot => $"SELECT key, max(last_at) FROM visits_{slot} WHERE key = ANY($1) GROUP BY key")];

    private static readonly string[] Insert =
        [.. Enumerable.Range(0, Slots).Select(slot => $"INSERT INTO visits_{slot} (key, last_at) SELECT * FROM unnest($1, $2)")];

    private static readonly string[] Empty = [.. Enumerable.Range(0, Slots).Select(slot => $"TRUNCATE visits_{slot}")];

    private const string Claim = "UPDATE visit_slots SET hour = $2 WHERE slot = $1 AND hour < $2";

    private readonly ConcurrentDictionary<long, bool> _prepared = new();

    /// <summary>Empties the tables of hours that begin. It does not matter if that fails: they are only larger.</summary>
    public async Task PrepareAsync(IEnumerable<long> hours)
    {
        var now = LedgerOrder.HourOf(clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var hour in hours)
        {
            // Neither a late click nor one with a wrong clock says that an hour has begun.
            if (hour > now - Slots && hour <= now + 1 && !_prepared.ContainsKey(hour))
                await EmptyAsync(hour);
        }
    }

    /// <summary>Adds the look-ups of keys to statements that go to the server together; each answers keys and the last visit.</summary>
    /// <param name="batch">The statements.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="first">The earliest click of these visitors, Unix milliseconds.</param>
    /// <param name="last">The latest click.</param>
    /// <returns>How many were added.</returns>
    public int AddFind(NpgsqlBatch batch, long[] keys, long first, long last)
    {
        // A visit that matters was within the window before; or after, when clicks come late or clocks differ.
        var window = (long)ILedgerStore.UniqueWindow.TotalMilliseconds;
        var from = LedgerOrder.HourOf(first - window);
        var to = Math.Max(LedgerOrder.HourOf(last + window), LedgerOrder.HourOf(clock.GetUtcNow().ToUnixTimeMilliseconds()));
        var count = (int)Math.Min(to - from + 1, Slots);
        for (var i = 0; i < count; i++)
            batch.Add(Find[SlotOf(from + i)], Parameter.Of(keys));

        return count;
    }

    /// <summary>Adds the insertions of visits to statements that go to the server together.</summary>
    public static void AddInsert(NpgsqlBatch batch, IEnumerable<(long Key, long LastAt)> visits)
    {
        foreach (var slot in visits.GroupBy(visit => SlotOf(LedgerOrder.HourOf(visit.LastAt))))
            batch.Add(Insert[slot.Key], Parameter.Of(slot.Select(visit => visit.Key).ToArray()), Parameter.Of(slot.Select(visit => visit.LastAt).ToArray()));
    }

    internal static int SlotOf(long hour) => (int)(((hour % Slots) + Slots) % Slots);

    private async Task EmptyAsync(long hour)
    {
        var slot = SlotOf(hour);
        try
        {
            await database.UseAsync(connection => EmptyAsync(connection, slot, hour));
            foreach (var old in _prepared.Keys.Where(old => old <= hour - Slots))
                _prepared.TryRemove(old, out _);

            _prepared[hour] = true;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            log.VisitsInUse($"visits_{slot}");
        }
    }

    private static async Task<bool> EmptyAsync(NpgsqlConnection connection, int slot, long hour)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var claim = connection.CreateBatch()
            .Add("SET LOCAL lock_timeout = '100ms'")
            .Add(Claim, Parameter.Of((short)slot), Parameter.Of(hour));
        var isFirst = await claim.ExecuteNonQueryAsync() > 0;
        if (isFirst)
        {
            await using var empty = connection.Command(Empty[slot]);
            await empty.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        return isFirst;
    }
}
