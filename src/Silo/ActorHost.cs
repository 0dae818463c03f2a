using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using OrleansLinks.Clicks;
using OrleansLinks.Hosting;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Silo;

/// <summary>What every host of the actors has, whatever they are stored in.</summary>
internal static class ActorHost
{
    /// <summary>Adds the actors and what they share.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Adds where state is kept and how silos find each other.</param>
    public static IHostApplicationBuilder AddActors(this IHostApplicationBuilder builder, Action<ISiloBuilder> configure)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LedgerMetrics>();
        builder.Services.AddSingleton<ChangeStamps>().AddSingleton<SettingsChanges>();
        builder.Services.AddSingleton(builder.Configuration.Read<WebhookOptions>("Webhooks")).AddSingleton<WebhookTransport>();
        builder.UseOrleans(silo =>
        {
            configure(silo);
            silo.Services.AddLedgerPlacement();
            silo.OfferDashboard();
            if (builder.Configuration.ExportTraces())
            {
                silo.AddActivityPropagation();
            }

            silo.Configure<GrainCollectionOptions>(options =>
            {
                // A clicked link's actor is cheap to make again; a million of them are not cheap to keep.
                options.CollectionAge = TimeSpan.FromMinutes(5);
                options.CollectionQuantum = TimeSpan.FromMinutes(1);
            });
        });

        // After the silo, since they call actors as soon as they are started.
        builder.Services.AddHostedService<Upkeep>().AddHostedService<WebhookPulse>();
        return builder;
    }
}
