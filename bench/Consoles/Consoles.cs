using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansLinks.Bench;

/// <summary>The consoles that are open.</summary>
internal sealed class Consoles(Uri address, string key, int count, string[] tasks, Probe[] probes)
{
    private const int OpenedAtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly HttpClient _visitor = NewVisitor(address);
    private readonly Tally _tally = new();
    private OpenConsole[] _watching = [];
    private OpenConsole[] _probing = [];

    public string Sent => $"{_tally.Batches} {_tally.Bytes} {_tally.Failures}";

    public async Task Open()
    {
        _probing = await Open([.. probes.Select(probe => probe.Task)]);
        _watching = await Open([.. Enumerable.Range(0, count).Select(number => tasks[number % tasks.Length])]);
    }

    public async Task Close()
    {
        await Parallel.ForEachAsync(_watching.Concat(_probing), new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce }, async (console, _) => await console.DisposeAsync());
        (_watching, _probing) = ([], []);
    }

    public async Task<string> Click(TimeSpan time)
    {
        var times = new ConcurrentBag<(double Counter, double Row)>();
        await Task.WhenAll(probes.Select((probe, number) => Task.Run(() => Click(probe, _probing[number], Pause * ((double)number / probes.Length), time, times))));
        var unseen = times.Count(one => double.IsNaN(one.Counter) || double.IsNaN(one.Row));
        return $"{times.Count} {unseen} {Describe(times.Select(one => one.Counter))} {Describe(times.Select(one => one.Row))}";
    }

    /// <summary>Clicks again and again, not before the click of before shows.</summary>
    private async Task Click(Probe probe, OpenConsole console, TimeSpan later, TimeSpan time, ConcurrentBag<(double, double)> times)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(later);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            // It may show before its redirect has been read, so that it is waited for from before.
            var drawn = console.UntilDrawn(++probe.Clicks, Patience);
            using (var answer = await _visitor.GetAsync(probe.Path))
            {
                if ((int)answer.StatusCode != 302)
                {
                    _tally.Fail($"a link answered {(int)answer.StatusCode}.");
                }
            }

            times.Add(await drawn);
            await Task.Delay(Pause);
        }
    }

    private static string Describe(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Where(time => !double.IsNaN(time)).Order()];
        double At(double part) => sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
        return $"{At(0.5):F0} {At(0.99):F0} {At(1):F0}";
    }

    private async Task<OpenConsole[]> Open(string[] watched)
    {
        var opened = new OpenConsole[watched.Length];
        await Parallel.ForAsync(0, watched.Length, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce }, async (number, _) =>
        {
            opened[number] = new OpenConsole(address, _tally);
            await opened[number].Open(key, $"tasks/{watched[number]}");
        });
        return opened;
    }

    private static HttpClient NewVisitor(Uri address)
    {
        var visitor = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { BaseAddress = address };
        visitor.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        return visitor;
    }
}
