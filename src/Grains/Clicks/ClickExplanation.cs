using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Programs;

namespace OrleansLinks.Clicks;

/// <summary>
/// Tells the decisions of <see cref="RedirectPolicy"/> again, in their order, with what each rests on. The outcomes are those that
/// were kept with the click, so that it can never tell another story than the click; settings are those of its time, and where they
/// are not known it tells what the click knows.
/// </summary>
internal static class ClickExplanation
{
    /// <summary>Explains a click.</summary>
    /// <param name="record">The click.</param>
    /// <param name="link">Its link as it is now; null for one that was put together by hand.</param>
    /// <param name="campaign">The campaign as it was; null where that is not known.</param>
    /// <param name="program">The program as it was; null where that is not known.</param>
    public static ImmutableArray<DecisionStep> Explain(ClickRecord record, Link? link, CampaignInfo? campaign, ProgramInfo? program)
    {
        var click = record.Click;
        var version = click.Settings?.CampaignVersion;
        var isFormRefused = click.OutsideTermsReason == RedirectPolicy.FormNotAvailable;
        var steps = ImmutableArray.CreateBuilder<DecisionStep>();
        steps.Add(new DecisionStep("link", isFormRefused ? RedirectPolicy.FormNotAvailable : FormOf(click, link), [.. DescribeLink(click, link, campaign)], isFormRefused ? version : null));

        // A form that is refused is refused before anything else is looked at.
        if (!isFormRefused)
        {
            steps.Add(new DecisionStep("gates", ShutGate(click) ?? "open", [.. DescribeGates(click, campaign)], version));
        }

        steps.Add(new DecisionStep("landingPage", click.OutsideTermsReason ?? TargetOf(click), [.. DescribePage(click, link, campaign, program)], version));
        steps.Add(new DecisionStep("class", ApiTexts.Word(click.Class), click.OutsideTermsReason is { } reason ? [new("reason", reason)] : [], null));
        steps.Add(new DecisionStep("unique", record.IsUnique ? "unique" : "repeat", [new("windowMinutes", (long)ILedgerStore.UniqueWindow.TotalMinutes)], null));
        steps.Add(new DecisionStep("bot", click.IsBot ? "bot" : "visitor", click.UserAgent is { } agent ? [new("userAgent", agent)] : [], null));
        return steps.ToImmutable();
    }

    private static string FormOf(Click click, Link? link) =>
        click.LinkCode is null ? "handMade" : link is null ? "known" : ApiTexts.Word(link.Form);

    private static string TargetOf(Click click) => click.Settings?.Target is { } target ? ApiTexts.Word(target) : "allowed";

    /// <summary>The gate that was shut; null when all were open, or were not looked at.</summary>
    private static string? ShutGate(Click click) => LinkPolicy.IsGate(click.OutsideTermsReason) ? click.OutsideTermsReason : null;

    private static IEnumerable<DecisionInput> DescribeLink(Click click, Link? link, CampaignInfo? campaign)
    {
        if (click.LinkCode is { } code)
        {
            yield return new DecisionInput("linkId", EntityId.Link + code);
        }

        if (campaign is not null)
        {
            yield return new DecisionInput("campaignKind", campaign.Kind);
        }

        if (link is not null)
        {
            yield return new DecisionInput("createdAt", link.CreatedAt);
        }
    }

    private static IEnumerable<DecisionInput> DescribeGates(Click click, CampaignInfo? campaign)
    {
        yield return new DecisionInput("clickedAt", click.At);
        if (campaign is not null)
        {
            yield return new DecisionInput("campaignStatus", campaign.Status);
            if (campaign.StartsAt is { } startsAt)
            {
                yield return new DecisionInput("startsAt", startsAt);
            }

            if (campaign.EndsAt is { } endsAt)
            {
                yield return new DecisionInput("endsAt", endsAt);
            }

            yield return new DecisionInput("tracking", campaign.Tracking.ClicksAndConversions);
            yield return new DecisionInput("payForPerformance", campaign.PayForPerformance.Enabled);
        }

        // Who takes part is no version of the campaign, but it is the last of the gates: where no other was shut, the click knows it.
        if (ShutGate(click) is null or LinkPolicy.PartnerNotParticipating)
        {
            yield return new DecisionInput("participating", ShutGate(click) is null);
        }
    }

    private static IEnumerable<DecisionInput> DescribePage(Click click, Link? link, CampaignInfo? campaign, ProgramInfo? program)
    {
        yield return new DecisionInput("page", click.LandingPage);
        var target = click.Settings?.Target;
        if (target is { } known)
        {
            yield return new DecisionInput("target", known);
        }

        if (campaign is not null)
        {
            yield return new DecisionInput("landingMode", campaign.Landing.Mode);
        }

        if (program is not null)
        {
            yield return new DecisionInput("defaultLandingPage", program.DefaultLandingPage);
            yield return new DecisionInput("programVersion", program.Version);
        }

        if (target == LinkTarget.TypedPage && campaign?.Landing.Mode == LandingMode.PartnerChoice && program is not null)
        {
            yield return new DecisionInput("permittedDomains", string.Join(", ", program.PermittedDomains));
        }

        // What the link led to is known of one that has not changed since it was made; a regular one's URL says it, and is not kept.
        if (link is { Version: 1, Form: LinkForm.Short } && link.Target == target)
        {
            if (link.LandingPage is { } typed)
            {
                yield return new DecisionInput("linkPage", typed);
            }

            if (link.SavedPageId is { } saved)
            {
                yield return new DecisionInput("savedPageId", saved);
            }
        }
    }
}
