using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansLinks.Clusters;

/// <summary>
/// Visitors who click known links all the time, sent by turns to the edges that say that they are ready, and one who
/// watches a task's counters. Nobody is told what is being broken.
/// </summary>
internal sealed class Visitors : IAsyncDisposable
{
    private const int Many = 6;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly RunningCluster _cluster;
    private readonly Links _links;
    private readonly ConcurrentQueue<string> _answered = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly List<Task> _tasks = [];
    private readonly CounterWatch[] _watches;

    private Visitors(RunningCluster cluster)
    {
        _cluster = cluster;
        _links = cluster.Links;
        _watches = [.. Enumerable.Range(0, cluster.Edges.Count).Select(i => new CounterWatch(() => cluster.Edges[i], _links.Watched, _stop.Token))];
        _tasks.Add(Balance());
        _tasks.AddRange(Enumerable.Range(0, Many).Select(Visit));
    }

    /// <summary>The clicks that were answered so far.</summary>
    public IReadOnlyCollection<string> Answered => _answered;

    /// <summary>Lets them come.</summary>
    public static async Task<Visitors> Come(RunningCluster cluster)
    {
        await cluster.Links.Warm(cluster);
        var visitors = new Visitors(cluster);
        await visitors.CountersMove(TimeSpan.FromSeconds(10));
        return visitors;
    }

    /// <summary>Waits until links that no edge knows lead somewhere again, at every edge that there is.</summary>
    public Task UnknownLinksResolve(TimeSpan within) => Task.WhenAll(
        from edge in _cluster.Edges
        where !edge.IsKilled
        from path in Enumerable.Range(0, 3).Select(_ => _links.Fresh())
        select Eventually.So(
            async () =>
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(4));
                if (await edge.Instance.Operator.TryClick(edge.Instance.Origin + path, patience.Token) is not { } location)
                {
                    return false;
                }

                _answered.Enqueue(IdIn(location));
                return true;
            },
            $"an unknown link resolves at {edge.Instance.Origin}",
            within));

    /// <summary>Waits until those who watch see clicks of from now on.</summary>
    public Task CountersMove(TimeSpan within) => Task.WhenAll(_watches.Select(watch => watch.Moves(within)));

    /// <summary>Sends them home, and checks that each was let through and that each click is kept and counted, once.</summary>
    public async Task AllWereLetThroughAndCounted()
    {
        await GoHome();
        Assert.True(_failures.IsEmpty, $"{_failures.Count} of {_answered.Count + _failures.Count} visitors were not let through: {_failures.FirstOrDefault()}");
        foreach (var edge in _cluster.Edges)
        {
            await Ledger.CaughtUp(edge.Instance.Operator, TimeSpan.FromSeconds(20));
        }

        var kept = await Kept(_cluster.Operator, _links);
        Assert.Distinct(_answered);
        var missing = _answered.Except(kept).ToArray();
        Assert.True(missing.Length == 0, $"{missing.Length} of {_answered.Count} answered clicks are not kept, such as {missing.FirstOrDefault()}.");
    }

    /// <summary>The clicks of all links that are kept; checks that each is there once and that totals are theirs.</summary>
    public static async Task<IReadOnlyCollection<string>> Kept(Client client, Links links)
    {
        var kept = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(links.Tasks, async (task, _) =>
        {
            var clicks = await client.List($"/tasks/{task}/clicks");
            clicks.ForEach(click => kept.Add(click.Id()));
            Assert.Equal(clicks.Count, (await client.Get($"/tasks/{task}/counters")).Number("clicks"));
        });
        Assert.Distinct(kept);
        Assert.Equal(kept.Count, (await client.Get($"/campaigns/{links.Campaign}/counters")).Number("clicks"));
        return kept;
    }

    public async ValueTask DisposeAsync()
    {
        await GoHome();
        _stop.Dispose();
    }

    private static string IdIn(string location) => location[location.IndexOf("clk_", StringComparison.Ordinal)..];

    private async Task GoHome()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await Task.WhenAll([.. _tasks, .. _watches.Select(watch => watch.Ended)]);
        }
    }

    /// <summary>Looks again and again which edges are ready.</summary>
    private async Task Balance()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.WhenAll(_cluster.Edges.Select(edge => edge.Look()));
            await Task.Delay(BetweenLooks, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Visit(int visitor)
    {
        for (var i = visitor; !_stop.IsCancellationRequested; i++)
        {
            var edges = _cluster.Edges.Where(edge => edge.TakesVisitors).ToArray();
            if (edges.Length == 0)
            {
                _failures.Enqueue("No edge is ready.");
            }
            else
            {
                await Click(edges[i % edges.Length], _links.Known[i % _links.Known.Count]);
            }

            await Task.Delay(Rest);
        }
    }

    private async Task Click(Edge edge, string path)
    {
        var began = Stopwatch.StartNew();
        try
        {
            _answered.Enqueue(IdIn(await edge.Instance.Operator.Click(edge.Instance.Origin + path)));
        }
#pragma warning disable CA1031 // Whatever it is, it is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!edge.IsKilled)
            {
                _failures.Enqueue($"{edge.Instance.Origin} after {began.Elapsed}: {exception}");
            }
        }
    }
}
