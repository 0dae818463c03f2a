using System.Diagnostics;

namespace OrleansLinks.Bench;

/// <summary>What it costs that many watch the counters of many tasks.</summary>
internal static class Watchers
{
    private const int Tasks = 200;
    private const int WatchersOfATask = 10;
    private const int Rate = 1000;
    private const double MostEventsASecond = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task Measure(Instance instance, TimeSpan time)
    {
        var tasks = await instance.MakeTasks("Watched", Tasks);
        string[] paths = [.. tasks.Select(task => task.Path)];
        var before = (await Load.Run(instance, paths, Rate, WarmUp)).Answered;
        await instance.UntilCounted(Patience);
        var without = await Click(instance, paths, time);
        before += without.Load.Answered;
        await instance.UntilCounted(Patience);

        var memory = instance.Memory;
        using var ended = new CancellationTokenSource();
        var watchers = new Watcher[Tasks * WatchersOfATask];
        await Parallel.ForAsync(0, watchers.Length, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
            watchers[i] = new Watcher(await instance.Watch(tasks[i % Tasks].Task), ended.Token));
        while (watchers.Any(watcher => watcher.Events == 0))
        {
            await Task.Delay(20);
        }

        var first = watchers.Select(watcher => watcher.Events).ToArray();
        var began = Stopwatch.GetTimestamp();
        var with = await Click(instance, paths, time);
        await instance.UntilCounted(Patience);
        var totals = await Task.WhenAll(tasks.Select(task => instance.Clicks($"tasks/{task.Task}")));
        int AtTheEnd() => watchers.Where((watcher, i) => watcher.Clicks == totals[i % Tasks]).Count();
        while (AtTheEnd() < watchers.Length && Stopwatch.GetElapsedTime(began) < time + Patience)
        {
            await Task.Delay(50);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var events = watchers.Select((watcher, i) => watcher.Events - first[i]).ToArray();
        var memoryWith = instance.Memory;
        var atTheEnd = AtTheEnd();
        await ended.CancelAsync();
        await Task.WhenAll(watchers.Select(watcher => watcher.Reading));

        var expected = before + with.Load.Answered;
        Report.Row(
            $"{watchers.Length:N0} watchers of {Tasks} tasks, {Rate:N0} clicks/s on these: told of the last total",
            $"{atTheEnd:N0} watchers; {totals.Sum():N0} clicks counted of {expected:N0} answered",
            $"{watchers.Length:N0}, all",
            atTheEnd == watchers.Length && totals.Sum() == expected);
        Report.Row(
            "… events",
            $"{events.Sum() / seconds:N0}/s; a watcher {events.Min() / seconds:F1} to {events.Max() / seconds:F1}/s",
            $"some, ≤ {MostEventsASecond}/s each",
            events.Min() > 0 && events.Max() <= (MostEventsASecond * seconds) + 1);
        Report.Row("… the server's processor time, without → with", $"{without.Processor:P0} → {with.Processor:P0} of one core");
        Report.Row("… redirects, p99 without → with (not corrected for coordinated omission)", $"{without.Load.Times.At(0.99):F1} ms → {with.Load.Times.At(0.99):F1} ms, {without.Load.Failures + with.Load.Failures} failures");
        Report.Row("… the server's memory, without → with", $"{memory} MB → {memoryWith} MB");
    }

    private static async Task<(Load Load, double Processor)> Click(Instance instance, string[] paths, TimeSpan time)
    {
        var processor = instance.Processor;
        var began = Stopwatch.GetTimestamp();
        var load = await Load.Run(instance, paths, Rate, time);
        return (load, (instance.Processor - processor) / Stopwatch.GetElapsedTime(began));
    }

    private sealed class Watcher
    {
        private long _events;
        private long _clicks;

        public Watcher(Stream stream, CancellationToken ended) => Reading = Task.Run(() => CounterStream.Read(stream, Take, ended), CancellationToken.None);

        public Task Reading { get; }

        public long Events => Volatile.Read(ref _events);

        public long Clicks => Volatile.Read(ref _clicks);

        private void Take(long clicks)
        {
            Volatile.Write(ref _clicks, clicks);
            Volatile.Write(ref _events, _events + 1);
        }
    }
}
