using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Links;
using OrleansLinks.Partners;

namespace OrleansLinks.Tasks;

/// <summary>What a task actor keeps.</summary>
/// <param name="Task">The task.</param>
/// <param name="GeneratedLinkSeed">Made by <see cref="EntityId.NewSeed"/>; the generated link's code is drawn from it.</param>
[GenerateSerializer, Immutable, Alias("TaskRecord")]
public sealed record TaskRecord([property: Id(0)] TaskInfo Task, [property: Id(1)] Guid GeneratedLinkSeed);

[GrainType("task")]
internal sealed class TaskGrain(
    [PersistentState("task")] IPersistentState<SettingsState<TaskRecord>> state,
    SettingsChanges changes,
    IDirectoryStore directory,
    ILinkStore links,
    ILedgerStore ledger,
    ILogger<TaskGrain> log,
    TimeProvider clock) : SettingsGrain<TaskRecord>(state, changes), ITaskGrain
{
    private GeneratedLink? _generatedLink;
    private CounterWatch? _watch;

    private TaskInfo? Info => CurrentOrLeave()?.Task;

    public async Task<Result<TaskDetails>> Create(string campaignId, TaskChange settings)
    {
        if (Current is not null)
        {
            return (await Get())!;
        }

        var campaign = await GrainFactory.Actor<ICampaignGrain>(campaignId).Get();
        if (campaign is null)
        {
            return Refusal.NotFound("campaign");
        }

        if (campaign.Status == CampaignStatus.Completed)
        {
            return Refusal.Conflict("campaign_completed", "A completed campaign takes no new tasks.");
        }

        var id = this.GetPrimaryKeyString();
        var task = TaskRules.Apply(id, null, campaignId, campaign.ProgramId, settings, clock.GetUtcNow());
        if (!task.IsOk)
        {
            return task.Refusal;
        }

        if (await GrainFactory.Actor<IPartnerGrain>(task.Value.PartnerId).Get() is null)
        {
            return Refusal.Rule("partner_unknown", "partnerId", "There is no partner by that id.");
        }

        await directory.AddAsync(
            [SearchNames.NameOf(task.Value)],
            new DirectoryEntry(DirectoryLists.TasksOf(campaignId), id),
            new DirectoryEntry(DirectoryLists.TasksOf(task.Value.PartnerId), id));
        await Write(new TaskRecord(task.Value, EntityId.NewSeed(clock)));
        return (await Get())!;
    }

    public async Task<TaskDetails?> Get()
    {
        if (await GetTerms() is not { } terms)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        _generatedLink ??= new GeneratedLink(links, GrainFactory, Current!.GeneratedLinkSeed);
        return new TaskDetails(terms.Task, LinkPolicy.Describe(terms, now), await _generatedLink.FindOrMake(terms, now));
    }

    public ValueTask<TaskInfo?> GetInfo() => new(Info);

    public async ValueTask<TaskTerms?> GetTerms()
    {
        if (Info is not { } task)
        {
            return null;
        }

        var campaign = GrainFactory.Actor<ICampaignGrain>(task.CampaignId).GetTerms(task.PartnerId);
        var partner = await GrainFactory.Actor<IPartnerGrain>(task.PartnerId).Get();
        return await campaign is { } terms
            ? new TaskTerms(task, terms.Campaign, terms.Program, terms.Participates && partner?.State == PartnerState.Active)
            : null;
    }

    public async Task<Result<TaskDetails>> Change(TaskChange change, long? expectedVersion)
    {
        if (CurrentOrLeave() is not { } record)
        {
            return Refusal.NotFound("task");
        }

        if (Refusal.WhenStale(record.Task.Version, expectedVersion) is { } stale)
        {
            return stale;
        }

        var task = TaskRules.Apply(record.Task.Id, record.Task, record.Task.CampaignId, record.Task.ProgramId, change, clock.GetUtcNow());
        if (!task.IsOk)
        {
            return task.Refusal;
        }

        if (task.Value != record.Task)
        {
            await directory.Rename(SearchNames.NameOf(record.Task), SearchNames.NameOf(task.Value), () => Write(record with { Task = task.Value }));
        }

        return (await Get())!;
    }

    public async Task<ImmutableArray<Result<LinkDetails>>> CreateLinks(LinkBatch batch)
    {
        if (await GetTerms() is not { } terms)
        {
            return [.. batch.Links.Select(_ => (Result<LinkDetails>)Refusal.NotFound("task"))];
        }

        var creation = new LinkCreation(links, terms, clock.GetUtcNow());
        return await creation.Carry(batch);
    }

    public async Task<LinkPage> ListLinks(long? before, int limit)
    {
        if (await GetTerms() is not { } terms)
        {
            return new LinkPage([], null);
        }

        if (before is null)
        {
            // Through a reference, so that it waits its turn: only one generation at a time.
            await this.AsReference<ITaskGrain>().Get();
        }

        var page = await links.ListAsync(terms.Task.Id, before, limit);
        return new LinkPage([.. page.Items.Select(link => LinkCreation.Describe(link, terms))], page.Next);
    }

    public Task<ImmutableArray<CounterTotals>> GetLinkCounters(ImmutableArray<string> codes) =>
        ledger.ReadCountersAsync(ImmutableArray.CreateRange(codes, CounterScopes.OfLink));

    public Task<CounterTotals> GetCounters() => ledger.ReadCountersAsync(CounterScopes.OfTask(this.GetPrimaryKeyString()));

    public async Task<CounterTotals?> WatchCounters(ICounterObserver edge) => Info is null
        ? null
        : await (_watch ??= new CounterWatch(this, ledger, GrainFactory, log)).Add(edge);

    public Task UnwatchCounters(ICounterObserver edge)
    {
        _watch?.Remove(edge);
        return Task.CompletedTask;
    }

    public Task ShowCounters(CounterTotals totals)
    {
        _watch?.Show(totals);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<ClickRecord>> ListClicks(Guid? before, int limit) =>
        ledger.ListClicksAsync(this.GetPrimaryKeyString(), before, limit);
}
