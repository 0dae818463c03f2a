using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.History;
using OrleansLinks.Partners;
using OrleansLinks.Programs;

namespace OrleansLinks.Campaigns;

[GrainType("campaign")]
internal sealed class CampaignGrain(
    [PersistentState("campaign")] IPersistentState<SettingsState<CampaignInfo>> state,
    SettingsChanges changes,
    IDirectoryStore directory,
    ILedgerStore ledger,
    IConversionStore conversions,
    ISettingsHistory history,
    TimeProvider clock) : SettingsGrain<CampaignInfo>(state, changes), ICampaignGrain
{
    private readonly CampaignHistory _history = new(history);
    private Participants? _participants;

    private Participants Participants => _participants ??= new Participants(directory, Changes, this.GetPrimaryKeyString());

    public async Task<Result<CampaignInfo>> Create(string programId, CampaignChange settings)
    {
        if (Current is not null)
        {
            return Current;
        }

        var program = await GrainFactory.Actor<IProgramGrain>(programId).Get();
        if (program is null)
        {
            return Refusal.NotFound("program");
        }

        var campaign = CampaignRules.Apply(this.GetPrimaryKeyString(), null, programId, settings, program.Currency, clock);
        if (campaign.IsOk)
        {
            await directory.AddAsync([SearchNames.NameOf(campaign.Value)], ListsOf(campaign.Value));
            await Write(campaign.Value);
        }

        return campaign;
    }

    public ValueTask<CampaignInfo?> Get() => new(CurrentOrLeave());

    public async ValueTask<CampaignTerms?> GetTerms(string partnerId)
    {
        if (Current is not { } campaign)
        {
            return null;
        }

        var program = await GrainFactory.Actor<IProgramGrain>(campaign.ProgramId).Get();
        return program is null ? null : new CampaignTerms(campaign, program, await Participants.Contains(partnerId));
    }

    public async Task<Result<CampaignInfo>> Change(CampaignChange change, long? expectedVersion)
    {
        if (CheckVersion(expectedVersion) is { } refusal)
        {
            return refusal;
        }

        var program = await GrainFactory.Actor<IProgramGrain>(Current!.ProgramId).Get();
        var campaign = CampaignRules.Apply(Current.Id, Current, Current.ProgramId, change, program!.Currency, clock);
        if (campaign.IsOk && campaign.Value != Current)
        {
            await _history.Keep(Current, campaign.Value, clock.GetUtcNow());
            await directory.Rename(SearchNames.NameOf(Current), SearchNames.NameOf(campaign.Value), () => Write(campaign.Value));
        }

        return campaign;
    }

    public async Task<Result<CampaignInfo>> MoveTo(CampaignStatus status, long? expectedVersion)
    {
        if (CheckVersion(expectedVersion) is { } refusal)
        {
            return refusal;
        }

        var before = Current!;
        var campaign = CampaignRules.Move(before, status);
        if (campaign.IsOk && campaign.Value != before)
        {
            // On the new lists before it is there, off the old ones after: missing from neither at any time.
            await directory.AddAsync(ListsOf(campaign.Value));
            await _history.Keep(before, campaign.Value, clock.GetUtcNow());
            await Write(campaign.Value);
            await directory.RemoveAsync([.. ListsOf(before).Except(ListsOf(campaign.Value))]);
        }

        return campaign;
    }

    public async Task<Result<PartnerInfo>> AddParticipant(string partnerId)
    {
        if (CurrentOrLeave() is not { } campaign)
        {
            return Refusal.NotFound("campaign");
        }

        var partner = await GrainFactory.Actor<IPartnerGrain>(partnerId).Get();
        if (partner is null)
        {
            return Refusal.NotFound("partner");
        }

        await Participants.Add(partnerId, campaign.ProgramId);
        return partner;
    }

    public async Task<bool> RemoveParticipant(string partnerId)
    {
        if (CurrentOrLeave() is null)
        {
            return false;
        }

        await Participants.Remove(partnerId);
        return true;
    }

    public async Task<CampaignInfo?> GetVersion(long version) => CurrentOrLeave() is { } campaign ? await _history.Find(campaign, version) : null;

    public async Task<TermsVersion?> GetTermsOf(DateTimeOffset at, long? version) =>
        Current is { } campaign ? await _history.FindTerms(campaign, at, version) : null;

    public Task<ConversionPage> ListConversions(string? partnerId, long? before, int limit) =>
        conversions.ListAsync(this.GetPrimaryKeyString(), partnerId, before, limit);

    public Task<CounterTotals> GetCounters(string? partnerId)
    {
        var id = this.GetPrimaryKeyString();
        return ledger.ReadCountersAsync(partnerId is null ? CounterScopes.OfCampaign(id) : CounterScopes.OfPartnerIn(id, partnerId));
    }

    private static ImmutableArray<DirectoryEntry> ListsOf(CampaignInfo campaign) =>
    [
        new(DirectoryLists.CampaignsOf(campaign.ProgramId), campaign.Id),
        new(DirectoryLists.CampaignsOf(campaign.ProgramId, kind: campaign.Kind), campaign.Id),
        new(DirectoryLists.CampaignsOf(campaign.ProgramId, campaign.Status), campaign.Id),
        new(DirectoryLists.CampaignsOf(campaign.ProgramId, campaign.Status, campaign.Kind), campaign.Id),
    ];

    private Refusal? CheckVersion(long? expectedVersion) => CurrentOrLeave() is { } campaign
        ? Refusal.WhenStale(campaign.Version, expectedVersion)
        : Refusal.NotFound("campaign");
}
