using System.Runtime.CompilerServices;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Tasks;
using OrleansLinks.WebConsole.Live;

namespace OrleansLinks.WebConsole;

/// <summary>The console's view of the counters that are watched through this edge.</summary>
internal sealed class ConsoleCounters(CounterHub hub, IGrainFactory grains, TimeProvider clock) : ILiveCounters
{
    public async IAsyncEnumerable<CounterView> Watch(
        string taskId, string currency, TimeSpan pause, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = await hub.Begin(taskId, currency);
        while (true)
        {
            var (latest, changed) = watch.Now;
            yield return latest.View;
            await Task.Delay(pause, clock, cancellationToken);
            await changed.WaitAsync(cancellationToken);
        }
    }

    public async Task<IReadOnlyList<long>> CountLinks(string taskId, IReadOnlyList<string> linkIds)
    {
        var codes = linkIds.Select(id => ShortCodes.TryReadLinkId(id, out var code) ? code : throw new ArgumentException($"{id} is no link's id.", nameof(linkIds)));
        var totals = await grains.Actor<ITaskGrain>(taskId).GetLinkCounters([.. codes]);
        return [.. totals.Select(one => one.Clicks)];
    }
}
