using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace OrleansLinks.Hosting;

/// <summary>What the operator's network asks of every program: whether it has started, lives and is ready, and its metrics.</summary>
public static class HealthEndpoints
{
    /// <summary>
    /// Maps <c>/health/startup</c> (it has started), <c>/health/live</c> (it answers at all, whatever else does not),
    /// <c>/health/ready</c> (it is worth sending somebody to) and <c>/metrics</c>, spelled so alone: a proxy that keeps visitors from
    /// them compares letter by letter.
    /// </summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/startup", new HealthCheckOptions { Predicate = check => check.Name == ProgramStart.Check, ResponseWriter = Write }).AsSpelled();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AsSpelled();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Write }).AsSpelled();
        if (app.Services.GetService<MeterProvider>() is not null)
        {
            app.MapPrometheusScrapingEndpoint("/metrics").AsSpelled();
        }
    }

    /// <summary>Answers whether a program is ready.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">Healthy, Degraded or Unhealthy.</param>
    /// <param name="reasons">Why it is not healthy, by what is not.</param>
    public static Task Write(HttpContext context, HealthStatus status, IReadOnlyDictionary<string, string?> reasons) =>
        context.Response.WriteAsJsonAsync(new { status = status.ToString(), reasons }, JsonSerializerOptions.Web);

    // Routes are found in any letter case.
    private static void AsSpelled(this IEndpointConventionBuilder endpoint) => endpoint.Add(built =>
    {
        var (path, answer) = (((RouteEndpointBuilder)built).RoutePattern.RawText!, built.RequestDelegate!);
        built.RequestDelegate = context =>
        {
            if (context.Request.Path.Value!.StartsWith(path, StringComparison.Ordinal))
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
