using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansLinks.Clicks;

namespace OrleansLinks.Hosting;

/// <summary>
/// What a program tells of itself, by OpenTelemetry: metrics for Prometheus at <c>/metrics</c>, and what the standard variables
/// <c>OTEL_*</c> ask for by OTLP: traces, metrics and logs where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector, or one of them
/// where <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c> and the like do; none of them where <c>OTEL_TRACES_EXPORTER</c> and the like are
/// <c>none</c>; and nothing at all where <c>OTEL_SDK_DISABLED</c> is <c>true</c> (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
/// </summary>
public static class Telemetry
{
    /// <summary>The source of spans of our own code.</summary>
    public const string SourceName = "OrleansLinks";

    /// <summary>The attribute that the span of a request begins with.</summary>
    public const string RequestAttribute = "http.request.method";

    /// <summary>Which part of the requests is traced where <c>OTEL_TRACES_SAMPLER</c> does not say otherwise: visitors are many.</summary>
    private const double TracedPart = 0.01;

    private static readonly string[] Meters =
    [
        LedgerMetrics.MeterName, "Microsoft.Orleans", "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Components.Server.Circuits", "System.Runtime",
    ];

    // Orleans takes actors for its own whose namespace begins as its own does, and ours does.
    private static readonly string[] Sources = [SourceName, "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application", "Microsoft.Orleans.Storage", "Npgsql"];

    /// <summary>Adds it.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="program">The program's name, unless <c>OTEL_SERVICE_NAME</c> gives it another one.</param>
    /// <exception cref="StartupException">A variable has no allowed value.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder, string program)
    {
        var settings = builder.Configuration;
        TelemetryVariables.Check(settings);
        if (settings.IsOff())
        {
            return;
        }

        var version = typeof(Telemetry).Assembly.GetName().Version!.ToString(3);

        // What the environment says of the program goes before what it says itself.
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(
            resource => resource.AddService(program, serviceVersion: version).AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddPrometheusExporter();

            // Counted up and down for each visitor, and of no use that the other metrics are not.
            metrics.AddView("http.server.active_requests", MetricStreamConfiguration.Drop);
            if (settings.Exports("METRICS"))
            {
                metrics.AddOtlpExporter();
            }
        });
        if (settings.ExportTraces())
        {
            telemetry.WithTracing(traces =>
            {
                traces.AddSource(Sources).AddOtlpExporter();
                if (PartDrawn(settings) < 1)
                {
                    traces.SetSampler(new ParentBasedSampler(new AsDrawn()));
                }
            });
        }

        if (settings.Exports("LOGS"))
        {
            telemetry.WithLogging(logs => logs.AddOtlpExporter(), options => (options.IncludeFormattedMessage, options.IncludeScopes) = (true, true));
        }
    }

    /// <summary>Whether traces are asked for; what they cost is paid only then.</summary>
    /// <param name="settings">The program's settings.</param>
    public static bool ExportTraces(this IConfiguration settings) => settings.Exports("TRACES");

    /// <summary>Which part of the requests may be traced at all: all where a sampler is asked for, which draws for itself.</summary>
    /// <param name="settings">The program's settings.</param>
    public static double PartDrawn(IConfiguration settings) => string.IsNullOrEmpty(settings["OTEL_TRACES_SAMPLER"]) ? TracedPart : 1;

    private static bool IsOff(this IConfiguration settings) => string.Equals(settings["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);

    private static bool Exports(this IConfiguration settings, string signal)
    {
        if (settings.IsOff())
        {
            return false;
        }

        return settings[$"OTEL_{signal}_EXPORTER"] switch
        {
            null or "" => settings.Has($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") || settings.Has("OTEL_EXPORTER_OTLP_ENDPOINT"),
            var exporter => exporter == "otlp",
        };
    }

    private static bool Has(this IConfiguration settings, string name) => !string.IsNullOrEmpty(settings[name]);

    /// <summary>Requests have been drawn before their spans begin; of what else begins a trace, as large a part is taken.</summary>
    private sealed class AsDrawn : Sampler
    {
        private readonly TraceIdRatioBasedSampler _others = new(TracedPart);

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            samplingParameters.Tags?.Any(tag => tag.Key == RequestAttribute) == true
                ? new SamplingResult(SamplingDecision.RecordAndSample)
                : _others.ShouldSample(samplingParameters);
    }
}
