using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansLinks.Hosting;
using OrleansLinks.Links;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Silo;

/// <summary>A silo as a program of its own: the actors, and HTTP for its health and metrics alone.</summary>
internal static class SiloHost
{
    /// <summary>What it knows of settings.</summary>
    public static readonly KnownSettings Known = new(
        ("Http", typeof(HttpOptions)),
        ("Webhooks", typeof(WebhookOptions)),
        ("Database", typeof(DatabaseOptions)),
        ("Cluster", typeof(ClusterSettings)),
        ("Shutdown", typeof(ShutdownOptions)));

    /// <summary>Puts it together by the settings.</summary>
    /// <param name="args">The command line.</param>
    /// <exception cref="StartupException">A setting or the machine does not allow a start.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = Settings.CreateBuilder(args, Known);
        var http = builder.Configuration.Read<HttpOptions>("Http");
        var database = builder.Configuration.Read<DatabaseOptions>("Database");
        var cluster = builder.Configuration.Read<ClusterSettings>("Cluster");
        if (database.Provider != DatabaseProvider.Postgres)
        {
            throw new StartupException("The setting Database:Provider must be Postgres for a silo, which shares its database with others.");
        }

        builder.ListenAt(http);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddClusterSilo(database.ToPostgres(), cluster);
        builder.Services.AddStartAndEnd(builder.Configuration.Read<ShutdownOptions>("Shutdown"));
        builder.Services.AddHealthChecks().AddCheck<SiloIsActive>("silo").AddCheck<DatabaseAnswers>("database");
        builder.AddTelemetry("orleanslinks-silo");

        var app = builder.Build();
        app.MapHealth();
        return app;
    }

    /// <summary>Starts it, when the database answers; it takes calls when the task completes.</summary>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="Storage.SchemaVersionException">A newer program wrote the database.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end before it had joined the others.</exception>
    public static async Task Start(this WebApplication app, TextWriter output)
    {
        await using (var room = await WaitingRoom.Open(app.Services, NotFound))
        {
            await app.Services.OpenPostgresStores(app.Services.GetRequiredService<ProgramStart>().WaitsFor, room.AskedToEnd);
            await room.Start(app);
        }

        app.Services.GetRequiredService<ProgramStart>().IsOver();
        await output.WriteLineAsync($"  The silo is ready at {app.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint}, its health at {app.Urls.Single()}/health/ready");
        await output.FlushAsync();
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private sealed class SiloIsActive(ISiloStatusOracle silo) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
            silo.CurrentStatus == SiloStatus.Active ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The silo is {silo.CurrentStatus}."));
    }

    /// <summary>Whether the database answers. Without it a silo does little, but no other one does more.</summary>
    private sealed class DatabaseAnswers(IChangeStore changes) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await changes.ReadAsync(null, 1).WaitAsync(TimeSpan.FromMilliseconds(500), cancellationToken);
                return HealthCheckResult.Healthy();
            }
#pragma warning disable CA1031 // Whatever it is, it does not answer.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return HealthCheckResult.Degraded($"The database does not answer: {exception.Message}");
            }
        }
    }
}
