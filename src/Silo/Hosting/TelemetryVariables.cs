using System.Globalization;

namespace OrleansLinks.Hosting;

/// <summary>
/// The variables of OpenTelemetry, which its libraries ignore, or end the program for, where they have no allowed value: as
/// settings, they are looked at before anything is built.
/// </summary>
internal static class TelemetryVariables
{
    private static readonly string[] Samplers =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    private static readonly string[] Signals = ["_TRACES_", "_METRICS_", "_LOGS_"];

    /// <summary>Looks at all that are set.</summary>
    /// <param name="settings">The program's settings.</param>
    /// <exception cref="StartupException">A variable has no allowed value. It is not shown: headers may be secret.</exception>
    public static void Check(IConfiguration settings)
    {
        foreach (var (name, value) in settings.GetChildren().Select(variable => (variable.Key, variable.Value)))
        {
            if (name.StartsWith("OTEL_", StringComparison.Ordinal) && !string.IsNullOrEmpty(value) && Remedy(name, value) is { } remedy)
            {
                throw new StartupException($"The setting {name} is not valid: {remedy}.");
            }
        }
    }

    /// <returns>What to give instead; null when it is allowed, or nothing is known of it.</returns>
    private static string? Remedy(string name, string value)
    {
        // Most are for all signals or, with the signal in the name, for one.
        var (isAllowed, remedy) = Signals.Aggregate(name, (all, signal) => all.Replace(signal, "_", StringComparison.Ordinal)) switch
        {
            "OTEL_SDK_DISABLED" => (bool.TryParse(value, out _), "give true or false"),
            "OTEL_EXPORTER" => (value is "otlp" or "none", "give otlp or none"),
            "OTEL_EXPORTER_OTLP_ENDPOINT" => (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https", "give a URL such as http://127.0.0.1:4317"),
            "OTEL_EXPORTER_OTLP_PROTOCOL" => (value is "grpc" or "http/protobuf", "give grpc or http/protobuf"),
            "OTEL_EXPORTER_OTLP_HEADERS" or "OTEL_RESOURCE_ATTRIBUTES" =>
                (value.Split(',').All(static pair => pair.IndexOf('=', StringComparison.Ordinal) > 0), "give name=value, and several with commas between them"),
            "OTEL_EXPORTER_OTLP_COMPRESSION" => (value is "gzip" or "none", "give gzip or none"),
            "OTEL_EXPORTER_OTLP_CERTIFICATE" or "OTEL_EXPORTER_OTLP_CLIENT_KEY" or "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE" => (File.Exists(value), "give a file that is there"),
            "OTEL_SAMPLER" => (Samplers.Contains(value), $"give one of {string.Join(", ", Samplers)}"),
            "OTEL_SAMPLER_ARG" => (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1, "give a number from 0 to 1"),
            "OTEL_EXPORTER_OTLP_TIMEOUT" or "OTEL_METRIC_EXPORT_INTERVAL" or "OTEL_METRIC_EXPORT_TIMEOUT" or "OTEL_BSP_SCHEDULE_DELAY" or "OTEL_BSP_EXPORT_TIMEOUT" or "OTEL_BSP_MAX_QUEUE_SIZE"
                or "OTEL_BSP_MAX_EXPORT_BATCH_SIZE" or "OTEL_BLRP_SCHEDULE_DELAY" or "OTEL_BLRP_EXPORT_TIMEOUT" or "OTEL_BLRP_MAX_QUEUE_SIZE" or "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE" => (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0, "give a whole number above 0"),
            _ => (true, ""),
        };
        return isAllowed ? null : remedy;
    }
}
