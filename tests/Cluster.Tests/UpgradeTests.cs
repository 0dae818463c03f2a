namespace OrleansLinks.Clusters;

/// <summary>A cluster of the previous release, which visitors use all the time while it becomes one of this release.</summary>
public sealed class UpgradeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Nobody_notices_that_silos_and_edges_are_replaced_by_those_of_the_next_release()
    {
        await using var cluster = new RunningCluster { Release = await Release.Previous() };
        await cluster.InitializeAsync();
        await using var visitors = await Visitors.Come(cluster);
        try
        {
            cluster.Release = Release.Current;
            await using (await cluster.LockTable("clicks", "ROW EXCLUSIVE"))
            {
                // The first of the new release changes the schema, and waits for nobody who is writing clicks.
                await cluster.StartSilo();
            }

            foreach (var silo in cluster.Silos.Take(2).ToArray())
            {
                // Those of both releases carry out one another's calls.
                await IsAsBefore();
                await cluster.StartSilo();
                await cluster.Stop(silo);
                await IsAsBefore();
            }

            for (var i = 0; i < cluster.Edges.Count; i++)
            {
                await cluster.Edges[i].Instance.Stop();
                await cluster.StartEdge(i);
                await cluster.Edges[i].IsReady();
                await IsAsBefore();
            }

            await visitors.AllWereLetThroughAndCounted();
        }
        catch
        {
            cluster.Tell();
            throw;
        }

        async Task IsAsBefore()
        {
            await Task.WhenAll(visitors.UnknownLinksResolve(Soon), visitors.CountersMove(Soon));
            await Scene.Make(cluster.Operator);
        }
    }
}
