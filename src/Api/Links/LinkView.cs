using OrleansLinks.Access;
using OrleansLinks.Clicks;

namespace OrleansLinks.Links;

/// <summary>A tracking link as a side sees it.</summary>
/// <param name="Id">The link's id.</param>
/// <param name="Code">The short code or alias; not there for a regular link.</param>
/// <param name="Form">Short or regular.</param>
/// <param name="TrackingUrl">The URL to publish, with the reporting values that travel with it.</param>
/// <param name="ShareableUrl">The URL without any reporting value.</param>
/// <param name="LandingPage">Where it leads now.</param>
/// <param name="SavedPageId">The saved page that it leads to, if it does.</param>
/// <param name="TaskId">Its task.</param>
/// <param name="CampaignId">The task's campaign.</param>
/// <param name="PartnerId">The task's partner.</param>
/// <param name="CreatedBy">brand or partner.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="State">active, or disabled: it answers 410.</param>
/// <param name="DisabledBy">Which side disabled it; not there while it is active.</param>
/// <param name="Version">Grows by one with every change.</param>
/// <param name="SubId1">The partner's own reporting value.</param>
/// <param name="SubId2">The partner's own reporting value.</param>
/// <param name="SubId3">The partner's own reporting value.</param>
/// <param name="SharedId">The reporting value that both sides see.</param>
/// <param name="Param">The brand's own reporting value.</param>
/// <param name="Counters">Its totals, in a list that was asked for them.</param>
internal sealed record LinkView(
    string Id,
    string? Code,
    LinkForm Form,
    string TrackingUrl,
    string ShareableUrl,
    string LandingPage,
    string? SavedPageId,
    string TaskId,
    string CampaignId,
    string PartnerId,
    LinkCreator CreatedBy,
    DateTimeOffset CreatedAt,
    LinkState State,
    LinkCreator? DisabledBy,
    long Version,
    string? SubId1,
    string? SubId2,
    string? SubId3,
    string? SharedId,
    string? Param,
    CounterView? Counters)
{
    public static LinkView Of(LinkDetails details, Caller caller, Origin origin, CounterView? counters = null)
    {
        var link = details.Link;
        var urls = TrackingUrls.Write(details, caller.Side, origin.Url);
        var values = ReportingValueRules.VisibleTo(caller.Side, link.Values);
        return new LinkView(
            link.Id,
            link.Form == LinkForm.Short ? link.Code : null,
            link.Form,
            urls.TrackingUrl,
            urls.ShareableUrl,
            details.LandingPage,
            link.SavedPageId,
            link.TaskId,
            link.CampaignId,
            link.PartnerId,
            link.CreatedBy,
            link.CreatedAt,
            link.State,
            link.DisabledBy,
            link.Version,
            values.SubId1,
            values.SubId2,
            values.SubId3,
            values.SharedId,
            values.Param,
            counters);
    }
}
