using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansLinks.Clicks;

namespace OrleansLinks.Hosting;

/// <summary>The way in: a program is not ready before it says that it has started.</summary>
public sealed class ProgramStart : IHealthCheck
{
    /// <summary>Name of the health check.</summary>
    public const string Check = "start";

    private volatile bool _isOver;
    private volatile string _missing = "The program is starting.";

    /// <summary>Begins it.</summary>
    public ProgramStart(IMeterFactory meters) => meters.Create(LedgerMetrics.MeterName).CreateObservableGauge(
        "orleanslinks.started", () => _isOver ? 1 : 0, "1", "Whether the program has started: 1, or 0 while it waits for the database or a silo.");

    /// <summary>What the start waits for, in a sentence.</summary>
    public string Missing => _missing;

    /// <summary>Says what the start waits for.</summary>
    /// <param name="missing">A sentence.</param>
    public void WaitsFor(string missing) => _missing = missing;

    /// <summary>Says that the program has started.</summary>
    public void IsOver() => _isOver = true;

    /// <summary>Tells whether it has.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isOver ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(_missing));
}

/// <summary>
/// The way out: readiness goes off first and everything else goes on for a while, so that who balances load notices; then
/// the program stops to listen, and what it has taken in is brought to its end.
/// </summary>
public static class Draining
{
    /// <summary>Adds it and the way in. The health check is by the name <c>stopping</c>.</summary>
    public static IServiceCollection AddStartAndEnd(this IServiceCollection services, ShutdownOptions shutdown)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(shutdown.DrainSeconds + shutdown.TimeoutSeconds));
        services.AddHostedService(provider => new Drain(
            TimeSpan.FromSeconds(shutdown.DrainSeconds), TimeSpan.FromSeconds(shutdown.TimeoutSeconds), provider.GetRequiredService<TimeProvider>()));
        services.LimitRequests(TimeSpan.FromSeconds(shutdown.TimeoutSeconds / 2d));
        services.AddSingleton<ProgramStart>();
        services.AddSingleton<ProgramLifetime>().AddSingleton<IHostLifetime>(provider => provider.GetRequiredService<ProgramLifetime>());
        services.AddHealthChecks().AddCheck<ProgramStart>(ProgramStart.Check).AddCheck<IsNotStopping>("stopping");
        return services;
    }

    // For the host to come to its own end by its own time-out.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Requests have half of the time to come to their end: what comes after them, in a silo its actors, needs some too.</summary>
    private static void LimitRequests(this IServiceCollection services, TimeSpan limit)
    {
        var server = services.Last(service => service.ServiceType == typeof(IServer)).ImplementationType!;
        services.AddSingleton<IServer>(provider => new LimitedServer((IServer)ActivatorUtilities.CreateInstance(provider, server), limit));
    }

    private sealed class LimitedServer(IServer server, TimeSpan limit) : IServer
    {
        public IFeatureCollection Features => server.Features;

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => server.StartAsync(application, cancellationToken);

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            over.CancelAfter(limit);
            await server.StopAsync(over.Token);
        }

        public void Dispose() => server.Dispose();
    }

    private sealed class Drain(TimeSpan delay, TimeSpan timeout, TimeProvider clock) : IHostedLifecycleService, IDisposable
    {
        private readonly TaskCompletionSource _hasStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Before anything is stopped.
        public async Task StoppingAsync(CancellationToken cancellationToken)
        {
            new Thread(EndInAnyCase) { Name = "end", IsBackground = true }.Start();
            await Task.Delay(delay, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        /// <summary>
        /// Not all that is stopped keeps to the time: without a database, a silo tries for two minutes to say that it leaves. What
        /// has been acknowledged is on disk, so that to be killed loses nothing.
        /// </summary>
        private void EndInAnyCase()
        {
            if (_hasStopped.Task.Wait(delay + timeout + Grace))
            {
                return;
            }

            Console.Error.WriteLine($"The program did not end within {(delay + timeout).TotalSeconds:0} s, and is killed.");
            Process.GetCurrentProcess().Kill();
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // Not before: to give connections up takes its time too.
        public void Dispose() => _hasStopped.TrySetResult();
    }

    private sealed class IsNotStopping(IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The program is stopping.") : HealthCheckResult.Healthy());
    }
}
