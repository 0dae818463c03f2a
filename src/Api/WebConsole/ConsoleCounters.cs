using System.Runtime.CompilerServices;
using OrleansLinks.Clicks;
using OrleansLinks.WebConsole.Live;

namespace OrleansLinks.WebConsole;

/// <summary>The console's view of the counters that are watched through this edge.</summary>
internal sealed class ConsoleCounters(CounterHub hub, TimeProvider clock) : ILiveCounters
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
}
