using Orleans.Dashboard;

namespace OrleansLinks.Silo;

/// <summary>
/// Orleans' own dashboard: what each silo is doing. Silos are measured once in some seconds; calls of actors only while somebody looks
/// and for a minute after that, so that nobody else pays for it.
/// </summary>
public static class ClusterDashboard
{
    private const int MeasureEveryMs = 2000;

    /// <summary>Has a silo tell what it is doing; where its process has pages, it can show them.</summary>
    /// <param name="silo">The silo.</param>
    public static ISiloBuilder OfferDashboard(this ISiloBuilder silo)
    {
        silo.AddDashboard(Configure);

        // At its start the dashboard would have a silo wait for an actor, which after a power cut may take its time, and then read all of
        // Orleans' metrics every second. The actor is made when somebody looks; metrics are where all others are, at /metrics.
        var starts = silo.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(DashboardOptions).Assembly);
        foreach (var start in starts.ToArray())
        {
            silo.Services.Remove(start);
        }

        return silo;
    }

    /// <summary>Has an edge show what silos elsewhere are doing.</summary>
    /// <param name="services">The edge's services, which have the actors.</param>
    /// <param name="configuration">The edge's settings.</param>
    public static void AddClusterDashboard(this IServiceCollection services, IConfiguration configuration) =>
        new EdgeServices(services, configuration).AddDashboard(Configure);

    private static void Configure(DashboardOptions options)
    {
        options.CounterUpdateIntervalMs = MeasureEveryMs;

        // Whose key is revoked would go on to read the log for as long as its stream is open.
        options.HideTrace = true;
    }

    /// <summary>The edge's own services: its connection to the silos has others, and is there only when a silo has been reached.</summary>
    private sealed record EdgeServices(IServiceCollection Services, IConfiguration Configuration) : IClientBuilder;
}
