using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

[GrainType("resolver"), StatelessWorker]
internal sealed class ResolverGrain(ILinkStore links, IDirectoryStore directory, IChangeStore changes) : Grain, IResolverGrain
{
    private const int MaxChanges = 1_000;

    public Task<ImmutableArray<Link?>> FindLinks(ImmutableArray<string> codes) => links.FindAsync(codes);

    public async Task<TaskTerms?> FindTerms(string taskId, string campaignId) =>
        await directory.ContainsAsync(new DirectoryEntry(DirectoryLists.TasksOf(campaignId), taskId))
            ? await GrainFactory.Actor<ITaskGrain>(taskId).GetTerms()
            : null;

    public Task<ChangePage> ReadChanges(long? after) => changes.ReadAsync(after, MaxChanges);

    public Task<CounterTotals?> WatchCounters(string taskId, ICounterObserver edge) => GrainFactory.Actor<ITaskGrain>(taskId).WatchCounters(edge);
}
