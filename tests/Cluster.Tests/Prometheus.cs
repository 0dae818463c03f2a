using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansLinks.Clusters;

/// <summary>
/// Debian's Prometheus over the metrics of running programs, with the rules of deploy/prometheus. So that a test need not wait for
/// minutes, it looks several times a second, and the rules' times are shortened: what has to hold for minutes need hold for no time,
/// rates are those of seconds, thirty seconds are two, and a quarter of an hour is three.
/// </summary>
internal sealed partial class Prometheus : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Child _child;
    private readonly HttpClient _http;

    private Prometheus(TemporaryFolder folder, Child child, int port) =>
        (_folder, _child, _http) = (folder, child, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") });

    public static string Rules => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml"));

    /// <summary>Starts it.</summary>
    /// <param name="silos">Where silos tell their metrics, without the path.</param>
    /// <param name="edges">Where edges do.</param>
    public static async Task<Prometheus> Start(IEnumerable<string> silos, IEnumerable<string> edges)
    {
        var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        await File.WriteAllTextAsync(folder.File("alerts.yml"), Shorten(Rules));
        await Configure(folder, silos, edges);
        var child = Child.Start("prometheus",
            [$"--config.file={folder.File("prometheus.yml")}", $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}",
            "--scrape.discovery-reload-interval=250ms"]);
        var prometheus = new Prometheus(folder, child, port);
        await Eventually.So(async () => (await prometheus.Ask("up")).Count > 0, "Prometheus has looked at the programs", TimeSpan.FromSeconds(30));
        return prometheus;
    }

    /// <summary>Has it look for nobody any more.</summary>
    public async Task LookForNobody()
    {
        await Configure(_folder, [], []);
        _child.Ask(Child.Signal.Hangup);
    }

    /// <summary>The results of a query, of which each has labels and a value.</summary>
    public async Task<List<JsonElement>> Ask(string query)
    {
        using var answer = await _http.GetAsync($"query?query={Uri.EscapeDataString(query)}");
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            // It is not up yet, or has no room at the moment, which whoever waits hears of.
            answer.EnsureSuccessStatusCode();
        }

        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(body.Text("status") == "success", $"{query}: {body}");
        return [.. body.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    /// <summary>The alerts that are firing.</summary>
    public async Task<HashSet<string>> Firing() =>
        [.. (await Ask("""ALERTS{alertstate="firing"}""")).Select(alert => alert.GetProperty("metric").Text("alertname"))];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _child.DisposeAsync();
        _folder.Dispose();
    }

    private static Task Configure(TemporaryFolder folder, IEnumerable<string> silos, IEnumerable<string> edges) => File.WriteAllTextAsync(folder.File("prometheus.yml"), $$"""
        global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }
        rule_files: [alerts.yml]
        scrape_configs:
          - { job_name: orleanslinks-silo, static_configs: [{ targets: [{{Targets(silos)}}] }] }
          - { job_name: orleanslinks-edge, static_configs: [{ targets: [{{Targets(edges)}}] }] }
        """);

    private static string Targets(IEnumerable<string> origins) => string.Join(", ", origins.Select(origin => $"'{new Uri(origin).Authority}'"));

    private static string Shorten(string rules) => WaitingPattern().Replace(RangePattern().Replace(rules, "${1}3s"), "")
        .Replace("[1d:5m]", "[1m:1s]", StringComparison.Ordinal)
        .Replace("> 30\n", "> 2\n", StringComparison.Ordinal).Replace("> 15\n", "> 2\n", StringComparison.Ordinal).Replace("> 900\n", "> 3\n", StringComparison.Ordinal);

    [GeneratedRegex(@"(\[|offset )\d+m\b")]
    private static partial Regex RangePattern();

    [GeneratedRegex(@"^ +for: \w+\n", RegexOptions.Multiline)]
    private static partial Regex WaitingPattern();
}
