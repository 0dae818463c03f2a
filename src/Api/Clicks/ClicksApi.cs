using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Journal;
using OrleansLinks.Problems;

namespace OrleansLinks.Clicks;

internal static class ClicksApi
{
    public static void MapClicks(this IEndpointRouteBuilder api)
    {
        var clicks = api.MapGroup("/clicks").WithTags("Clicks");
        clicks.MapGet("/{clickId}", Get).For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .WithSummary("Read a click").WithDescription("By the id that the landing page got. Each side sees its own reporting values.");
        clicks.MapGet("/{clickId}/why", Explain).For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .WithSummary("Read why a click is what it is").WithDescription("Each decision in order, with the rule, what it rests on, and the version of the campaign's settings at the time of the click: link, gates, landingPage, class, unique, bot.");
    }

    private static async Task<Results<Ok<ClickView>, ProblemHttpResult>> Get(string clickId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(clickId, EntityId.Click)
            && await grains.Actor<IClickGrain>(clickId).Get() is { } record
            && MaySee(caller, record.Click)
            ? TypedResults.Ok(ClickView.Of(record, caller.Side))
            : ApiProblems.NotFound("click");

    private static async Task<Results<Ok<WhyView>, ProblemHttpResult>> Explain(string clickId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(clickId, EntityId.Click)
            && await grains.Actor<IClickGrain>(clickId).Explain() is { } explained
            && MaySee(caller, explained.Record.Click)
            ? TypedResults.Ok(WhyView.Of(clickId, explained.Steps))
            : ApiProblems.NotFound("click");

    private static bool MaySee(Caller caller, Click click) => caller.ActsFor(click.ProgramId) || caller.Is(click.PartnerId);
}
