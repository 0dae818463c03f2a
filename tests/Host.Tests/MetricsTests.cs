using System.Text.RegularExpressions;

namespace OrleansLinks.Host;

/// <summary>What <c>/metrics</c> tells is what docs/operations/metrics.md says.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Every_metric_of_our_own_is_in_the_documentation_as_it_is_beside_those_of_runtime_and_actors()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);
        var scene = await Scene.Make(instance.Operator);
        await instance.Operator.Click((await instance.Operator.Post(scene.Links, Scene.NewLink(1))).Text("trackingUrl"));

        // Totals are compared with details for who asks, so that there is a drift to tell.
        await instance.Operator.Get("/ledger");

        Dictionary<string, string> told = [];
        await Eventually.Is(async () => (told = await Read(instance)).ContainsKey("orleanslinks_ledger_batch_size"));
        Assert.Equal(
            Documented().Order(),
            told.Where(metric => metric.Key.StartsWith("orleanslinks_", StringComparison.Ordinal)).Select(metric => (metric.Key, metric.Value)).Order());
        Assert.Superset(
            new HashSet<string>(["http_server_request_duration_seconds", "dotnet_process_cpu_time_seconds_total", "orleans_catalog_activations", "kestrel_active_connections"]),
            told.Keys.ToHashSet());

        // By this alerts tell an edge that needs silos.
        Assert.DoesNotContain("orleans_client_connected_gateways", told.Keys);
    }

    private static async Task<Dictionary<string, string>> Read(Instance instance)
    {
        using var http = new HttpClient();
        return TypePattern().Matches(await http.GetStringAsync($"{instance.Origin}/metrics")).ToDictionary(type => type.Groups[1].Value, type => type.Groups[2].Value);
    }

    private static IEnumerable<(string, string)> Documented() =>
        RowPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/operations/metrics.md"))).Select(row => (row.Groups[1].Value, row.Groups[2].Value));

    [GeneratedRegex("^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypePattern();

    [GeneratedRegex("^\\| `orleanslinks\\.[a-z_.]+` \\| `(\\S+)` \\| (\\w+) \\|", RegexOptions.Multiline)]
    private static partial Regex RowPattern();
}
