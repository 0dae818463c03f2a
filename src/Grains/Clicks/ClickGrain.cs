using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Programs;

namespace OrleansLinks.Clicks;

[GrainType("click")]
internal sealed class ClickGrain(ILedgerStore store, ILinkStore links) : Grain, IClickGrain
{
    public Task<ClickRecord?> Get() => EntityId.TryParse(this.GetPrimaryKeyString(), EntityId.Click, out var id)
        ? store.FindClickAsync(id)
        : Task.FromResult<ClickRecord?>(null);

    public async Task<ExplainedClick?> Explain()
    {
        if (await Get() is not { Click: var click } record)
        {
            return null;
        }

        var link = click.LinkCode is { } code ? (await links.FindAsync([code]))[0] : null;
        CampaignInfo? campaign = null;
        ProgramInfo? program = null;
        if (click.Settings is { } settings)
        {
            campaign = await GrainFactory.Actor<ICampaignGrain>(click.CampaignId).GetVersion(settings.CampaignVersion);
            program = await GrainFactory.Actor<IProgramGrain>(click.ProgramId).GetVersion(settings.ProgramVersion);
        }

        return new ExplainedClick(record, ClickExplanation.Explain(record, link, campaign, program));
    }
}
