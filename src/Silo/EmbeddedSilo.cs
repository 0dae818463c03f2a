using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Silo;

/// <summary>The embedded shape: the actors in the process of their host, over SQLite in a data folder.</summary>
public static class EmbeddedSilo
{
    /// <summary>Adds the actors, their stores, and what they share.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="dataFolder">The folder that holds everything that is kept; another process must not use it.</param>
    public static IHostApplicationBuilder AddEmbeddedSilo(this IHostApplicationBuilder builder, string dataFolder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ChangeStamps>().AddSingleton<SettingsChanges>();
        builder.Services.AddSqliteStores(dataFolder);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), gatewayPort: 0, serviceId: "orleanslinks", clusterId: "embedded")
            .Configure<GrainCollectionOptions>(options =>
            {
                // A clicked link's actor is cheap to make again; a million of them are not cheap to keep.
                options.CollectionAge = TimeSpan.FromMinutes(5);
                options.CollectionQuantum = TimeSpan.FromMinutes(1);
            })
            .AddSqliteGrainStorage(dataFolder));
        return builder;
    }

    /// <summary>The silo of one process needs a port on the loopback address, and nobody needs to know which.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
