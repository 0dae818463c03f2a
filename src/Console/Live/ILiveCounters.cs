using OrleansLinks.Clicks;

namespace OrleansLinks.WebConsole.Live;

/// <summary>Counters that move.</summary>
public interface ILiveCounters
{
    /// <summary>A task's totals: those of now at once, and then whenever they have changed, at most once in <paramref name="pause"/>.</summary>
    /// <param name="taskId">A task that whoever watches may know of.</param>
    /// <param name="currency">Currency of the task's program.</param>
    /// <param name="pause">The shortest time between two of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<CounterView> Watch(string taskId, string currency, TimeSpan pause, CancellationToken cancellationToken);

    /// <summary>How often links of a task have been clicked, in their order.</summary>
    /// <param name="taskId">A task that whoever watches may know of.</param>
    /// <param name="linkIds">Links of that task, as its list had them.</param>
    Task<IReadOnlyList<long>> CountLinks(string taskId, IReadOnlyList<string> linkIds);
}
