using Npgsql;
using OrleansLinks.Hosting;

namespace OrleansLinks.Deploy.Compose;

/// <summary>
/// What Compose would run, as far as that goes without containers: the programs as they are published for their images, each with
/// the environment of its service. Only what is an address, a port or a folder in there is another one here, and the database a
/// private one.
/// </summary>
public sealed class PublishedCluster : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Child> _children = [];
    private readonly Dictionary<string, (string File, Dictionary<string, string> Environment)> _started = [];
    private PostgresServer _database = null!;

    /// <summary>Where each service's program answers.</summary>
    internal Dictionary<string, string> Origins { get; } = [];

    internal ComposeFile Described { get; } = ComposeFile.Read();

    /// <summary>The services of a program.</summary>
    internal IEnumerable<string> NamesOf(ProgramKind program) => Described.Programs.Where(one => one.Program == program).Select(one => one.Name);

    public async ValueTask InitializeAsync()
    {
        var database = StartDatabase();
        var programs = ProgramKind.All.ToDictionary(program => program, Publish);
        await Task.WhenAll(programs.Values.Append(database));
        var ports = Described.Programs.ToDictionary(one => one.Name, _ => Instance.FreePort());
        foreach (var (name, service, program) in Described.Programs)
        {
            var environment = await service.EnvironmentWith(program);
            foreach (var (variable, value) in EnvironmentHere(name, service, program.Read(environment), ports))
            {
                environment[variable] = value;
            }

            Origins[name] = $"http://127.0.0.1:{ports[name]}";
            _started[name] = (Path.Combine(programs[program].Result, program.Dll), environment);
            _children[name] = Child.Start("dotnet", [_started[name].File], environment!);
        }

        await Task.WhenAll(Described.Programs.Select(one => _children[one.Name].WaitForOutput(
            "that it is ready", line => one.Program == ProgramKind.Edge ? Instance.IsReady(line) : line.Contains("The silo is ready at", StringComparison.Ordinal))));
    }

    /// <summary>Asks a service's program for its health, as its container does.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">The port to ask at, where it is not the program's.</param>
    internal Task<Ended> AskForHealth(string service, int? port = null)
    {
        var (file, environment) = _started[service];
        return Child.Run("dotnet", [file, "health", .. port is null ? (string[])[] : ["--port", $"{port}"]], environment!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children.Values)
        {
            await child.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }

    private Dictionary<string, string> EnvironmentHere(string name, Service service, ProgramSettings settings, Dictionary<string, int> ports)
    {
        var connection = new NpgsqlConnectionStringBuilder(settings.Get<DatabaseOptions>().ConnectionString) { Host = _database.Folder };
        var here = new Dictionary<string, string>
        {
            ["Http__Address"] = "127.0.0.1",
            ["Http__Port"] = $"{ports[name]}",
            ["Database__ConnectionString"] = connection.ConnectionString,
        };
        if (service.Address is not null)
        {
            here["Cluster__AdvertisedAddress"] = "127.0.0.1";
            here["Cluster__SiloPort"] = "0";
            here["Cluster__GatewayPort"] = "0";
        }
        else
        {
            // Tracking links lead to the port that Compose publishes for the first edge.
            var origin = new UriBuilder(settings.Get<TrackingOptions>().Origin);
            var published = Described.Programs.Single(one => one.Service.Ports.Any(port => port.Split(':')[1] == $"{origin.Port}"));
            origin.Port = ports[published.Name];
            here["Tracking__Origin"] = origin.Uri.GetLeftPart(UriPartial.Authority);
            here["Data__Folder"] = _folder.File(name);
        }

        return here;
    }

    private async Task StartDatabase()
    {
        _database = await PostgresServer.StartAsync("fsync=off", "max_connections=200");
        var environment = Described.Services["postgres"].Environment;
        await using var source = NpgsqlDataSource.Create(_database.ConnectionStringOf("postgres") + ";Pooling=false");
        foreach (var sql in (string[])
            [$"CREATE ROLE {environment["POSTGRES_USER"]} LOGIN", $"CREATE DATABASE {environment["POSTGRES_DB"]} OWNER {environment["POSTGRES_USER"]}"])
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Publishes what is built, as these tests are; answers the folder.</summary>
    private async Task<string> Publish(ProgramKind program)
    {
        var folder = _folder.File(program.Name);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var published = await Child.Run(
            "dotnet", ["publish", Path.Combine(Repository.Root, program.Project), "-c", configuration, "--no-build", "-o", folder, "--nologo", "-v", "quiet"]);
        Assert.True(published.ExitCode == 0, $"{published.Output}\n{published.Errors}");
        return folder;
    }
}
