using System.Diagnostics;

namespace OrleansLinks.Hosting;

/// <summary>
/// Spans of requests, as opentelemetry.io/docs/specs/semconv/http/http-spans has them. The web server would begin one for each
/// request, whether it is traced or not, and a redirect would pay a tenth more for it: here it is drawn first which are traced, and the others
/// pay for the drawing alone.
/// </summary>
internal sealed class RequestTracing(IConfiguration settings)
{
    private static readonly ActivitySource Source = new(Telemetry.SourceName);

    private readonly double _drawn = Telemetry.PartDrawn(settings);

    /// <summary>Traces what comes behind, but for what networks ask of every program and for connections of open pages.</summary>
    /// <param name="app">The pipeline; who is called has been found by now.</param>
    public void Use(IApplicationBuilder app) => app.Use(next => context =>
        !Source.HasListeners() || context.WebSockets.IsWebSocketRequest || context.Request.Path.StartsWithSegments("/health") || context.Request.Path == "/metrics"
            ? next(context)
            : Trace(context, next));

    /// <summary>Begins the span of a request; null when it is not recorded.</summary>
    public Activity? Begin(HttpContext context)
    {
        var request = context.Request;
        if (!Source.HasListeners() || (_drawn < 1 && request.Headers.TraceParent.Count == 0 && Random.Shared.NextDouble() >= _drawn))
        {
            return null;
        }

        DistributedContextPropagator.Current.ExtractTraceIdAndState(
            request.Headers,
            static (object? headers, string name, out string? value, out IEnumerable<string>? values) => (value, values) = (((IHeaderDictionary)headers!)[name], null),
            out var parent,
            out var state);
        ActivityContext.TryParse(parent, state, isRemote: true, out var caller);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var activity = Source.CreateActivity(
            route is null ? request.Method : $"{request.Method} {route}", ActivityKind.Server, caller, [new(Telemetry.RequestAttribute, request.Method)]);
        if (activity is not { Recorded: true })
        {
            return null;
        }

        activity.SetTag("http.route", route);
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", request.Path.Value);
        activity.SetTag("server.address", request.Host.Host);
        activity.SetTag("user_agent.original", request.Headers.UserAgent.FirstOrDefault());
        return activity.Start();
    }

    /// <summary>Ends the span of a request that has been answered.</summary>
    public static void End(Activity? activity, HttpContext context)
    {
        if (activity is null)
        {
            return;
        }

        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            activity.SetStatus(ActivityStatusCode.Error);
        }

        activity.Stop();
    }

    private async Task Trace(HttpContext context, RequestDelegate next)
    {
        var activity = Begin(context);
        try
        {
            await next(context);
        }
        finally
        {
            End(activity, context);
        }
    }
}
