using OrleansLinks.Clicks;

namespace OrleansLinks.WebConsole.Live;

/// <summary>Counters that move.</summary>
public interface ILiveCounters
{
    /// <summary>
    /// The shortest time between two drawings of moving numbers on a page: the more pages are open, the longer, so that what all of them
    /// take of the server does not grow with them; never so long that a click would not show within two seconds.
    /// </summary>
    TimeSpan Pause { get; }

    /// <summary>A task's totals: those of now at once, and then whenever they have changed, at most once in <see cref="Pause"/>.</summary>
    /// <param name="taskId">A task that whoever watches may know of.</param>
    /// <param name="currency">Currency of the task's program.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<CounterView> Watch(string taskId, string currency, CancellationToken cancellationToken);

    /// <summary>How often links of a task have been clicked, in their order.</summary>
    /// <param name="taskId">A task that whoever watches may know of.</param>
    /// <param name="linkIds">Links of that task, as its list had them.</param>
    Task<IReadOnlyList<long>> CountLinks(string taskId, IReadOnlyList<string> linkIds);
}
