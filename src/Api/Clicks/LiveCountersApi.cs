using System.Globalization;
using OrleansLinks.Access;
using OrleansLinks.Problems;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Clicks;

/// <summary>A task's counters as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal static class LiveCountersApi
{
    private static readonly TimeSpan Heartbeat = AccessKeyCache.CheckStreamsEvery;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Opening = "retry: 1000\n\n"u8.ToArray();
    private static readonly byte[] HeartbeatComment = ": still here\n\n"u8.ToArray();

    public static void MapLiveCounters(this IEndpointRouteBuilder api) =>
        api.MapGet("/tasks/{taskId}/counters/live", Watch).WithTags("Tasks").For(Role.Operator, Role.Brand, Role.Partner)
            .Produces<CounterView>(StatusCodes.Status200OK, "text/event-stream")
            .WithSummary("Watch a task's counters")
            .WithDescription("Server-sent events: event counters with the body of the task's counters, the first at once, then at most 5 a second. Its id is the version; who comes back with Last-Event-ID is sent nothing that it has. A comment every 15 s shows that the connection is alive.");

    private static async Task<IResult> Watch(string taskId, Caller caller, LiveCountersServices services, HttpContext context)
    {
        if (await TasksApi.Find(taskId, caller, services.Grains) is not { } task)
        {
            return ApiProblems.NotFound("task");
        }

        var program = await services.Grains.Actor<IProgramGrain>(task.ProgramId).Get()
            ?? throw new InvalidOperationException($"The program {task.ProgramId} is gone.");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, services.Lifetime.ApplicationStopping);
        using var watch = await services.Hub.Begin(taskId, program.Currency);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await Stream(context.Response, watch, LastVersion(context.Request), () => services.Keys.StillHolds(caller), services.Clock, ended.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The watcher is gone, or the server stops; who watches comes back by itself.
        }

        return Results.Empty;
    }

    private static async Task Stream(
        HttpResponse response, CounterHub.Watch watch, long? sent, Func<Task<bool>> stillMay, TimeProvider clock, CancellationToken ended)
    {
        var checkedAt = clock.GetTimestamp();
        await response.Body.WriteAsync(Opening, ended);
        while (true)
        {
            var (latest, changed) = watch.Now;
            var isNews = latest.Version != sent;
            if (isNews)
            {
                await response.Body.WriteAsync(latest.Bytes, ended);
                sent = latest.Version;
            }

            await response.Body.FlushAsync(ended);
            if (isNews)
            {
                await Task.Delay(ShortestPause, clock, ended);
            }
            else
            {
                await changed.WaitAsync(Heartbeat, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ended.ThrowIfCancellationRequested();
            }

            if (clock.GetElapsedTime(checkedAt) >= Heartbeat)
            {
                if (!await stillMay())
                {
                    return;
                }

                checkedAt = clock.GetTimestamp();
                await response.Body.WriteAsync(HeartbeatComment, ended);
            }
        }
    }

    private static long? LastVersion(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}

/// <summary>What watching counters needs.</summary>
internal sealed record LiveCountersServices(IGrainFactory Grains, CounterHub Hub, AccessKeyCache Keys, IHostApplicationLifetime Lifetime, TimeProvider Clock);
