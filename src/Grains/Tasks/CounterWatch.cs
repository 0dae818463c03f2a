using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using OrleansLinks.Clicks;

namespace OrleansLinks.Tasks;

/// <summary>
/// The edges that watch a task's counters. While there are any, the task's ledger is told every
/// <see cref="LiveCounters.WatchRenewal"/> that the task is watched, and the totals are read anew: whatever message was
/// lost, they are right again by then.
/// </summary>
internal sealed class CounterWatch(TaskGrain task, ILedgerStore ledger, IGrainFactory grains, ILogger log)
{
    private readonly ObserverManager<ICounterObserver> _edges = new(LiveCounters.WatchLease, log);
    private readonly string _taskId = task.GetPrimaryKeyString();
    private CounterTotals? _totals;
    private IGrainTimer? _renewal;

    public async Task<CounterTotals> Add(ICounterObserver edge)
    {
        _edges.Subscribe(edge, edge);
        if (_totals is null || _renewal is null)
        {
            // Calls interleave: each reads for itself until totals are known, so that nobody is told what was never read.
            await Refresh();
        }

        _renewal ??= task.RegisterGrainTimer(Renew, new GrainTimerCreationOptions(LiveCounters.WatchRenewal, LiveCounters.WatchRenewal) { Interleave = true, KeepAlive = true });
        return _totals!;
    }

    public void Remove(ICounterObserver edge) => _edges.Unsubscribe(edge);

    public void Show(CounterTotals totals)
    {
        if (_totals is null || totals.Version > _totals.Version)
        {
            _totals = totals;
            _edges.Notify(edge => edge.Take(_taskId, totals)).Ignore();
        }
    }

    private async Task Renew()
    {
        _edges.ClearExpired();
        if (_edges.Count == 0)
        {
            _renewal?.Dispose();
            _renewal = null;
            return;
        }

        try
        {
            await Refresh();
        }
#pragma warning disable CA1031 // The next renewal tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.CountersNotRead(_taskId, exception);
        }
    }

    private async Task Refresh()
    {
        await grains.Actor<ILedgerShardGrain>(LedgerShards.KeyOf(LedgerShards.Of(EntityId.Parse(_taskId, EntityId.Task)))).Watch(_taskId);
        Show(await ledger.ReadCountersAsync(CounterScopes.OfTask(_taskId)));
    }
}

internal static partial class TaskLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The watched counters of {TaskId} cannot be read; it is tried again.")]
    public static partial void CountersNotRead(this ILogger log, string taskId, Exception exception);
}
