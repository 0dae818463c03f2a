using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansLinks.WebConsole.Client;

/// <summary>
/// The API of this very process. The console is a client of it like any other: what a key may see and do, and what is
/// wrong with what was typed, is decided in one place.
/// </summary>
/// <param name="services">The process's services.</param>
public sealed class ApiPipeline(IServiceProvider services)
{
    private RequestDelegate? _next;

    /// <summary>Takes everything that comes behind; the first thing in the process's pipeline.</summary>
    /// <param name="next">What comes behind.</param>
    public RequestDelegate Capture(RequestDelegate next) => _next = next;

    /// <summary>Has the API answer a request of a browser that came to the console, as it is.</summary>
    /// <param name="context">The browser's request.</param>
    /// <param name="path">The path of the API that it is for.</param>
    /// <param name="key">The key to call with.</param>
    public Task Forward(HttpContext context, PathString path, string key)
    {
        context.Request.PathBase = PathString.Empty;
        context.Request.Path = path;
        context.Request.Headers.Authorization = $"Bearer {key}";
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        return Run(context);
    }

    /// <summary>Has the API answer a request of the console's own.</summary>
    /// <param name="prepare">Writes the request.</param>
    /// <param name="body">What the answer's body is written to.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer's status.</returns>
    public async Task<int> Send(Action<HttpRequest> prepare, Stream body, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        context.Response.Body = body;
        prepare(context.Request);
        await Run(context);
        return context.Response.StatusCode;
    }

    private Task Run(HttpContext context) => _next?.Invoke(context) ?? throw new InvalidOperationException("The API is not there yet.");
}
