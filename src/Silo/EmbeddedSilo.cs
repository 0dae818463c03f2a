using System.Net;
using OrleansLinks.Hosting;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Silo;

/// <summary>The actors in the process of their host, alone, over SQLite in a data folder.</summary>
public static class EmbeddedSilo
{
    /// <summary>Adds the actors, their stores, and what they share.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="dataFolder">The folder that holds everything that is kept; another process must not use it.</param>
    public static IHostApplicationBuilder AddEmbeddedSilo(this IHostApplicationBuilder builder, string dataFolder)
    {
        builder.Services.AddSqliteStores(dataFolder);

        // The silo of one process needs a port on the loopback address, and nobody needs to know which.
        var port = Listening.Probe(IPAddress.Loopback, 0, "");
        return builder.AddActors(silo => silo
            .UseLocalhostClustering(port, gatewayPort: 0, serviceId: "orleanslinks", clusterId: "embedded")
            .AddSqliteGrainStorage(dataFolder));
    }
}
