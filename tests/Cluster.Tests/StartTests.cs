using System.Net;
using System.Runtime.Versioning;

namespace OrleansLinks.Clusters;

/// <summary>How the programs of a cluster start, also when something that they need is not there or not right.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StartTests(RunningCluster cluster)
{
    private static readonly string[] Client = ["--Cluster:Mode", "client"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_wrong_with_the_database_is_said_in_one_line(bool isSilo)
    {
        await Refuses("Database:Provider", isSilo ? [] : Client);
        await Refuses("Database:ConnectionString", "--Database:Provider", "postgres");
        await Refuses("Database:ConnectionString", RunningCluster.DatabaseArguments("Host"));
        await Refuses("no_such_database", RunningCluster.DatabaseArguments(cluster.ConnectionStringOf("no_such_database")));
        await Refuses("Cluster:AdvertisedAddress", [.. RunningCluster.DatabaseArguments(cluster.ConnectionString), "--Cluster:AdvertisedAddress", "nonsense", "--Cluster:Mode", "embedded"]);

        var newer = $"newer_{(isSilo ? "silo" : "edge")}";
        await cluster.Run($"CREATE DATABASE {newer}");
        await cluster.Run("CREATE TABLE orleanslinks_schema (one boolean PRIMARY KEY, version integer NOT NULL, compatible_from integer NOT NULL)", newer);
        await cluster.Run("INSERT INTO orleanslinks_schema VALUES (true, 999, 999)", newer);
        await Refuses("schema version 999", RunningCluster.DatabaseArguments(cluster.ConnectionStringOf(newer)));

        async Task Refuses(string named, params string[] arguments)
        {
            using var folder = new TemporaryFolder();
            string[] all = isSilo
                ? [Repository.Silo, .. Silo.Ports, .. arguments]
                : [Repository.Edge, "--data", folder.Path, "--port", "0", .. arguments.Contains("--Cluster:Mode") ? [] : Client, .. arguments];
            (await Child.Run("dotnet", all)).IsOneLineThatNames(named);
        }
    }

    [Fact]
    public async Task Two_edges_with_one_journal_are_refused_in_one_line()
    {
        await cluster.BeWhole();
        using var folder = new TemporaryFolder();
        var journal = Path.Combine(cluster.DataFolderOf(0), "journal");
        var second = await Child.Run(
            "dotnet",
            [Repository.Edge, "--data", folder.Path, "--port", "0", .. Client, .. RunningCluster.DatabaseArguments(cluster.ConnectionString), "--Clicks:JournalFolder", journal]);
        second.IsOneLineThatNames(journal);
        second.IsOneLineThatNames("in use");
    }

    [Fact]
    public async Task An_edge_without_a_database_or_a_silo_lives_is_not_ready_and_says_why_and_serves_when_they_are_there()
    {
        using var folder = FolderForPostgres();
        var postgres = folder.File("postgres");
        var database = RunningCluster.DatabaseArguments($"Host={postgres};Username=postgres;Database=postgres");
        var port = Instance.FreePort();
        await using var edge = Child.Start(
            "dotnet",
            [Repository.Edge, "--data", folder.File("edge"), "--port", $"{port}", .. Client, .. database],
            new Dictionary<string, string?> { [Instance.OperatorKeyVariable] = Instance.OperatorKey });
        var origin = $"http://127.0.0.1:{port}";
        await edge.WaitForOutput("that the database does not answer", line => line.Contains("does not answer yet", StringComparison.Ordinal));
        await IsWaiting("database");

        await using var server = await PostgresServer.StartAtAsync(postgres);
        await Eventually.So(async () => (await Ready()).Reason.Contains("silo", StringComparison.Ordinal), "the edge misses a silo", TimeSpan.FromSeconds(20));
        await IsWaiting("silo");

        await using var silo = await Silo.Start(database);
        await edge.WaitForOutput("that it is ready", Instance.IsReady);
        using var client = new Client(origin, Instance.OperatorKey);
        Assert.Equal(HttpStatusCode.OK, (await Ready()).Status);
        await Scene.Make(client);

        async Task IsWaiting(string missing)
        {
            using var visitor = new Client(origin, Instance.OperatorKey);
            Assert.Equal(HttpStatusCode.OK, await visitor.StatusOfLink($"{origin}/health/live"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await visitor.StatusOfLink($"{origin}/abcdefg"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await visitor.StatusOf("/programs"));
            var (status, reason) = await Ready();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(missing, reason, StringComparison.Ordinal);
        }

        async Task<(HttpStatusCode Status, string Reason)> Ready()
        {
            using var http = new HttpClient();
            using var answer = await http.GetAsync($"{origin}/health/ready");
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("an edge", "--Cluster:Mode", "client")]
    [InlineData("one process", "--Cluster:SiloPort", "0", "--Cluster:GatewayPort", "0")]
    [InlineData("a silo", "--Cluster:SiloPort", "0", "--Cluster:GatewayPort", "0")]
    public async Task What_waits_for_the_database_lives_is_measured_and_ends_when_it_is_asked_to(string what, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        string[] program = what == "a silo" ? [Repository.Silo] : [Repository.Edge, "--data", folder.Path];
        await using var waiting = Child.Start(
            "dotnet", [.. program, "--port", $"{port}", .. arguments, .. RunningCluster.DatabaseArguments($"Host={folder.Path};Username=postgres;Database=postgres")]);
        await waiting.WaitForOutput("that the database does not answer", line => line.Contains("does not answer yet", StringComparison.Ordinal));

        using (var http = new HttpClient())
        {
            var cancellation = TestContext.Current.CancellationToken;
            Assert.Equal("Healthy", await http.GetStringAsync($"http://127.0.0.1:{port}/health/live", cancellation));
            Assert.Contains("orleanslinks_started{otel_scope_name=\"OrleansLinks\"} 0", await http.GetStringAsync($"http://127.0.0.1:{port}/metrics", cancellation), StringComparison.Ordinal);
            using var ready = await http.GetAsync($"http://127.0.0.1:{port}/health/ready", cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains(folder.Path, await ready.Content.ReadAsStringAsync(cancellation), StringComparison.Ordinal);
        }

        waiting.Ask(Child.Signal.Terminate);
        Assert.Equal(0, (await waiting.WaitForEnd(Instance.StopsWithin)).ExitCode);
    }

    [Fact]
    public async Task One_process_with_the_actors_in_it_runs_over_PostgreSQL_too()
    {
        await cluster.Run("CREATE DATABASE one_process");
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(
            folder.Path, arguments: [.. RunningCluster.DatabaseArguments(cluster.ConnectionStringOf("one_process")), "--Cluster:SiloPort", "0", "--Cluster:GatewayPort", "0"]);
        var scene = await Scene.Make(instance.Operator);
        var link = await instance.Operator.Post(scene.Links, Scene.NewLink(1));
        await instance.Operator.Click(link.Text("trackingUrl"));
        Assert.Equal(1, (await instance.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
        await instance.Stop();
    }

    [Fact]
    public async Task The_run_script_starts_a_cluster_ends_it_on_Ctrl_C_and_starts_it_again()
    {
        using var folder = FolderForPostgres();
        var port = Instance.FreePort();
        string? program = null;
        for (var start = 0; start < 2; start++)
        {
            await using var script = Child.Start(
                "env",
                ["--default-signal=INT", "setsid", Repository.RunScript, "--cluster", "--silos", "1", "--apis", "1", "--port", $"{port}", "--data", folder.File("data")],
                new Dictionary<string, string?> { [Instance.OperatorKeyVariable] = Instance.OperatorKey });
            await script.WaitForOutput("that it is ready", Instance.IsReady);
            using (var client = new Client($"http://127.0.0.1:{port}", Instance.OperatorKey))
            {
                program ??= (await client.Post("/programs", Scene.NewProgram)).Id();
                Assert.Equal(program, Assert.Single(await client.List("/programs")).Id());
            }

            script.AskGroup(Child.Signal.Interrupt);
            Assert.Equal(0, (await script.WaitForEnd(TimeSpan.FromSeconds(30))).ExitCode);
        }
    }

    /// <summary>A folder that PostgreSQL, which is another user where the tests are root, can pass through.</summary>
    private static TemporaryFolder FolderForPostgres()
    {
        var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, File.GetUnixFileMode(folder.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return folder;
    }
}
