using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansLinks.Clicks;
using OrleansLinks.Links;

namespace OrleansLinks.Tasks;

/// <summary>A task, where its links are created and its clicks are read; its key is the task's id.</summary>
[Alias("ITaskGrain")]
public interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>Makes the task, once; a repeat answers the task that is there.</summary>
    [Alias("Create")]
    Task<Result<TaskDetails>> Create(string campaignId, TaskChange settings);

    /// <summary>
    /// The task with its link settings, or null when it was never made. Where the campaign uses the program's default
    /// page and links can be created, the generated link is made if it is not there yet.
    /// </summary>
    [Alias("Get")]
    Task<TaskDetails?> Get();

    /// <summary>The task alone, or null when it was never made.</summary>
    [Alias("GetInfo"), AlwaysInterleave]
    ValueTask<TaskInfo?> GetInfo();

    /// <summary>All that decides on the task's links and clicks, or null when it was never made.</summary>
    [Alias("GetTerms"), AlwaysInterleave]
    ValueTask<TaskTerms?> GetTerms();

    /// <summary>Changes the fields that are set, all or none.</summary>
    [Alias("Change")]
    Task<Result<TaskDetails>> Change(TaskChange change, long? expectedVersion);

    /// <summary>Creates links; one outcome for each request, in order.</summary>
    [Alias("CreateLinks"), AlwaysInterleave]
    Task<ImmutableArray<Result<LinkDetails>>> CreateLinks(LinkBatch batch);

    /// <summary>A page of the task's links, newest first.</summary>
    /// <param name="before">Where the page before this one ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("ListLinks"), AlwaysInterleave]
    Task<LinkPage> ListLinks(long? before, int limit);

    /// <summary>The totals of links of the task, in their order; zero for a code that is no link's.</summary>
    [Alias("GetLinkCounters"), AlwaysInterleave]
    Task<ImmutableArray<CounterTotals>> GetLinkCounters(ImmutableArray<string> codes);

    /// <summary>The task's totals.</summary>
    [Alias("GetCounters"), AlwaysInterleave]
    Task<CounterTotals> GetCounters();

    /// <summary>
    /// Has an edge told the task's totals whenever they change, for <see cref="LiveCounters.WatchLease"/>; null when the
    /// task was never made.
    /// </summary>
    /// <returns>The totals of now.</returns>
    [Alias("WatchCounters"), AlwaysInterleave]
    Task<CounterTotals?> WatchCounters(ICounterObserver edge);

    /// <summary>Ends what <see cref="WatchCounters"/> began.</summary>
    [Alias("UnwatchCounters"), AlwaysInterleave]
    Task UnwatchCounters(ICounterObserver edge);

    /// <summary>Takes the totals that a transaction of the ledger has left; older ones than those known mean nothing.</summary>
    [Alias("ShowCounters"), AlwaysInterleave, OneWay]
    Task ShowCounters(CounterTotals totals);

    /// <summary>A page of the task's clicks, newest first.</summary>
    /// <param name="before">The click that the page before this one ended with; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    [Alias("ListClicks"), AlwaysInterleave]
    Task<ImmutableArray<ClickRecord>> ListClicks(Guid? before, int limit);
}
