using OrleansLinks.Campaigns;
using OrleansLinks.Partners;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Directory;

/// <summary>
/// Goes over all lists once and gives what has no name the one that its actor knows. From then on there is nothing to do: what is made has
/// its name from the beginning.
/// </summary>
/// <remarks>
/// Silos of a release that knows no names make things without and rename them unseen. While there are any, it waits, and begins anew when
/// they are gone.
/// </remarks>
[GrainType(Kind)]
internal sealed class MissingNamesGrain(IDirectoryStore directory, IClusterManifestProvider cluster) : Grain, IMissingNamesGrain
{
    private const string Kind = "missing-names";

    private const int PieceSize = 200;
    private const int MaxPiecesInTurn = 50;

    /// <summary>A turn ends when so many actors were asked: they stay awake for a while, and should not all be so at the same time.</summary>
    private const int EnoughInTurn = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private DirectoryEntry? _after;
    private bool _isDone;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(GoOn, new GrainTimerCreationOptions(TimeSpan.Zero, Pause));
        return Task.CompletedTask;
    }

    public Task KeepUp() => Task.CompletedTask;

    private async Task GoOn()
    {
        if (!cluster.Current.Silos.Values.All(silo => silo.Grains.ContainsKey(GrainType.Create(Kind))))
        {
            (_after, _isDone) = (null, false);
            return;
        }

        var asked = 0;
        for (var pieces = 0; pieces < MaxPiecesInTurn && asked < EnoughInTurn && !_isDone; pieces++)
        {
            var piece = await directory.ListNamelessAsync(_after, PieceSize);
            var ids = piece.Ids.Where(HasName).ToArray();
            var names = await Task.WhenAll(ids.Select(Find));
            await directory.AddMissingAsync([.. names.OfType<DirectoryName>()]);
            asked += ids.Length;
            (_after, _isDone) = (piece.Next, piece.Next is null);
        }
    }

    /// <summary>Whether an id is of something that lists are searched for; keys and webhooks are on lists too.</summary>
    private static bool HasName(string id) => EntityId.IsWellFormed(id, EntityId.Program) || EntityId.IsWellFormed(id, EntityId.Partner)
        || EntityId.IsWellFormed(id, EntityId.Campaign) || EntityId.IsWellFormed(id, EntityId.Task);

    /// <summary>The name of what an id names; null when it was never made.</summary>
    private async Task<DirectoryName?> Find(string id)
    {
        if (id.StartsWith(EntityId.Program, StringComparison.Ordinal))
        {
            return await GrainFactory.Actor<IProgramGrain>(id).Get() is { } program ? SearchNames.NameOf(program) : null;
        }

        if (id.StartsWith(EntityId.Partner, StringComparison.Ordinal))
        {
            return await GrainFactory.Actor<IPartnerGrain>(id).Get() is { } partner ? SearchNames.NameOf(partner) : null;
        }

        return id.StartsWith(EntityId.Campaign, StringComparison.Ordinal)
            ? await GrainFactory.Actor<ICampaignGrain>(id).Get() is { } campaign ? SearchNames.NameOf(campaign) : null
            : await GrainFactory.Actor<ITaskGrain>(id).GetInfo() is { } task ? SearchNames.NameOf(task) : null;
    }
}
