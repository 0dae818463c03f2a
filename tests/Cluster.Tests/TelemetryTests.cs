namespace OrleansLinks.Clusters;

/// <summary>What an operator's collector gets to see.</summary>
public sealed class TelemetryTests(RunningCluster cluster)
{
    private static readonly TimeSpan ExportedWithin = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_trace_leads_from_a_request_through_the_actors_of_a_silo_to_the_database()
    {
        using var collector = new Collector();
        await cluster.Run("CREATE DATABASE traced");
        string[] arguments =
        [
            .. RunningCluster.DatabaseArguments(cluster.ConnectionStringOf("traced")),
            "--OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address,
            "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
            "--OTEL_TRACES_SAMPLER", "always_on",
            "--OTEL_BSP_SCHEDULE_DELAY", "200",
            "--OTEL_METRIC_EXPORT_INTERVAL", "500",
        ];
        using var folder = new TemporaryFolder();
        await using var silo = await Silo.Start(arguments);
        await using var edge = await Instance.Start(folder.Path, arguments: ["--Cluster:Mode", "client", .. arguments]);

        await edge.Operator.Post("/partners", new { name = "Traced", kind = "partner" });

        await Eventually.So(() => Task.FromResult(IsComplete()), "a trace has all its parts", ExportedWithin);
        await Eventually.So(() => Task.FromResult(collector.ExportsTo("/v1/metrics") > 0), "metrics are exported", ExportedWithin);

        bool IsComplete()
        {
            var spans = collector.Spans.ToLookup(span => span.Trace);
            var request = collector.Spans.FirstOrDefault(span => span is { Service: "orleanslinks-edge", Name: "POST /api/v1/partners/" });
            if (request is null)
            {
                return false;
            }

            var trace = spans[request.Trace].ToDictionary(span => span.Id);
            return trace.Values.Any(span => span.Service == "orleanslinks-silo" && span.Name == "postgresql" && LeadsTo(span, request, trace));
        }
    }

    private static bool LeadsTo(Span? span, Span request, Dictionary<string, Span> trace)
    {
        while (span is not null && span != request)
        {
            span = trace.GetValueOrDefault(span.Parent);
        }

        return span == request;
    }
}
