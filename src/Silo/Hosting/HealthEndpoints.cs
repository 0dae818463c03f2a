using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace OrleansLinks.Hosting;

/// <summary>What the operator's network asks of every program: whether it has started, lives and is ready, and its metrics.</summary>
public static class HealthEndpoints
{
    /// <summary>Whether it answers at all, whatever else does not.</summary>
    public const string LivePath = "/health/live";

    /// <summary>Whether it has started.</summary>
    public const string StartupPath = "/health/startup";

    /// <summary>Whether it is worth sending somebody to.</summary>
    public const string ReadyPath = "/health/ready";

    /// <summary>Its metrics, for Prometheus.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Maps all of them, for who spells them so alone: a proxy that keeps visitors from them compares letter by letter.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(StartupPath, new HealthCheckOptions { Predicate = check => check.Name == ProgramStart.Check, ResponseWriter = Write }).AsSpelled();
        app.MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = _ => false }).AsSpelled();
        app.MapHealthChecks(ReadyPath, new HealthCheckOptions { ResponseWriter = Write }).AsSpelled();
        if (app.Services.GetService<MeterProvider>() is not null)
        {
            app.MapPrometheusScrapingEndpoint(MetricsPath).AsSpelled();
        }
    }

    /// <summary>Answers whether a program is ready.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">Healthy, Degraded or Unhealthy.</param>
    /// <param name="reasons">Why it is not healthy, by what is not.</param>
    internal static Task Write(HttpContext context, HealthStatus status, IReadOnlyDictionary<string, string?> reasons) =>
        context.Response.WriteAsJsonAsync(new { status = status.ToString(), reasons }, JsonSerializerOptions.Web);

    /// <summary>Whether a request is for a path in just that spelling, and only reads.</summary>
    internal static bool AsksFor(this HttpContext context, string path) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) && context.IsSpelled(path);

    // What routing compares is decoded, without dots, and in any letter case.
    private static bool IsSpelled(this HttpContext context, string path)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        return target[..(target.IndexOf('?') is >= 0 and var query ? query : target.Length)].SequenceEqual(path);
    }

    private static void AsSpelled(this IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head])).Add(built =>
    {
        var (path, answer) = (((RouteEndpointBuilder)built).RoutePattern.RawText!, built.RequestDelegate!);
        built.RequestDelegate = context =>
        {
            if (context.IsSpelled(path))
            {
                return answer(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    });

    private static Task Write(HttpContext context, HealthReport report) => Write(
        context,
        report.Status,
        report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).ToDictionary(entry => entry.Key, entry => entry.Value.Description));
}
