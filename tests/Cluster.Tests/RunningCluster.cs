using System.Diagnostics;
using Npgsql;
using OrleansLinks.Clusters;

[assembly: AssemblyFixture(typeof(RunningCluster))]

namespace OrleansLinks.Clusters;

/// <summary>
/// Two silos and two edges, which are processes, over a PostgreSQL of their own. All tests share it; each breaks something
/// and begins with everything whole again.
/// </summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private const int Count = 2;

    /// <summary>How long an edge that is asked to end goes on, so that who balances load notices.</summary>
    private const int DrainSeconds = 2;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Silo> _silos = [];
    private readonly Edge[] _edges = new Edge[Count];
    private PostgresServer _database = null!;

    /// <summary>The release whose programs are started from now on.</summary>
    internal Release Release { get; set; } = Release.Current;

    internal IReadOnlyList<Silo> Silos => _silos;

    internal IReadOnlyList<Edge> Edges => _edges;

    /// <summary>The links that visitors click.</summary>
    internal Links Links { get; private set; } = null!;

    /// <summary>Calls an edge with the operator's key.</summary>
    internal Client Operator => _edges[0].Instance.Operator;

    /// <summary>Where the database is.</summary>
    internal string ConnectionString => _database.ConnectionStringOf("postgres");

    /// <summary>What every process of a cluster over that database is told.</summary>
    internal static string[] DatabaseArguments(string connectionString) => ["--Database:Provider", "postgres", "--Database:ConnectionString", connectionString];

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.StartAsync("max_connections=200");
        await BeWhole();
        Links = await Links.Make(this);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var edge in _edges)
        {
            await edge.Instance.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await _database.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Starts what a test has left out of order, and waits until all of it is ready.</summary>
    internal async Task BeWhole()
    {
        foreach (var ended in _silos.Where(silo => silo.Child.HasEnded).ToArray())
        {
            _silos.Remove(ended);
            await ended.DisposeAsync();
        }

        await Task.WhenAll(
            [.. Enumerable.Range(0, Math.Max(0, Count - _silos.Count)).Select(_ => StartSilo()),
            .. Enumerable.Range(0, Count).Where(i => _edges[i] is not { Instance.Child.HasEnded: false }).Select(i => StartEdge(i))]);
        foreach (var edge in _edges)
        {
            await edge.IsReady();
        }
    }

    internal async Task<Silo> StartSilo()
    {
        var silo = await Silo.Start(Release, [.. DatabaseArguments(ConnectionString), "--Webhooks:AllowPrivateNetworks", "true"]);
        lock (_silos)
        {
            _silos.Add(silo);
        }

        return silo;
    }

    /// <summary>What an edge keeps on its disk is there.</summary>
    internal string DataFolderOf(int edge) => _folder.File($"edge-{edge}");

    /// <summary>Starts an edge on its data folder, where nothing else says so at the port that it had before.</summary>
    internal async Task StartEdge(int number, int? port = null)
    {
        var before = _edges[number];
        var instance = await Instance.Start(
            DataFolderOf(number),
            port ?? before?.Instance.Port,
            release: Release,
            arguments: [.. DatabaseArguments(ConnectionString), "--Cluster:Mode", "client", "--Shutdown:DrainSeconds", $"{DrainSeconds}"]);
        if (before is not null)
        {
            await before.Instance.DisposeAsync();
        }

        _edges[number] = new Edge(instance);
    }

    /// <summary>Ends a silo and forgets it.</summary>
    internal async Task Stop(Silo silo)
    {
        await silo.Stop();
        lock (_silos)
        {
            _silos.Remove(silo);
        }
    }

    /// <summary>Kills all silos and edges at once.</summary>
    internal async Task KillEverything()
    {
        var all = _silos.Select(silo => silo.Child).Concat(_edges.Select(edge => edge.Instance.Child)).ToArray();
        Array.ForEach(all, child => child.Kill());
        await Task.WhenAll(all.Select(child => child.WaitForEnd(Child.Patience)));
        _silos.Clear();
    }

    /// <summary>Stops the database for that long, and starts it again.</summary>
    internal async Task StopDatabase(TimeSpan time, Func<Task> meanwhile)
    {
        var began = Stopwatch.StartNew();
        var folder = _database.Folder;
        await _database.StopAsync();
        try
        {
            await meanwhile();
            if (time - began.Elapsed is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left);
            }
        }
        finally
        {
            _database = await PostgresServer.StartAtAsync(folder, "max_connections=200");
        }
    }

    /// <summary>Adds the last that each process has said to the test's output.</summary>
    internal void Tell()
    {
        foreach (var child in _silos.Select(silo => silo.Child).Concat(_edges.Select(edge => edge.Instance.Child)))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {child.Name}\n{child.LastWords}");
        }
    }

    /// <summary>Runs SQL as the database's owner.</summary>
    internal async Task Run(string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionStringOf(database) + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Holds a lock on a table until disposal.</summary>
    internal async Task<IAsyncDisposable> LockTable(string table, string mode)
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN {mode} MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>The connection string of another database of the same server.</summary>
    internal string ConnectionStringOf(string database) => _database.ConnectionStringOf(database);
}

/// <summary>A silo's process.</summary>
internal sealed class Silo : IAsyncDisposable
{
    /// <summary>Within what time a silo stops when it is asked to.</summary>
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(20);

    private Silo(Child child) => Child = child;

    public Child Child { get; }

    /// <summary>Where it tells its health and metrics.</summary>
    public string HealthOrigin
    {
        get
        {
            var ready = Child.Output.Single(line => line.Contains("The silo is ready at", StringComparison.Ordinal));
            return ready[ready.IndexOf("http://", StringComparison.Ordinal)..].Replace("/health/ready", "", StringComparison.Ordinal);
        }
    }

    /// <summary>Starts one, and waits until it takes calls.</summary>
    public static Task<Silo> Start(params string[] arguments) => Start(Release.Current, arguments);

    /// <summary>Starts one of a release, and waits until it takes calls.</summary>
    public static async Task<Silo> Start(Release release, string[] arguments)
    {
        var silo = new Silo(Child.Start("dotnet", [release.Silo, .. Ports, .. arguments]));
        try
        {
            await silo.Child.WaitForOutput("that it is ready", line => line.Contains("The silo is ready at", StringComparison.Ordinal));
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ports that the system chooses.</summary>
    public static string[] Ports => ["--Http:Port", "0", "--Cluster:SiloPort", "0", "--Cluster:GatewayPort", "0"];

    /// <summary>Asks it to stop, and checks that it does so well.</summary>
    public async Task Stop()
    {
        Child.Ask(Child.Signal.Terminate);
        var ended = await Child.WaitForEnd(StopsWithin);
        Assert.True(ended.ExitCode == 0, $"Asked to stop, the silo ended with {ended.ExitCode}.\n{ended.Output}\n{ended.Errors}");
        await DisposeAsync();
    }

    /// <summary>Kills it, and waits until it is gone.</summary>
    public async Task Kill()
    {
        Child.Kill();
        await Child.WaitForEnd(Child.Patience);
    }

    public ValueTask DisposeAsync() => Child.DisposeAsync();
}

/// <summary>An edge's process, as who balances load sees it.</summary>
internal sealed class Edge(Instance instance)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(1) };

    private const int TriesUntilGone = 3;

    private int _unanswered;
    private volatile bool _isKilled;
    private volatile bool _isReady = true;

    public Instance Instance => instance;

    /// <summary>Whether visitors are sent to it.</summary>
    public bool TakesVisitors => _isReady && !_isKilled;

    /// <summary>Whether it was killed, so that visitors who are on their way to it are not answered.</summary>
    public bool IsKilled => _isKilled;

    /// <summary>Kills it, and waits until it is gone.</summary>
    public Task Kill()
    {
        _isKilled = true;
        return instance.Kill();
    }

    /// <summary>Looks whether it is ready, as who balances load does.</summary>
    public async Task Look()
    {
        try
        {
            using var answer = await Http.GetAsync($"{instance.Origin}/health/ready");
            _isReady = answer.IsSuccessStatusCode;
            _unanswered = 0;
        }
        catch (Exception exception) when (exception is TaskCanceledException || Client.IsGone(exception))
        {
            _isReady = ++_unanswered < TriesUntilGone && _isReady;
        }
    }

    /// <summary>Waits until it is ready and nothing is wrong.</summary>
    public Task IsReady() => Says("\"Healthy\"", "the edge says that it is healthy");

    /// <summary>Waits until it is ready, and says that clicks are not counted.</summary>
    public Task SaysThatClicksWait() => Says("to be counted", "the edge says that clicks wait");

    private Task<TimeSpan> Says(string text, string what) => Eventually.So(
        async () =>
        {
            using var http = new HttpClient();
            return (await http.GetStringAsync($"{instance.Origin}/health/ready")).Contains(text, StringComparison.Ordinal);
        },
        what,
        TimeSpan.FromSeconds(30));
}
