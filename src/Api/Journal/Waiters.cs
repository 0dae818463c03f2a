namespace OrleansLinks.Journal;

/// <summary>
/// Those who wait for the same. They go on in a few lanes, one behind the other in each, rather than as a work item of the
/// pool each: to wake a thread and to queue for it costs a visitor more than what is left to do for him. Continuations are
/// the journal's callers' code, and so run on the pool, never on the thread that releases them.
/// </summary>
/// <remarks>Filled under the journal's lock; released once, by whoever has taken it from its batch.</remarks>
internal sealed class Waiters
{
    private static readonly int Lanes = Math.Min(Environment.ProcessorCount, 8);

    private readonly TaskCompletionSource?[] _lanes = new TaskCompletionSource?[Lanes];
    private int _count;

    /// <summary>What one more waits for.</summary>
    public Task Add()
    {
        ref var lane = ref _lanes[_count++ % Lanes];
        return (lane ??= new()).Task;
    }

    /// <summary>Lets them go on.</summary>
    public void Release()
    {
        foreach (var lane in _lanes)
        {
            if (lane is not null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static lane => lane.SetResult(), lane, preferLocal: false);
            }
        }
    }
}
