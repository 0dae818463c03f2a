using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansLinks.Problems;
using OrleansLinks.Redirect;

namespace OrleansLinks.Hosting;

/// <summary>
/// What an edge answers before it has reached a silo for the first time: that it lives, that it is not ready and why, and
/// to everyone else that they should come again. It knows no links then, so there is nobody that it could let through.
/// </summary>
internal static class WaitingRoom
{
    /// <summary>Answers at the edge's address until the connection is open.</summary>
    /// <param name="http">The address.</param>
    /// <param name="silos">The connection.</param>
    /// <param name="edge">The edge's services.</param>
    /// <exception cref="OperationCanceledException">The program was asked to end.</exception>
    public static async Task OpenWhile(HttpOptions http, ClusterConnection silos, IServiceProvider edge)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(edge.GetRequiredService<ILoggerFactory>());
        builder.ListenAt(http);
        await using var room = builder.Build();
        room.Run(context => Answer(context, silos.Missing));
        await room.StartAsync();
        await silos.Open(edge, room.Lifetime.ApplicationStopping);
        await room.StopAsync();
    }

    private static Task Answer(HttpContext context, string missing)
    {
        if (context.Request.Path.Value == "/health/live")
        {
            return context.Response.WriteAsync("Healthy");
        }

        if (context.Request.Path.Value is "/health/ready" or "/health/startup")
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return HealthEndpoints.Write(context, HealthStatus.Unhealthy, new Dictionary<string, string?> { ["actors"] = missing });
        }

        var problem = ApiProblems.Unavailable(context);
        return ApiProblems.AreFor(context) ? problem.ExecuteAsync(context) : VisitorPages.Failed(context, problem.StatusCode);
    }
}
