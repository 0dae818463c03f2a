namespace OrleansLinks.Clicks;

/// <summary>
/// How counters get to those who watch them: an edge watches a task, the task's actor says to its ledger that it is
/// watched, and the ledger tells it new totals. Each holds for a while and is renewed, so that nothing needs to be undone
/// when a process is gone; and what is renewed is told the totals of now, so that a lost message is mended by the next.
/// </summary>
public static class LiveCounters
{
    /// <summary>How long a watch holds that is not renewed.</summary>
    public static readonly TimeSpan WatchLease = TimeSpan.FromSeconds(10);

    /// <summary>How often a watch is renewed.</summary>
    public static readonly TimeSpan WatchRenewal = TimeSpan.FromSeconds(2);
}

/// <summary>An edge that watches counters.</summary>
[Alias("ICounterObserver")]
public interface ICounterObserver : IGrainObserver
{
    /// <summary>Takes a task's new totals; those of an older version than one that was taken before mean nothing.</summary>
    [Alias("Take"), Orleans.Concurrency.OneWay]
    Task Take(string taskId, CounterTotals totals);
}
