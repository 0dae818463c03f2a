using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>
/// Where edges ask for what they cannot wait long for, such as what their link directory does not have. It reads, and remembers nothing, so that codes that
/// nothing is behind cost neither an actor each nor memory. Its key is <see cref="Key"/>; every silo runs its own, and an
/// edge asks one silo after the other, so that who asks again after one that is gone asks another one.
/// </summary>
[Alias("IResolverGrain")]
public interface IResolverGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "resolver";

    /// <summary>The links behind codes, in their order; null where the code was never issued.</summary>
    [Alias("FindLinks"), ResponseTimeout("00:00:01")]
    Task<ImmutableArray<Link?>> FindLinks(ImmutableArray<string> codes);

    /// <summary>All that decides on a task's clicks; null when the campaign has no such task.</summary>
    [Alias("FindTerms"), ResponseTimeout("00:00:01")]
    Task<TaskTerms?> FindTerms(string taskId, string campaignId);

    /// <summary>What has changed.</summary>
    /// <param name="after">What <see cref="ChangePage.Next"/> of the call before this one was; null for the first.</param>
    [Alias("ReadChanges"), ResponseTimeout("00:00:01")]
    Task<ChangePage> ReadChanges(long? after);

    /// <summary>As <see cref="ITaskGrain.WatchCounters"/>.</summary>
    [Alias("WatchCounters"), ResponseTimeout("00:00:01")]
    Task<CounterTotals?> WatchCounters(string taskId, ICounterObserver edge);
}

/// <summary>A part of the feed of changes.</summary>
/// <param name="Ids">Ids of links, tasks, campaigns, programs and partners that have changed since.</param>
/// <param name="Next">Where the next part begins.</param>
/// <param name="HasGap">Whether some changes are no longer in the feed: anything may have changed.</param>
[GenerateSerializer, Immutable, Alias("ChangePage")]
public sealed record ChangePage(
    [property: Id(0)] ImmutableArray<string> Ids,
    [property: Id(1)] long Next,
    [property: Id(2)] bool HasGap);
