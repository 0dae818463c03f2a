using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace OrleansLinks.Hosting;

/// <summary>
/// What a program answers at its port while it starts, however long that takes, since it may have to wait for a database or for a
/// silo: that it lives, that it is not ready and why, and its metrics.
/// </summary>
public sealed class WaitingRoom : IAsyncDisposable
{
    // A visitor who has begun to ask something and does not go on must not hold the start up.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);

    private readonly WebApplication? _room;
    private readonly ProgramLifetime _lifetime;

    private WaitingRoom(ProgramLifetime lifetime, WebApplication? room) => (_lifetime, _room) = (lifetime, room);

    /// <summary>Signalled when the program is asked to end before it has started.</summary>
    public CancellationToken AskedToEnd => _lifetime.AskedToEnd;

    /// <summary>Answers at the program's port until disposal.</summary>
    /// <param name="program">The program's services; nothing of them is started yet.</param>
    /// <param name="others">What everybody is answered who asks neither for health nor for metrics.</param>
    public static async Task<WaitingRoom> Open(IServiceProvider program, RequestDelegate others)
    {
        var lifetime = program.GetRequiredService<ProgramLifetime>();
        if (!ListeningPort.CanBeShared)
        {
            return new WaitingRoom(lifetime, null);
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(program.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton<IHostLifetime>(lifetime);

        // Meters of the same names would end with the room, and those of the program with them.
        builder.Services.AddSingleton(program.GetRequiredService<IMeterFactory>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LastAnswers);
        program.GetRequiredService<ListeningPort>().Serve(builder);
        var room = builder.Build();
        var start = program.GetRequiredService<ProgramStart>();
        room.Use(next => context =>
        {
            // The next request of who asks now is for the program.
            context.Response.Headers.Connection = "close";
            return next(context);
        });
        if (program.GetService<MeterProvider>() is { } metrics)
        {
            room.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, context => context.AsksFor(HealthEndpoints.MetricsPath), null, null, null);
        }

        room.Run(context => Answer(context, start, others));
        await room.StartAsync();
        return new WaitingRoom(lifetime, room);
    }

    /// <summary>Starts the program.</summary>
    /// <exception cref="OperationCanceledException">It was asked to end before it had started.</exception>
    public async Task Start(WebApplication program)
    {
        try
        {
            await program.StartAsync();
        }
        catch (Exception exception) when (AskedToEnd.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception);
        }
    }

    /// <summary>Closes it; whoever has asked is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_room is not null)
        {
            await _room.StopAsync();
            await _room.DisposeAsync();
        }
    }

    private static Task Answer(HttpContext context, ProgramStart start, RequestDelegate others)
    {
        if (context.AsksFor(HealthEndpoints.LivePath))
        {
            return context.Response.WriteAsync(nameof(HealthStatus.Healthy));
        }

        if (!context.AsksFor(HealthEndpoints.ReadyPath) && !context.AsksFor(HealthEndpoints.StartupPath))
        {
            return others(context);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return HealthEndpoints.Write(context, HealthStatus.Unhealthy, new Dictionary<string, string?> { [ProgramStart.Check] = start.Missing });
    }
}
