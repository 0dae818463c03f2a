using System.Diagnostics;

namespace OrleansLinks.Bench;

/// <summary>How long after a redirect was answered those who watch its task are told of the click.</summary>
internal static class Staleness
{
    private const int Tasks = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task Measure(Instance instance, TimeSpan time)
    {
        var tasks = await instance.MakeTasks("Staleness", Tasks);
        var times = new Times();
        using var ended = new CancellationTokenSource();
        var watched = await Task.WhenAll(tasks.Select(async task => new Watched(task.Path, await instance.Watch(task.Task), times, ended.Token)));
        using var timer = new PeriodicTimer(Interval);
        var clicks = 0;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time; clicks++)
        {
            await watched[clicks % Tasks].Click(instance);
            await timer.WaitForNextTickAsync();
        }

        for (var began = Stopwatch.GetTimestamp(); times.Count < clicks && Stopwatch.GetElapsedTime(began) < Patience;)
        {
            await Task.Delay(50);
        }

        await ended.CancelAsync();
        await Task.WhenAll(watched.Select(one => one.Reading));

        Report.Row(
            "Staleness of counters: from the 302 to the event that counts the click",
            $"p50 {times.At(0.5):F0} ms, p99 {times.At(0.99):F0} ms, at most {times.At(1):F0} ms; told of {times.Count} of {clicks} clicks",
            "p99 ≤ 1,000 ms, all",
            times.At(0.99) <= 1000 && times.Count == clicks);
    }

    /// <summary>A task that nobody else clicks, so that the n-th answer here is the n-th click there.</summary>
    private sealed class Watched
    {
        private readonly Lock _gate = new();
        private readonly Queue<(long Number, long AnsweredAt)> _untold = new();
        private readonly string _path;
        private readonly Times _times;
        private long _clicks;
        private long _told;

        public Watched(string path, Stream stream, Times times, CancellationToken ended)
        {
            (_path, _times) = (path, times);
            Reading = Task.Run(() => CounterStream.Read(stream, Take, ended), CancellationToken.None);
        }

        public Task Reading { get; }

        public async Task Click(Instance instance)
        {
            if (!await instance.Click(_path))
            {
                throw new InvalidOperationException($"{_path} was not answered.");
            }

            lock (_gate)
            {
                _untold.Enqueue((++_clicks, Stopwatch.GetTimestamp()));
                Tell();
            }
        }

        private void Take(long clicks)
        {
            lock (_gate)
            {
                _told = clicks;
                Tell();
            }
        }

        private void Tell()
        {
            while (_untold.TryPeek(out var click) && click.Number <= _told)
            {
                _times.Add(Stopwatch.GetElapsedTime(click.AnsweredAt));
                _untold.Dequeue();
            }
        }
    }
}
