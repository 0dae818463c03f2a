using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using OrleansLinks.Hosting;
using OrleansLinks.Storage.Postgres;

namespace OrleansLinks.Silo;

/// <summary>The actors in one process of many, which find each other and keep everything in PostgreSQL.</summary>
public static class ClusterSilo
{
    /// <summary>Adds the actors, their stores, and what they share.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="database">The database.</param>
    /// <param name="cluster">How processes find each other.</param>
    /// <exception cref="StartupException">The silo cannot listen where the settings say.</exception>
    public static IHostApplicationBuilder AddClusterSilo(this IHostApplicationBuilder builder, PostgresOptions database, ClusterSettings cluster)
    {
        var address = Listening.ParseAddress(cluster.AdvertisedAddress, "Cluster:AdvertisedAddress");
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast) || address.IsIPv6Multicast || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240))
        {
            throw new StartupException($"The setting Cluster:AdvertisedAddress is {address}, which nobody reaches this silo under: give the address of this machine.");
        }

        if (cluster.SiloPort != 0 && cluster.SiloPort == cluster.GatewayPort)
        {
            throw new StartupException($"The settings Cluster:SiloPort and Cluster:GatewayPort are both {cluster.SiloPort}: give each a port of its own.");
        }

        var siloPort = Listening.Probe(address, cluster.SiloPort, "with the setting Cluster:SiloPort");
        var gatewayPort = Listening.Probe(address, cluster.GatewayPort, "with the setting Cluster:GatewayPort");
        builder.Services.AddPostgresStores(database);
        return builder.AddActors(silo => silo
            .AddPostgresClustering(database)
            .AddPostgresGrainStorage(database)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.ClusterId, cluster.ServiceId))
            .ConfigureEndpoints(address, siloPort, gatewayPort)
            .NoticeFailures());
    }
}
