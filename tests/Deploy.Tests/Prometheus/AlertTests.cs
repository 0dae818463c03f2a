namespace OrleansLinks.Deploy.Prometheus;

/// <summary>
/// When alerts are raised and when they are not, by the rules' own times, which a running cluster is too short for. Series are told as
/// Prometheus' tool does, a value every 15 s: <c>0+3x20</c> is 0 and twenty more, each by 3 greater; <c>_x20</c> is twenty times nothing.
/// </summary>
public sealed class AlertTests
{
    private const string Edge = """up{job="orleanslinks-edge",instance="edge-0"}""";
    private const string OtherEdge = """up{job="orleanslinks-edge",instance="edge-1"}""";
    private const string Gateways = """orleans_client_connected_gateways{job="orleanslinks-edge",instance="edge-0"}""";

    [Theory]
    [InlineData("one of sixty", "0x8 1x40", "0+3x48", false)]
    [InlineData("nine of sixty", "0x8 9x40", "0+3x48", false)]
    [InlineData("twelve of sixty", "0x8 12x40", "0+3x48", true)]
    [InlineData("twelve of twelve thousand", "0x8 12x40", "0+600x48", false)]
    [InlineData("all, at once after the start", "0 25x48", "0x48", true)]
    public Task Visitors_who_are_turned_away_raise_an_alert_when_they_are_many_and_a_part_that_counts(string who, string failed, string taken, bool isRaised) => Raise(
        who, "4m45s", isRaised ? ["OrleansLinksRedirectsFail"] : [],
        (Edge, "1x48"), ("""orleanslinks_redirects_failed_total{instance="edge-0"}""", failed), ("""orleanslinks_clicks_journaled_total{instance="edge-0"}""", taken));

    [Theory]
    [InlineData("one in four minutes, and nobody else", "0x80", "0x15 1x15 2x15 3x15 4x15", false)]
    [InlineData("one in four", "0+3x80", "0+4x80", true)]
    [InlineData("one in two hundred", "0+199x80", "0+200x80", false)]
    public Task Visitors_who_wait_raise_an_alert_when_they_are_many_and_a_part_that_counts(string who, string soon, string all, bool isRaised) => Raise(
        who, "14m", isRaised ? ["OrleansLinksRedirectsSlow"] : [],
        (Edge, "1x80"),
        ("""orleanslinks_redirect_duration_seconds_bucket{instance="edge-0",le="0.5"}""", soon),
        ("""orleanslinks_redirect_duration_seconds_bucket{instance="edge-0",le="1"}""", all),
        ("""orleanslinks_redirect_duration_seconds_bucket{instance="edge-0",le="+Inf"}""", all),
        ("""orleanslinks_redirect_duration_seconds_count{instance="edge-0"}""", all));

    [Theory]
    [InlineData("during the last minute", "0x40 3x8", "11m", true)]
    [InlineData("before the edge was heard of", "5x20", "1m", true)]
    [InlineData("more than a quarter of an hour ago", "5x80", "16m15s", false)]
    [InlineData("before the edge was away for an hour", "5x40 _x240 5x20", "72m", false)]
    [InlineData("while the edge was away for an hour", "0x40 _x240 3x20", "72m", true)]
    public Task Lost_clicks_raise_an_alert_once(string when, string lost, string at, bool isRaised) => Raise(
        when, at, isRaised ? ["OrleansLinksClicksLost"] : [],
        (Edge, "1x300"), ("""orleanslinks_clicks_lost_total{instance="edge-0"}""", lost));

    [Theory]
    [InlineData("a single process", "1x80", null, null, false)]
    [InlineData("edges and silos", "1x80", "2x80", "1x80", false)]
    [InlineData("edges whose silos were never found", "1x80", "2x80", null, true)]
    [InlineData("edges whose silos are not found any more", "1x80", "2x80", "1x20 stale", true)]
    [InlineData("edges that are not found any more", "1x20 stale", "2x20 stale", "1x80", true)]
    [InlineData("a single process that is not found any more", "1x20 stale", null, null, true)]
    public Task Who_is_not_looked_for_raises_an_alert(string what, string edge, string? gateways, string? silo, bool isRaised) => Raise(
        what, "15m", isRaised ? ["OrleansLinksNotWatched"] : [],
        [(Edge, edge), .. Some(Gateways, gateways), .. Some(Silo(0), silo)]);

    [Theory]
    [InlineData("of three", false, "1x200", "1x200", "1x80 stale")]
    [InlineData("of two", true, "1x200", "1x80 stale")]
    [InlineData("of two for a release", false, "1x200", "1x140 stale _x10 1x50")]
    [InlineData("never more than one", false, "1x200")]
    public Task The_last_but_one_silo_that_goes_raises_an_alert(string which, bool isRaised, params string[] silos) => Raise(
        which, "45m", isRaised ? ["OrleansLinksOneSiloLeft"] : [],
        [(Edge, "1x200"), (Gateways, "1x200"), .. silos.Select((silo, number) => (Silo(number), silo))]);

    [Theory]
    [InlineData("0.2x40 stale", false)]
    [InlineData("90x40 stale", true)]
    public Task An_edge_that_is_taken_away_raises_an_alert_when_it_has_left_clicks_behind(string age, bool isRaised) => Raise(
        age, "20m", isRaised ? ["OrleansLinksClicksLeftBehind"] : [],
        (Edge, "1x100"), (OtherEdge, "1x40 stale"), ("""orleanslinks_clicks_oldest_unapplied_seconds{job="orleanslinks-edge",instance="edge-1"}""", age));

    private static string Silo(int number) => $$"""up{job="orleanslinks-silo",instance="silo-{{number}}"}""";

    private static IEnumerable<(string Name, string Values)> Some(string name, string? values) => values is null ? [] : [(name, values)];

    /// <summary>Has the rules judge series, and checks which alerts are raised at a time after the first value.</summary>
    private static async Task Raise(string what, string at, string[] alerts, params (string Name, string Values)[] series)
    {
        var rules = Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yml");
        using var folder = new TemporaryFolder();
        var test = folder.File("test.yml");
        await File.WriteAllTextAsync(test, $$"""
            rule_files: ['{{rules}}']
            evaluation_interval: 15s
            tests:
              - interval: 15s
                input_series: [{{string.Join(", ", series.Select(one => $"{{ series: '{one.Name}', values: '{one.Values}' }}"))}}]
                promql_expr_test:
                  - expr: count by (alertname) (ALERTS{alertstate="firing"})
                    eval_time: {{at}}
                    exp_samples: [{{string.Join(", ", alerts.Select(alert => $$"""{ labels: '{alertname="{{alert}}"}', value: 1 }"""))}}]
            """);

        var judged = await Child.Run("promtool", ["test", "rules", test]);

        Assert.True(judged.ExitCode == 0, $"{what}: {judged.Output}\n{judged.Errors}");
    }
}
