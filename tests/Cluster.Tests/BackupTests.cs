using Npgsql;

namespace OrleansLinks.Clusters;

/// <summary>Backups of a cluster that goes on meanwhile.</summary>
public sealed class BackupTests(RunningCluster cluster)
{
    private const int More = 300;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Journals_and_then_a_dump_make_a_cluster_that_has_every_click_of_before_once()
    {
        await cluster.BeWhole();
        using var backup = new TemporaryFolder();
        await cluster.Run("DROP DATABASE IF EXISTS restored");
        string[] before;
        await using (var visitors = await Visitors.Come(cluster))
        {
            // While the ledger is held, clicks wait in journals alone; after that the same ones are in the database too.
            await using (var held = await Hold())
            {
                await Answered(visitors.Answered.Count + More);
                before = [.. visitors.Answered];
                await Task.WhenAll(Enumerable.Range(0, cluster.Edges.Count).Select(ExportEdge));
            }

            foreach (var edge in cluster.Edges)
            {
                var goal = (await edge.Instance.Operator.Get("/ledger")).Number("journaled");
                await Eventually.So(async () => (await edge.Instance.Operator.Get("/ledger")).Number("applied") >= goal, "the ledger has caught up", Soon);
            }

            var server = new NpgsqlConnectionStringBuilder(cluster.ConnectionString);
            var tools = new Dictionary<string, string?> { ["PGHOST"] = server.Host, ["PGUSER"] = server.Username };
            (string, string)[] places = [("--owner=orleanslinks", "--owner=postgres"), ("/backup/monday", backup.Path), ("orleanslinks_restored", "restored"), (" orleanslinks", $" {server.Database}")];
            await Handbook.Run(Handbook.Dump, tools, places);
            await Answered(visitors.Answered.Count + More);
            await Handbook.Run(Handbook.CreateDatabase, tools, places);
            await Handbook.Run(Handbook.RestoreDatabase, tools, places);

            async Task Answered(int count) => await Eventually.So(() => Task.FromResult(visitors.Answered.Count >= count), "clicks are answered", Soon);
        }

        var restored = cluster.ConnectionStringOf("restored");
        await using var silo = await Silo.Start(Handbook.ArgumentsOf(Handbook.RestoredSilo, ("$RESTORED", restored)));
        var edges = await Task.WhenAll(Enumerable.Range(0, cluster.Edges.Count).Select(edge => Instance.Start(
            backup.File($"edge-{edge}"), arguments: Handbook.ArgumentsOf(Handbook.RestoredEdge, ("$RESTORED", restored), ("/var/lib/orleanslinks-restored", backup.File($"edge-{edge}"))))));
        try
        {
            foreach (var edge in edges)
            {
                await Ledger.CaughtUp(edge.Operator, Soon);
            }

            var kept = await Visitors.Kept(edges[0].Operator, cluster.Links);
            Assert.Empty(before.Except(kept));
            Assert.StartsWith("https://www.example.com/page/", await edges[1].Operator.Click(edges[1].Origin + cluster.Links.Known[0]), StringComparison.Ordinal);
            await Ledger.CaughtUp(edges[1].Operator, Soon);
            Assert.Equal(kept.Count + 1, (await Visitors.Kept(edges[0].Operator, cluster.Links)).Count);
        }
        finally
        {
            await Task.WhenAll(edges.Select(edge => edge.DisposeAsync().AsTask()));
        }

        async Task ExportEdge(int edge)
        {
            var exported = await Handbook.Run(
                Handbook.ExportEdge, null, ("/var/lib/orleanslinks-edge", cluster.DataFolderOf(edge)), ("/backup/monday/edge-1", backup.File($"edge-{edge}")));
            Assert.DoesNotContain(" 0 clicks", exported.Output, StringComparison.Ordinal);
        }
    }

    /// <summary>Keeps clicks from being counted.</summary>
    private async Task<NpgsqlConnection> Hold()
    {
        var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("BEGIN; SELECT shard FROM ledger_shards FOR UPDATE", connection);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
