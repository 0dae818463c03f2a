using System.Diagnostics;
using System.Net;

namespace OrleansLinks.Clusters;

/// <summary>How soon a cluster is back of which nothing was left running.</summary>
public sealed class ColdStartTests(RunningCluster cluster)
{
    [Fact]
    public async Task A_whole_cluster_that_was_killed_serves_again_within_20_seconds_on_new_ports()
    {
        await cluster.BeWhole();
        await using (var visitors = await Visitors.Come(cluster))
        {
            await cluster.KillEverything();
        }

        var watch = Stopwatch.StartNew();
        await Task.WhenAll([cluster.StartSilo(), cluster.StartSilo(), .. Enumerable.Range(0, 2).Select(i => cluster.StartEdge(i, Instance.FreePort()))]);
        foreach (var edge in cluster.Edges)
        {
            await Eventually.So(
                async () => await edge.Instance.Operator.StatusOfLink(edge.Instance.Origin + cluster.Links.Known[0]) == HttpStatusCode.Found,
                "the cluster serves",
                TimeSpan.FromSeconds(20));
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }
}
