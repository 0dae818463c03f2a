using OrleansLinks.Clicks;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>
/// Owns the row of a link. Rows are added by the task's actor in batches, and unique by the database; from then on every
/// change goes through here. A code that nothing is behind is asked for again each time, so that it is found once it is
/// issued.
/// </summary>
[GrainType("link")]
internal sealed class LinkGrain(ILinkStore store, ILedgerStore ledger, ChangeStamps stamps) : Grain, ILinkGrain
{
    private Link? _link;
    private IGrainTimer? _leaving;

    public override async Task OnActivateAsync(CancellationToken cancellationToken) => await Load();

    public ValueTask<Link?> Resolve() => _link is not null ? new(_link) : new(Load());

    public async Task<LinkDetails?> Get() => await Resolve() is { } link && await Terms(link) is { } terms
        ? LinkCreation.Describe(link, terms)
        : null;

    public async Task<Result<LinkDetails>> Change(LinkChange change, long? expectedVersion, LinkCreator by)
    {
        if (await Resolve() is not { } link || await Terms(link) is not { } terms)
        {
            return Refusal.NotFound("link");
        }

        if (Refusal.WhenStale(link.Version, expectedVersion) is { } stale)
        {
            return stale;
        }

        var state = change.State.Value ?? link.State;
        if (state == LinkState.Active && link.DisabledBy == LinkCreator.Brand && by == LinkCreator.Partner)
        {
            return Refusal.Conflict("link_disabled_by_brand", "The brand has disabled this link; only the brand can enable it again.");
        }

        var next = link with { State = state, DisabledBy = state == LinkState.Active ? null : by == LinkCreator.Brand ? by : link.DisabledBy ?? by };
        if (change.LandingPage.IsSet || change.SavedPageId.IsSet)
        {
            if (link.Form == LinkForm.Regular)
            {
                return Refusal.Rule(
                    "regular_link_page_fixed",
                    change.LandingPage.IsSet ? "landingPage" : "savedPageId",
                    "A regular link carries its landing page in its URL; create a new link for another page.");
            }

            var landing = LinkPolicy.ChooseLanding(change.LandingPage.Value, change.SavedPageId.Value, terms);
            if (!landing.IsOk)
            {
                return landing.Refusal;
            }

            next = next with { Target = landing.Value.Target, LandingPage = landing.Value.Page, SavedPageId = landing.Value.SavedPageId };
        }

        if (next != link)
        {
            next = next with { Version = link.Version + 1 };
            if (!await Replace(next))
            {
                // Another activation has changed it meanwhile.
                _link = null;
                await Load();
                return Refusal.Stale(_link?.Version ?? 0);
            }
        }

        return LinkCreation.Describe(next, terms);
    }

    public Task<CounterTotals> GetCounters() => ledger.ReadCountersAsync(CounterScopes.OfLink(this.GetPrimaryKeyString()));

    private ValueTask<TaskTerms?> Terms(Link link) => GrainFactory.Actor<ITaskGrain>(link.TaskId).GetTerms();

    private async Task<bool> Replace(Link next)
    {
        try
        {
            if (!await store.UpdateAsync(next))
            {
                return false;
            }
        }
        catch
        {
            // Whether it was written is not known: begin again from what is on disk.
            DeactivateOnIdle();
            throw;
        }

        _link = next;
        stamps.Advance(next.Id);
        return true;
    }

    /// <summary>Reads the row, unless a change that went on meanwhile has left a newer one.</summary>
    private async Task<Link?> Load()
    {
        var found = await store.FindAsync(this.GetPrimaryKeyString());
        if (found is not null && !(found.Version < _link?.Version))
        {
            _link = found;
        }

        if (_link is null)
        {
            _leaving ??= this.LeaveSoon(() => _link is null);
        }

        return _link;
    }
}
