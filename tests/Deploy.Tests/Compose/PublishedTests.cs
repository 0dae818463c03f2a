using System.Net;
using System.Text.RegularExpressions;
using OrleansLinks.Deploy.Kubernetes;

namespace OrleansLinks.Deploy.Compose;

/// <summary>What is published works, with the environment that it is deployed with.</summary>
public sealed partial class PublishedTests(PublishedCluster cluster) : IClassFixture<PublishedCluster>
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Child.Patience };

    [Fact]
    public async Task The_walkthrough_passes()
    {
        var run = await Child.Run("bash", [Repository.Walkthrough, cluster.Origins["edge-1"], Instance.OperatorKey]);

        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Errors}");
        Assert.EndsWith("All four ways to a link work.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_edges_are_one_installation()
    {
        using var one = new Client(cluster.Origins["edge-1"], Instance.OperatorKey);
        using var other = new Client(cluster.Origins["edge-2"], Instance.OperatorKey);
        var scene = await Scene.Make(one);
        var link = await other.Post(scene.Links, Scene.NewLink(1));

        Assert.StartsWith(cluster.Origins["edge-1"], link.Text("trackingUrl"), StringComparison.Ordinal);
        Assert.StartsWith("https://www.example.com/page/1", await one.Click(link.Text("trackingUrl")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("edge")]
    public async Task Every_probe_is_answered(string name)
    {
        var program = ProgramKind.All.Single(one => one.Name == name);
        var container = (await Overlay.Of("production")).WorkloadOf(program).Container;
        foreach (var service in cluster.NamesOf(program))
        {
            foreach (var probe in new[] { container.LivenessProbe, container.ReadinessProbe, container.StartupProbe })
            {
                using var answer = await Http.GetAsync($"{cluster.Origins[service]}{probe.HttpGet.Path}", TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{service} answers {probe.HttpGet.Path} with {answer.StatusCode}.");
            }
        }
    }

    [Fact]
    public async Task A_container_finds_its_program_healthy()
    {
        foreach (var service in cluster.Origins.Keys)
        {
            var asked = await cluster.AskForHealth(service);

            Assert.True(asked.ExitCode == 0, $"{service}: {asked.Output}\n{asked.Errors}");
            Assert.Contains("Healthy", asked.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("silo-1")]
    [InlineData("edge-1")]
    public async Task A_container_finds_that_its_program_does_not_answer(string service)
    {
        var nowhere = Instance.FreePort();

        var asked = await cluster.AskForHealth(service, nowhere);

        Assert.Equal(1, asked.ExitCode);
        Assert.StartsWith($"Nothing answers at http://127.0.0.1:{nowhere}/health/ready", asked.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edges_tell_the_numbers_by_which_they_are_scaled()
    {
        var overlay = await Overlay.Of("production");
        var numbers = overlay.All<k8s.Models.V2HorizontalPodAutoscaler>().SelectMany(one => one.Spec.Metrics).Select(metric => metric.Pods?.Metric.Name).OfType<string>().ToArray();
        var rules = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "k8s", "components", "scaling", "adapter-rules.yaml"), TestContext.Current.CancellationToken);

        Assert.NotEmpty(numbers);
        foreach (var edge in cluster.NamesOf(ProgramKind.Edge))
        {
            var scraped = await Http.GetStringAsync($"{cluster.Origins[edge]}/metrics", TestContext.Current.CancellationToken);
            Assert.All(numbers, number => Assert.Matches($@"(?m)^{number}(\{{| )", scraped));
        }

        Assert.All(numbers, number => Assert.Contains($"seriesQuery: {number}{{", rules, StringComparison.Ordinal));
        Assert.All(numbers, number => Assert.Contains($"as: {number}\n", rules, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("edge")]
    public async Task Prometheus_finds_what_it_scrapes(string name)
    {
        foreach (var service in cluster.NamesOf(ProgramKind.All.Single(one => one.Name == name)))
        {
            Assert.Contains("# TYPE orleans_", await Http.GetStringAsync($"{cluster.Origins[service]}/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_console_has_all_of_its_files()
    {
        var page = new Uri($"{cluster.Origins["edge-2"]}/console/sign-in");
        var text = await Http.GetStringAsync(page, TestContext.Current.CancellationToken);
        var files = Named().Matches(text).Select(file => file.Groups[1].Value).ToArray();

        Assert.Contains(files, file => file.EndsWith(".css", StringComparison.Ordinal));
        Assert.Contains(files, file => file.Contains("blazor.web", StringComparison.Ordinal));
        foreach (var file in files)
        {
            using var answer = await Http.GetAsync(new Uri(page, file), TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{file} is answered with {answer.StatusCode}.");
            Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [GeneratedRegex("""<(?:link|script)\b[^>]*? (?:href|src)="([^"]+)"[^>]*>""")]
    private static partial Regex Named();
}
