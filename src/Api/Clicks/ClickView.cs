using OrleansLinks.Links;

namespace OrleansLinks.Clicks;

/// <summary>A click as a side sees it.</summary>
/// <param name="Id">The click's id: the value that the landing page got.</param>
/// <param name="At">When it was answered.</param>
/// <param name="Class">inTerms, or outsideTerms: kept, but not paid.</param>
/// <param name="OutsideTermsReason">Code of the reason why it is outside terms.</param>
/// <param name="IsBot">Whether a crawler or link preview made it.</param>
/// <param name="IsUnique">Whether it was its visitor's first on that link for 30 minutes.</param>
/// <param name="LinkId">The link; not there for a regular link that was put together by hand.</param>
/// <param name="TaskId">The link's task.</param>
/// <param name="CampaignId">The task's campaign.</param>
/// <param name="PartnerId">The task's partner.</param>
/// <param name="ProgramId">The campaign's program.</param>
/// <param name="LandingPage">The page that the visitor was sent to.</param>
/// <param name="Referrer">The page that the visitor came from.</param>
/// <param name="UserAgent">What the visitor's browser calls itself.</param>
/// <param name="Country">Country of the visitor's address, ISO 3166-1 alpha-2; not there where it is not known.</param>
/// <param name="Device">desktop, phone, tablet, other, or unknown.</param>
/// <param name="SubId1">The partner's own reporting value.</param>
/// <param name="SubId2">The partner's own reporting value.</param>
/// <param name="SubId3">The partner's own reporting value.</param>
/// <param name="SharedId">The reporting value that both sides see.</param>
/// <param name="Param">The brand's own reporting value.</param>
internal sealed record ClickView(
    string Id,
    DateTimeOffset At,
    ClickClass Class,
    string? OutsideTermsReason,
    bool IsBot,
    bool IsUnique,
    string? LinkId,
    string TaskId,
    string CampaignId,
    string PartnerId,
    string ProgramId,
    string LandingPage,
    string? Referrer,
    string? UserAgent,
    string? Country,
    DeviceClass Device,
    string? SubId1,
    string? SubId2,
    string? SubId3,
    string? SharedId,
    string? Param)
{
    public static ClickView Of(ClickRecord record, Side side)
    {
        var click = record.Click;
        var values = ReportingValueRules.VisibleTo(side, click.Values);
        return new ClickView(
            EntityId.From(EntityId.Click, click.Id),
            click.At,
            click.Class,
            click.OutsideTermsReason,
            click.IsBot,
            record.IsUnique,
            click.LinkCode is null ? null : EntityId.Link + click.LinkCode,
            click.TaskId,
            click.CampaignId,
            click.PartnerId,
            click.ProgramId,
            click.LandingPage,
            click.Referrer,
            click.UserAgent,
            click.Country,
            click.Device,
            values.SubId1,
            values.SubId2,
            values.SubId3,
            values.SharedId,
            values.Param);
    }
}
