using OrleansLinks.Directory;

namespace OrleansLinks.Partners;

[GrainType("partner")]
internal sealed class PartnerGrain(
    [PersistentState("partner")] IPersistentState<SettingsState<PartnerInfo>> state,
    SettingsChanges changes,
    IDirectoryStore directory,
    TimeProvider clock) : SettingsGrain<PartnerInfo>(state, changes), IPartnerGrain
{
    public async Task<Result<PartnerInfo>> Create(PartnerChange settings, string? createdByProgramId)
    {
        if (Current is not null)
        {
            return Current;
        }

        var id = this.GetPrimaryKeyString();
        var partner = PartnerRules.Apply(id, null, settings, createdByProgramId, clock.GetUtcNow());
        if (partner.IsOk)
        {
            await directory.AddAsync([SearchNames.NameOf(partner.Value)], createdByProgramId is null
                ? [new DirectoryEntry(DirectoryLists.Partners, id)]
                : [new DirectoryEntry(DirectoryLists.Partners, id), new DirectoryEntry(DirectoryLists.PartnersOf(createdByProgramId), id)]);
            await Write(partner.Value);
        }

        return partner;
    }

    public ValueTask<PartnerInfo?> Get() => new(CurrentOrLeave());

    public async Task<Result<PartnerInfo>> Change(PartnerChange change, long? expectedVersion)
    {
        if (Current is null)
        {
            return Refusal.NotFound("partner");
        }

        if (Refusal.WhenStale(Current.Version, expectedVersion) is { } stale)
        {
            return stale;
        }

        var partner = PartnerRules.Apply(Current.Id, Current, change, null, clock.GetUtcNow());
        if (partner.IsOk && partner.Value != Current)
        {
            await directory.Rename(SearchNames.NameOf(Current), SearchNames.NameOf(partner.Value), () => Write(partner.Value));
        }

        return partner;
    }
}
