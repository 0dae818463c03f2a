using System.Globalization;
using System.Net;
using Npgsql;
using OrleansLinks.Hosting;
using YamlDotNet.Serialization;

namespace OrleansLinks.Deploy.Compose;

/// <summary>That the compose file agrees with itself, with what lies beside it, and with what the programs read.</summary>
public sealed class ComposeFileTests
{
    private static readonly ComposeFile Cluster = ComposeFile.Read();

    [Fact]
    public void There_are_two_silos_two_edges_a_database_and_who_watches_them() =>
        Assert.Equal(["edge-1", "edge-2", "grafana", "postgres", "prometheus", "silo-1", "silo-2"], Cluster.Services.Keys.Order());

    [Fact]
    public async Task Each_program_reads_every_name_of_its_environment_and_would_start_with_it()
    {
        Assert.Equal(4, Cluster.Programs.Count());
        foreach (var (name, service, program) in Cluster.Programs)
        {
            var settings = program.Read(await service.EnvironmentWith(program));
            settings.Check();

            Assert.EndsWith((await Image.Of(program)).Name, service.Image, StringComparison.Ordinal);
            Assert.Equal("0.0.0.0", settings.Get<HttpOptions>().Address);
            Assert.True(settings.EndsWithin + TimeSpan.FromSeconds(5) < Seconds(service.StopGracePeriod), $"{name} is killed before it has ended.");
            Assert.Contains($"service.instance.id={name}", service.Environment["OTEL_RESOURCE_ATTRIBUTES"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Silos_say_the_addresses_that_they_have()
    {
        var network = IPNetwork.Parse(Cluster.Networks.Single().Value.Ipam.Config.Single().Subnet);
        foreach (var (_, service, program) in Cluster.Programs.Where(one => one.Program == ProgramKind.Silo))
        {
            Assert.NotNull(service.Address);
            Assert.True(network.Contains(IPAddress.Parse(service.Address)));
            Assert.Equal(service.Address, program.Read(await service.EnvironmentWith(program)).Get<ClusterSettings>().AdvertisedAddress);
        }

        Assert.Distinct(Cluster.Services.Values.Select(service => service.Address).OfType<string>().Append(Cluster.Networks.Single().Value.Ipam.Config.Single().Gateway));
    }

    [Fact]
    public async Task Edges_keep_what_they_keep_on_volumes_of_their_own_where_their_user_may_write()
    {
        foreach (var (_, service, program) in Cluster.Programs.Where(one => one.Program == ProgramKind.Edge))
        {
            var settings = program.Read(await service.EnvironmentWith(program));
            var volume = Assert.Single(service.Volumes).Split(':');

            Assert.Contains(volume[0], Cluster.Volumes.Keys);
            Assert.Equal("/home/app", volume[1]);
            Assert.StartsWith("/home/app/", settings.Get<DataOptions>().Folder, StringComparison.Ordinal);
            Assert.Equal($"127.0.0.1:{service.Ports.Single().Split(':')[1]}:{settings.Get<HttpOptions>().Port}", service.Ports.Single());
        }

        Assert.Distinct(Cluster.Services.Values.SelectMany(service => service.Volumes).Where(volume => volume[0] != '.'));
        Assert.Distinct(Cluster.Services.Values.SelectMany(service => service.Ports));
    }

    [Fact]
    public async Task The_database_is_the_one_that_the_programs_look_for()
    {
        var postgres = Cluster.Services["postgres"];
        foreach (var (_, service, program) in Cluster.Programs)
        {
            var connection = new NpgsqlConnectionStringBuilder(program.Read(await service.EnvironmentWith(program)).Get<DatabaseOptions>().ConnectionString);

            Assert.Equal(
                ("postgres", postgres.Environment["POSTGRES_DB"], postgres.Environment["POSTGRES_USER"], postgres.Environment["POSTGRES_PASSWORD"]),
                (connection.Host, connection.Database, connection.Username, connection.Password));
        }
    }

    [Fact]
    public async Task Containers_may_do_nothing_but_their_work()
    {
        Assert.All(Cluster.Services, one =>
        {
            Assert.True(one.Value.ReadOnly, one.Key);
            Assert.Equal(["ALL"], one.Value.CapDrop);
            Assert.Equal(["no-new-privileges:true"], one.Value.SecurityOpt);
            Assert.Equal("unless-stopped", one.Value.Restart);
            Assert.Matches(@"^[a-z0-9./-]+:v?[0-9][0-9a-z.-]+$", one.Value.Image);
            Assert.All(one.Value.Ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
            Assert.All(one.Value.DependsOn, other => Assert.True(other.Value.Condition == "service_healthy" && Cluster.Services[other.Key].Healthcheck is not null, other.Key));
        });
        foreach (var (_, service, program) in Cluster.Programs)
        {
            var user = (await Image.Of(program)).User;
            Assert.Equal($"{user}:{user}", service.User);
        }
    }

    [Fact]
    public async Task Prometheus_scrapes_every_program_and_reads_the_alerts()
    {
        var prometheus = Cluster.Services["prometheus"];
        var configuration = ComposeFile.OnThisMachine(prometheus, Argument(prometheus, "--config.file="));
        var settings = Yaml(configuration!);
        var targets = List(settings["scrape_configs"]).SelectMany(job => List(job["static_configs"])
            .SelectMany(some => (List<object>)some["targets"])
            .Select(target => $"{job["job_name"]} {target}"));

        var expected = new List<string>();
        foreach (var (name, service, program) in Cluster.Programs)
        {
            expected.Add($"orleanslinks-{program.Name} {name}:{program.Read(await service.EnvironmentWith(program)).Get<HttpOptions>().Port}");
        }

        Assert.Equal(expected.Order(), targets.Order());
        Assert.All((List<object>)settings["rule_files"], file => Assert.True(File.Exists(ComposeFile.OnThisMachine(prometheus, (string)file)), $"{file} is not there."));
    }

    [Fact]
    public void Grafana_asks_Prometheus_and_finds_the_dashboards()
    {
        var grafana = Cluster.Services["grafana"];
        var source = List(Yaml(ComposeFile.OnThisMachine(grafana, "/etc/grafana/provisioning/datasources/prometheus.yaml")!)["datasources"]).Single();
        var dashboards = List(Yaml(ComposeFile.OnThisMachine(grafana, "/etc/grafana/provisioning/dashboards/orleanslinks.yaml")!)["providers"]).Single();

        Assert.Equal("http://prometheus:9090", source["url"]);
        Assert.Contains("127.0.0.1:9090:9090", Cluster.Services["prometheus"].Ports);
        Assert.True(System.IO.Directory.Exists(ComposeFile.OnThisMachine(grafana, (string)((Dictionary<object, object>)dashboards["options"])["path"])));
    }

    [Fact]
    public void Each_program_is_asked_for_its_health_by_itself()
    {
        foreach (var (_, service, program) in Cluster.Programs)
        {
            Assert.Equal(["CMD", "dotnet", $"/app/{program.Dll}", "health"], service.Healthcheck!.Test);
            Assert.True(Seconds(service.Healthcheck.Timeout) < Seconds(service.Healthcheck.Interval));
        }
    }

    private static string Argument(Service service, string name) => service.Command.Single(one => one.StartsWith(name, StringComparison.Ordinal))[name.Length..];

    private static Dictionary<object, object> Yaml(string path) => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(path));

    private static IEnumerable<Dictionary<object, object>> List(object items) => ((List<object>)items).Cast<Dictionary<object, object>>();

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));
}
