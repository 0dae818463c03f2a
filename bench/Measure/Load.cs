using System.Diagnostics;

namespace OrleansLinks.Bench;

/// <summary>
/// Clicks links by turns at a fixed rate. Times are from a request to its answer: a visitor who is late because the one
/// before him was kept waiting is not counted as waiting (no correction for coordinated omission).
/// </summary>
internal sealed class Load
{
    private const int Visitors = 64;
    private readonly long[] _answered;
    private int _failures;

    private Load(int links) => _answered = new long[links];

    public Times Times { get; } = new();

    public int Failures => _failures;

    public long Answered => _answered.Sum();

    /// <summary>Clicks for that time.</summary>
    public static async Task<Load> Run(Instance instance, string[] paths, int rate, TimeSpan time)
    {
        var load = new Load(paths.Length);
        await Task.WhenAll(Enumerable.Range(0, Visitors).Select(visitor => Task.Run(() => load.Visit(instance, paths, visitor, rate, time))));
        return load;
    }

    /// <summary>How many clicks on a link were answered.</summary>
    public long AnsweredOf(int link) => Interlocked.Read(ref _answered[link]);

    private async Task Visit(Instance instance, string[] paths, int visitor, int rate, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        for (var number = visitor; ; number += Visitors)
        {
            var due = TimeSpan.FromSeconds((double)number / rate);
            var early = due - Stopwatch.GetElapsedTime(began);
            if (due >= time)
            {
                return;
            }

            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early);
            }

            var link = number % paths.Length;
            var sent = Stopwatch.GetTimestamp();
            if (await instance.Click(paths[link]))
            {
                Times.Add(Stopwatch.GetElapsedTime(sent));
                Interlocked.Increment(ref _answered[link]);
            }
            else
            {
                Interlocked.Increment(ref _failures);
            }
        }
    }
}
