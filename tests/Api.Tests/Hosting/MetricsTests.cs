using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OrleansLinks.Api.Tests;

namespace OrleansLinks.Hosting;

/// <summary>What <c>/metrics</c> tells is what docs/operations/metrics.md says.</summary>
public sealed partial class MetricsTests(RunningHost host)
{
    [Fact]
    public async Task Every_metric_of_our_own_is_in_the_documentation_as_it_is()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await world.Click(link["trackingUrl"]);

        // Totals are compared with details for who asks, so that there is a drift to tell.
        (await host.Operator.Get("/ledger")).Expect(200);

        await Eventually.Is(async () => (await Read()).ContainsKey("orleanslinks_ledger_batch_size"), "a batch of clicks", TimeSpan.FromSeconds(5));
        Assert.Equal(Documented().Order(), (await Read()).Where(metric => metric.Key.StartsWith("orleanslinks_", StringComparison.Ordinal)).Select(metric => (metric.Key, metric.Value)).Order());
    }

    [Fact]
    public async Task Requests_runtime_and_actors_are_measured_too()
    {
        (await host.Operator.Get("/programs")).Expect(200);

        var told = await Read();

        Assert.Contains("http_server_request_duration_seconds", told.Keys);
        Assert.Contains("dotnet_process_cpu_time_seconds_total", told.Keys);
        Assert.Contains("orleans_catalog_activations", told.Keys);
        Assert.Contains("kestrel_active_connections", told.Keys);
    }

    private async Task<Dictionary<string, string>> Read()
    {
        var text = await host.Http.GetStringAsync("/metrics");
        return TypePattern().Matches(text).ToDictionary(type => type.Groups[1].Value, type => type.Groups[2].Value);
    }

    private static IEnumerable<(string, string)> Documented() =>
        RowPattern().Matches(File.ReadAllText(Path.Combine(Repository(), "docs/operations/metrics.md"))).Select(row => (row.Groups[1].Value, row.Groups[2].Value));

    private static string Repository([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    [GeneratedRegex("^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypePattern();

    [GeneratedRegex("^\\| `orleanslinks\\.[a-z_.]+` \\| `(\\S+)` \\| (\\w+) \\|", RegexOptions.Multiline)]
    private static partial Regex RowPattern();
}
