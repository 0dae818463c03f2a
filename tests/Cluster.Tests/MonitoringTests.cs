using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansLinks.Clusters;

/// <summary>What an operator sees of a cluster in Grafana, and is called for by Prometheus.</summary>
public sealed partial class MonitoringTests(RunningCluster cluster)
{
    // The ids of later ones are greater: whatever comes meanwhile, it stays the same.
    private const string OldestTask = "WHERE scope = (SELECT scope FROM counters WHERE get_byte(scope, 0) = 116 ORDER BY scope LIMIT 1)";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    // A comparison of totals that took long is not made again for up to a minute.
    private static readonly TimeSpan Compared = TimeSpan.FromSeconds(90);
    private const int Many = 40;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private static string[] Alerts => [.. AlertPattern().Matches(Prometheus.Rules).Select(alert => alert.Groups[1].Value)];

    [Fact]
    public async Task Every_panel_of_the_dashboard_shows_something_of_a_running_cluster()
    {
        await cluster.BeWhole();
        await using var prometheus = await Start();
        var visitors = await Visitors.Come(cluster);
        await using (visitors)
        {
            var queries = Queries().ToArray();
            Assert.NotEmpty(queries);
            foreach (var (panel, query) in queries)
            {
                await Eventually.So(async () => (await prometheus.Ask(query)).Count > 0, $"{panel} shows something: {query}", Soon);
            }

            await Eventually.So(() => NothingFires(prometheus), "nothing is raised of what is well", Compared);
            await visitors.AllWereLetThroughAndCounted();
        }
    }

    [Fact]
    public async Task Every_alert_is_raised_by_its_fault_and_none_without_one()
    {
        await cluster.BeWhole();
        using var folder = new TemporaryFolder();
        string[] arguments = ["--Cluster:Mode", "client", "--Clicks:JournalMaxBytes", "1000000", "--Clicks:JournalMaxHeldBytes", "300000"];
        await using var small = await Instance.Start(folder.Path, arguments: [.. RunningCluster.DatabaseArguments(cluster.ConnectionString), .. arguments]);
        await using var prometheus = await Start(small.Origin);
        var raised = new HashSet<string>();
        foreach (var path in cluster.Links.Known)
        {
            await small.Operator.Click(small.Origin + path);
        }

        await Eventually.So(async () => (await prometheus.Ask("count_over_time(up[5s]) >= 10")).Count == cluster.Silos.Count + cluster.Edges.Count + 1, "Prometheus has looked ten times", Soon);
        await Eventually.So(() => NothingFires(prometheus, small.Operator), "nothing is raised of what is well", Compared);

        // The database is away; clicks come faster than the little journal has room for, and then of a link that the edge does not know.
        await cluster.StopDatabase(TimeSpan.Zero, async () =>
        {
            await ClickUntil(
                small.Origin,
                cluster.Links.Known,
                "OrleansLinksClicksNotCounted", "OrleansLinksJournalFills", "OrleansLinksJournalNotWritable", "OrleansLinksClicksLost", "OrleansLinksChangesDoNotArrive");
            await ClickUntil(small.Origin, [cluster.Links.Fresh()], "OrleansLinksRedirectsFail");
        });
        await cluster.BeWhole();

        await Task.WhenAll(TotalsDrift(), SomebodyLooksForTheFirstTime(), ASiloFindsNoDatabase());
        await NobodyCompares();

        // Somebody holds the table of clicks, and somebody that of links, again and again: at the first time there may be nothing to compare with.
        var (busy, quiet) = (cluster.Edges[0].Instance.Origin, cluster.Edges[1].Instance.Origin);
        var clicks = ClickUntil(busy, cluster.Links.Known, "OrleansLinksDatabaseSlow");
        var links = ClickUntil(quiet, [.. Enumerable.Range(0, 40).Select(_ => cluster.Links.Fresh())], "OrleansLinksRedirectsSlow");
        await Task.WhenAll(clicks, links, HoldUntil(clicks, "clicks IN EXCLUSIVE MODE"), HoldUntil(links, "links"));

        await cluster.Silos[0].Kill();
        await Until("OrleansLinksSiloDown", "OrleansLinksOneSiloLeft");
        await cluster.Silos[1].Kill();
        await ClickUntil(small.Origin, cluster.Links.Known, "OrleansLinksSilosUnreachable");
        await Eventually.So(
            async () => (await prometheus.Ask($$"""orleanslinks_clicks_oldest_unapplied_seconds{instance="{{new Uri(small.Origin).Authority}}"} > 2""")).Count > 0,
            "Prometheus has seen that clicks wait",
            Soon);
        await small.Kill();
        await Until("OrleansLinksEdgeDown");

        // Nobody is looked for any more: not the little edge, which has left clicks, and none of the others.
        await prometheus.LookForNobody();
        await Until("OrleansLinksClicksLeftBehind", "OrleansLinksNotWatched");
        await Eventually.So(
            async () => (await prometheus.Ask("""ALERTS{alertname="OrleansLinksNotWatched",alertstate="firing"}""")).Count == 2, "neither edges nor silos are looked for", Soon);
        await cluster.BeWhole();

        Assert.Equal(Alerts.Order(), raised.Order());

        // Somebody changes the totals of the oldest task by hand. They are compared with details for who asks.
        async Task TotalsDrift()
        {
            await Ledger.CaughtUp(cluster.Operator);
            await cluster.Run($"UPDATE counters SET clicks = clicks + 1 {OldestTask}");
            await Eventually.So(async () => (await cluster.Operator.Get("/ledger")).Number("drift") != 0, "the ledger drifts", Compared);
            await Until("OrleansLinksLedgerDrift");
            await cluster.Run($"UPDATE counters SET clicks = clicks - 1 {OldestTask}");
            await Eventually.So(async () => (await cluster.Operator.Get("/ledger")).Number("drift") == 0, "the ledger does not drift", Compared);
        }

        // Somebody has given a table of the comparison another name: nothing else stands still.
        async Task NobodyCompares()
        {
            const string Alert = "OrleansLinksLedgerNotCompared";
            await Eventually.So(async () => !(await Firing(prometheus, small.Operator)).Contains(Alert), "totals are compared", Compared);
            await cluster.Run("ALTER TABLE audited_counters RENAME TO mislaid");
            try
            {
                await Eventually.So(async () => (await Firing(prometheus, small.Operator)).Contains(Alert), "it is noticed that totals are not compared", Compared);
                raised.Add(Alert);
            }
            finally
            {
                await cluster.Run("ALTER TABLE mislaid RENAME TO audited_counters");
            }

            await Eventually.So(async () => !(await Firing(prometheus, small.Operator)).Contains(Alert), "totals are compared again", Compared);
        }

        // What the little edge has lost is there when it is first looked at, and there are no silos to be seen beside it.
        async Task SomebodyLooksForTheFirstTime()
        {
            await using var other = await Prometheus.Start([], [small.Origin]);
            await Eventually.So(
                async () => (await other.Firing()).IsSupersetOf(["OrleansLinksClicksLost", "OrleansLinksNotWatched"]), "lost clicks and missing silos are seen at the first look", Soon);
        }

        async Task ASiloFindsNoDatabase()
        {
            const string Alert = "OrleansLinksNotStarted";
            var port = Instance.FreePort();
            string[] nowhere = RunningCluster.DatabaseArguments($"Host={folder.Path};Username=postgres;Database=postgres");
            await using var silo = Child.Start("dotnet", [Repository.Silo, "--port", $"{port}", "--Cluster:SiloPort", "0", "--Cluster:GatewayPort", "0", .. nowhere]);
            await using var other = await Prometheus.Start([$"http://127.0.0.1:{port}"], [small.Origin]);
            await Eventually.So(async () => (await other.Firing()).Contains(Alert), "it is noticed that a silo waits", Soon);
            lock (raised)
            {
                raised.Add(Alert);
            }
        }

        async Task HoldUntil(Task raisedAlert, string table)
        {
            while (!raisedAlert.IsCompleted)
            {
                await cluster.Run($"BEGIN; LOCK TABLE {table}; SELECT pg_sleep(1.5); COMMIT");
            }
        }

        async Task Until(params string[] alerts)
        {
            try
            {
                await Eventually.So(
                    async () =>
                    {
                        var firing = await prometheus.Firing();
                        lock (raised)
                        {
                            raised.UnionWith(firing);
                            return alerts.All(raised.Contains);
                        }
                    },
                    $"{string.Join(", ", alerts)} are raised",
                    Soon);
            }
            finally
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Raised so far: {string.Join(", ", raised)}");
            }
        }

        async Task ClickUntil(string origin, IReadOnlyList<string> paths, params string[] alerts)
        {
            using var enough = new CancellationTokenSource();
            var visitors = Enumerable.Range(0, Many).Select(_ => Visit(origin, paths, enough.Token)).ToArray();
            try
            {
                await Until(alerts);
            }
            finally
            {
                await enough.CancelAsync();
                await Task.WhenAll(visitors);
            }
        }
    }

    [Fact]
    public void The_runbook_has_a_chapter_for_every_alert()
    {
        var chapters = ChapterPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "runbook.md"))).Select(chapter => chapter.Groups[1].Value);
        Assert.Equal(Alerts, chapters);
    }

    /// <summary>Clicks links by turns, until it is enough.</summary>
    private static async Task Visit(string origin, IReadOnlyList<string> paths, CancellationToken enough)
    {
        using var visitor = new Client(origin, Instance.OperatorKey);
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            try
            {
                await visitor.TryClick(origin + paths[i % paths.Count], enough);
            }
            catch (Exception exception) when (exception is OperationCanceledException || Client.IsGone(exception))
            {
                // Who is not let through tries another link.
            }

            // As visitors do, who are not machines: or those who wait would be too few beside those who need not.
            await Task.Delay(Rest, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> NothingFires(Prometheus prometheus, params Client[] others) => (await Firing(prometheus, others)).Count == 0;

    /// <summary>The alerts that are firing while edges are asked whether totals equal details, which else they compare once a minute.</summary>
    private async Task<HashSet<string>> Firing(Prometheus prometheus, params Client[] others)
    {
        await Task.WhenAll(cluster.Edges.Select(edge => edge.Instance.Operator).Concat(others).Select(edge => edge.Get("/ledger")));
        return await prometheus.Firing();
    }

    private Task<Prometheus> Start(params string[] others) => Prometheus.Start(
        cluster.Silos.Select(silo => silo.HealthOrigin), cluster.Edges.Select(edge => edge.Instance.Origin).Concat(others));

    /// <summary>What the dashboard asks, with Grafana's variables filled in.</summary>
    private static IEnumerable<(string Panel, string Query)> Queries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "orleanslinks.json")));
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.Text("type") != "row"))
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                yield return (panel.Text("title"), target.Text("expr").Replace("$__rate_interval", "5s", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal));
            }
        }
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertPattern();

    [GeneratedRegex(@"^## (OrleansLinks\w+)$", RegexOptions.Multiline)]
    private static partial Regex ChapterPattern();
}
