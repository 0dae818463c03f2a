using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace OrleansLinks.Clicks;

/// <summary>Spreads the ledger's few, busy actors evenly: shard after shard over the silos in the order of their addresses.</summary>
[GenerateSerializer, Immutable, Alias("LedgerPlacement")]
public sealed class LedgerPlacement : PlacementStrategy
{
}

/// <summary>Marks the ledger's actors.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LedgerPlacementAttribute() : PlacementAttribute(new LedgerPlacement());

internal sealed class LedgerPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        // In an order that all silos see.
        var sorted = silos.Order().ToArray();
        return Task.FromResult(sorted[LedgerShards.ShardOf(target.GrainIdentity.Key.ToString()!) % sorted.Length]);
    }
}

/// <summary>Adds where the ledger's actors are placed.</summary>
public static class LedgerPlacementServices
{
    /// <summary>Adds it to a silo.</summary>
    public static void AddLedgerPlacement(this IServiceCollection services) => services.AddPlacementDirector<LedgerPlacement, LedgerPlacementDirector>();
}
