using System.Runtime.CompilerServices;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Tasks;
using OrleansLinks.WebConsole.Live;

namespace OrleansLinks.WebConsole;

/// <summary>The console's view of the counters that are watched through this edge.</summary>
internal sealed class ConsoleCounters(CounterHub hub, IGrainFactory grains, TimeProvider clock) : ILiveCounters
{
    private const double DrawingsPerSecond = 330;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.5);

    private int _open;

    public TimeSpan Pause
    {
        get
        {
            var pause = TimeSpan.FromSeconds(Volatile.Read(ref _open) / DrawingsPerSecond);
            return pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
        }
    }

    public async IAsyncEnumerable<CounterView> Watch(
        string taskId, string currency, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        using var closed = new Closing(this);
        using var watch = await hub.Begin(taskId, currency);
        while (true)
        {
            var (latest, changed) = watch.Now;
            yield return latest.View;
            await Task.Delay(Pause, clock, cancellationToken);
            await changed.WaitAsync(cancellationToken);
        }
    }

    public async Task<IReadOnlyList<long>> CountLinks(string taskId, IReadOnlyList<string> linkIds)
    {
        var codes = linkIds.Select(id => ShortCodes.TryReadLinkId(id, out var code) ? code : throw new ArgumentException($"{id} is no link's id.", nameof(linkIds)));
        var totals = await grains.Actor<ITaskGrain>(taskId).GetLinkCounters([.. codes]);
        return [.. totals.Select(one => one.Clicks)];
    }

    private readonly struct Closing(ConsoleCounters counters) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref counters._open);
    }
}
