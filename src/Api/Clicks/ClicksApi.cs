using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Journal;
using OrleansLinks.Problems;

namespace OrleansLinks.Clicks;

internal static class ClicksApi
{
    public static void MapClicks(this IEndpointRouteBuilder api) =>
        api.MapGet("/clicks/{clickId}", Get).WithTags("Clicks").For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .WithSummary("Read a click").WithDescription("By the id that the landing page got. Each side sees its own reporting values.");

    private static async Task<Results<Ok<ClickView>, ProblemHttpResult>> Get(string clickId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(clickId, EntityId.Click)
            && await grains.Actor<IClickGrain>(clickId).Get() is { } record
            && (caller.ActsFor(record.Click.ProgramId) || caller.Is(record.Click.PartnerId))
            ? TypedResults.Ok(ClickView.Of(record, caller.Side))
            : ApiProblems.NotFound("click");
}
