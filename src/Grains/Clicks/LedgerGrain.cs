using System.IO.Hashing;
using Orleans.Concurrency;
using OrleansLinks.Conversions;
using OrleansLinks.Tasks;

namespace OrleansLinks.Clicks;

[GrainType("ledger"), StatelessWorker(1), Reentrant]
internal sealed class LedgerGrain : Grain, ILedgerGrain
{
    public Task Record(ClickBatch batch) => GrainFactory.Actor<ILedgerShardGrain>(this.GetPrimaryKeyString()).Record(batch);
}

[GrainType("ledger-shard"), LedgerPlacement]
internal sealed class LedgerShardGrain(ILedgerStore store, LedgerMetrics metrics, TimeProvider clock) : Grain, ILedgerShardGrain
{
    private const int Remembered = 16;

    private readonly Dictionary<string, DateTimeOffset> _watchedUntil = [];
    private readonly Queue<UInt128> _done = [];

    public async Task Record(ClickBatch batch)
    {
        // An edge that has waited for too long sends a batch again while the first is being recorded. Were that work once
        // more, who is slow would never be done.
        var hash = XxHash128.HashToUInt128(batch.Data);
        if (_done.Contains(hash))
        {
            return;
        }

        var began = clock.GetTimestamp();
        var recorded = await store.RecordAsync(batch);
        metrics.Recorded(batch.Count, clock.GetElapsedTime(began));
        _done.Enqueue(hash);
        if (_done.Count > Remembered)
        {
            _done.Dequeue();
        }

        foreach (var conversion in recorded.Awaited)
        {
            GrainFactory.Actor<IConversionGrain>(EntityId.From(EntityId.Conversion, conversion)).Match().Ignore();
        }

        if (_watchedUntil.Count == 0)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var (taskId, totals) in recorded.Tasks)
        {
            if (_watchedUntil.TryGetValue(taskId, out var until) && until > now)
            {
                GrainFactory.Actor<ITaskGrain>(taskId).ShowCounters(totals).Ignore();
            }
        }
    }

    public Task Watch(string taskId)
    {
        var now = clock.GetUtcNow();
        if (_watchedUntil.TryAdd(taskId, now + LiveCounters.WatchLease))
        {
            // Those that nobody renews go when another one comes.
            foreach (var ended in _watchedUntil.Where(watch => watch.Value <= now).Select(watch => watch.Key).ToArray())
            {
                _watchedUntil.Remove(ended);
            }
        }
        else
        {
            _watchedUntil[taskId] = now + LiveCounters.WatchLease;
        }

        return Task.CompletedTask;
    }
}

[GrainType("ledger-audit")]
internal sealed class LedgerAuditGrain(ILedgerStore store, TimeProvider clock) : Grain, ILedgerAuditGrain
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(500);
    private const int PauseTimes = 20;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private LedgerAudit? _last;
    private TimeSpan _took;
    private Task _running = Task.CompletedTask;

    public async Task<LedgerAudit?> Get(TimeSpan maxAge)
    {
        var pause = _took * PauseTimes < LongestPause ? _took * PauseTimes : LongestPause;
        if (_last is { } last && clock.GetUtcNow() - last.At < (maxAge > pause ? maxAge : pause))
        {
            return last;
        }

        if (_running.IsCompleted)
        {
            _running = Run();
        }

        var running = _running;
        if (await Task.WhenAny(running, Task.Delay(Patience, clock)) == running)
        {
            await running;
        }

        return _last;
    }

    private async Task Run()
    {
        var began = clock.GetTimestamp();
        _last = await store.AuditAsync(Budget);
        _took = clock.GetElapsedTime(began);
    }
}
