using OrleansLinks.Tasks;

namespace OrleansLinks.Clicks;

[GrainType("ledger")]
internal sealed class LedgerGrain(ILedgerStore store, TimeProvider clock) : Grain, ILedgerGrain
{
    private readonly Dictionary<string, DateTimeOffset> _watchedUntil = [];

    public async Task Record(ClickBatch batch)
    {
        var recorded = await store.RecordAsync(batch);
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
    private const int MaxShareOfTime = 20;

    private LedgerAudit? _last;
    private TimeSpan _took;

    public async Task<LedgerAudit> Get(TimeSpan maxAge)
    {
        var pause = _took * MaxShareOfTime;
        if (_last is { } last && clock.GetUtcNow() - last.At < (maxAge > pause ? maxAge : pause))
        {
            return last;
        }

        var began = clock.GetTimestamp();
        _last = await store.AuditAsync(Budget);
        _took = clock.GetElapsedTime(began);
        return _last;
    }
}

[GrainType("click")]
internal sealed class ClickGrain(ILedgerStore store) : Grain, IClickGrain
{
    public Task<ClickRecord?> Get() => EntityId.TryParse(this.GetPrimaryKeyString(), EntityId.Click, out var id)
        ? store.FindClickAsync(id)
        : Task.FromResult<ClickRecord?>(null);
}
