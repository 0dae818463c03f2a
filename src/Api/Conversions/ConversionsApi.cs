using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Journal;
using OrleansLinks.Links;
using OrleansLinks.Lists;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Conversions;

/// <summary>A conversion to report.</summary>
/// <param name="ClickId">The click id (<c>clk_…</c>) that the landing page got; required.</param>
/// <param name="OrderId">Your id of the order, 1 to 255 characters; required. With the event type it makes a report one that can be repeated.</param>
/// <param name="Amount">The order's amount in the program's currency, from 0, with at most 4 decimals; required.</param>
/// <param name="OccurredAt">When it happened; now unless set.</param>
/// <param name="EventType">What happened: 1 to 64 of <c>A-Z a-z 0-9 - _ .</c>; sale unless set.</param>
/// <param name="ProgramId">The program; an operator names it where the click is not known yet.</param>
internal sealed record ConversionBody(
    string? ClickId = null,
    string? OrderId = null,
    Money? Amount = null,
    DateTimeOffset? OccurredAt = null,
    string? EventType = null,
    string? ProgramId = null);

/// <summary>A change of a conversion's amount.</summary>
/// <param name="Amount">The order's new amount, in the program's currency; required.</param>
/// <param name="Reason">Why, at most 500 characters; both sides see it.</param>
internal sealed record AdjustBody(Money? Amount = null, string? Reason = null);

/// <summary>Why a conversion is taken back.</summary>
/// <param name="Reason">Why, at most 500 characters; both sides see it.</param>
internal sealed record ReverseBody(string? Reason = null)
{
    /// <summary>Who has nothing to say sends no body.</summary>
    public static async ValueTask<ReverseBody> BindAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentType is null && (request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false))
        {
            return new ReverseBody();
        }

        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException("The body is not application/json.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await request.ReadFromJsonAsync<ReverseBody>(context.RequestAborted) ?? throw new BadHttpRequestException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException("The body is not the JSON that is expected.", exception);
        }
    }
}

internal static class ConversionsApi
{
    public static void MapConversions(this IEndpointRouteBuilder api)
    {
        var conversions = api.MapGroup("/conversions").WithTags("Conversions");
        conversions.MapPost("/", Create).For(Role.Operator, Role.Brand).Creates().AfterClicks()
            .WithSummary("Report a conversion").WithDescription("Once for each order id and event type of a program: a repeat answers 200 with the conversion that is there; one that belongs to no click yet takes the click of the repeat. Where the click is not known yet, 202 with the state waitingForClick: it is attributed as soon as the click arrives.");
        conversions.MapGet("/{conversionId}", Get).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read a conversion").WithDescription("With all that has changed it.");
        conversions.MapGet("/{conversionId}/why", Explain).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read why a conversion is what it is").WithDescription("Each decision in order, with the rule, what it rests on, and the version of the campaign's settings: click, program, attributionWindow, clickClass, terms, cap, payout, lock.");
        conversions.MapPost("/{conversionId}/adjust", Adjust).For(Role.Operator, Role.Brand).Creates()
            .WithSummary("Change a conversion's amount").WithDescription("Until it is approved; the payout follows by the terms that were in force at the click.");
        conversions.MapPost("/{conversionId}/reverse", Reverse).For(Role.Operator, Role.Brand).Creates().Accepts<ReverseBody>("application/json")
            .WithSummary("Take a conversion back").WithDescription("Until it is approved; a repeat changes nothing.");
        api.MapGet("/campaigns/{campaignId}/conversions", ListOfCampaign).WithTags("Conversions").For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("List a campaign's conversions").WithDescription("Newest first; a partner sees its own.");
        api.MapGet("/programs/{programId}/conversions/unmatched", ListUnmatched).WithTags("Conversions").For(Role.Operator, Role.Brand)
            .WithSummary("List a program's unmatched conversions").WithDescription("Those that wait for their click, and those that belong to none, with the reason; newest first.");
    }

    private static async Task<Results<Created<ConversionView>, Accepted<ConversionView>, Ok<ConversionView>, ProblemHttpResult>> Create(
        ConversionBody body, Creation creation, Caller caller, IGrainFactory grains, TimeProvider clock, HttpContext context)
    {
        var programId = caller.Key.ProgramId ?? body.ProgramId ?? await FindProgram(body.ClickId, grains);
        if (programId is null)
        {
            return ApiProblems.Of(Refusal.Rule("program_required", "programId", "The click is not known yet: say in programId whose conversion it is."));
        }

        if (!EntityId.IsWellFormed(body.ProgramId ?? programId, EntityId.Program))
        {
            return ApiProblems.Of(Refusal.Rule("validation_failed", "programId", "programId is the id (prg_…) of a program; leave it out for your own."));
        }

        if (body.ProgramId is not null && body.ProgramId != programId)
        {
            return ApiProblems.NotFound("program");
        }

        var report = new ConversionReport(programId, body.ClickId, body.OrderId, body.EventType, body.Amount, body.OccurredAt, creation.Seed);
        return await Report(report, grains, clock, context);
    }

    /// <summary>Has the one actor of the order take a brand's report, and answers what it came to.</summary>
    internal static async Task<Results<Created<ConversionView>, Accepted<ConversionView>, Ok<ConversionView>, ProblemHttpResult>> Report(
        ConversionReport report, IGrainFactory grains, TimeProvider clock, HttpContext context)
    {
        var reported = await grains.Actor<IConversionGrain>(ConversionIds.Of(report)).Report(report);
        if (!reported.IsOk)
        {
            return ApiProblems.Of(reported.Refusal);
        }

        var view = ConversionView.Of(reported.Value.Details, Side.Brand, clock.GetUtcNow());
        Versions.Tell(context, view.Version);
        var place = $"/api/v1/conversions/{view.Id}";
        return view.State == ConversionState.WaitingForClick ? TypedResults.Accepted(place, view)
            : reported.Value.IsNew ? TypedResults.Created(place, view)
            : TypedResults.Ok(view);
    }

    private static async Task<string?> FindProgram(string? clickId, IGrainFactory grains) =>
        EntityId.IsWellFormed(clickId, EntityId.Click) ? (await grains.Actor<IClickGrain>(clickId).Get())?.Click.ProgramId : null;

    private static async Task<Results<Ok<ConversionView>, ProblemHttpResult>> Get(
        string conversionId, Caller caller, IGrainFactory grains, TimeProvider clock, HttpContext context)
    {
        if (await Find(conversionId, caller, grains) is not { } details)
        {
            return ApiProblems.NotFound("conversion");
        }

        Versions.Tell(context, details.Conversion.Sequence);
        return TypedResults.Ok(ConversionView.Of(details, caller.Side, clock.GetUtcNow()));
    }

    private static async Task<Results<Ok<WhyView>, ProblemHttpResult>> Explain(string conversionId, Caller caller, IGrainFactory grains)
    {
        if (!EntityId.IsWellFormed(conversionId, EntityId.Conversion)
            || await grains.Actor<IConversionGrain>(conversionId).Explain() is not { } explained
            || !MaySee(caller, explained.Conversion))
        {
            return ApiProblems.NotFound("conversion");
        }

        return TypedResults.Ok(WhyView.Of(conversionId, explained.Steps));
    }

    private static Task<Results<Ok<ConversionView>, ProblemHttpResult>> Adjust(
        string conversionId, AdjustBody body, Caller caller, IGrainFactory grains, TimeProvider clock, HttpContext context) =>
        Change(conversionId, caller, grains, clock, context, conversion => conversion.Adjust(body.Amount, body.Reason));

    private static Task<Results<Ok<ConversionView>, ProblemHttpResult>> Reverse(
        string conversionId, ReverseBody body, Caller caller, IGrainFactory grains, TimeProvider clock, HttpContext context) =>
        Change(conversionId, caller, grains, clock, context, conversion => conversion.Reverse(body.Reason));

    private static async Task<Results<Ok<ConversionView>, ProblemHttpResult>> Change(
        string conversionId, Caller caller, IGrainFactory grains, TimeProvider clock, HttpContext context, Func<IConversionGrain, Task<Result<ConversionDetails>>> change)
    {
        if (await Find(conversionId, caller, grains) is null)
        {
            return ApiProblems.NotFound("conversion");
        }

        var details = await change(grains.Actor<IConversionGrain>(conversionId));
        if (!details.IsOk)
        {
            return ApiProblems.Of(details.Refusal);
        }

        Versions.Tell(context, details.Value.Conversion.Sequence);
        return TypedResults.Ok(ConversionView.Of(details.Value, caller.Side, clock.GetUtcNow()));
    }

    private static async Task<Results<Ok<Page<ConversionView>>, ProblemHttpResult>> ListOfCampaign(
        string campaignId, [AsParameters] PageQuery page, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        await CampaignsApi.FindForResults(campaignId, caller, grains) is null
            ? ApiProblems.NotFound("campaign")
            : await List($"conversions:{campaignId}:{caller.Key.PartnerId}", page, caller.Side, clock, (before, limit) =>
                grains.Actor<ICampaignGrain>(campaignId).ListConversions(caller.Key.PartnerId, before, limit));

    private static async Task<Results<Ok<Page<ConversionView>>, ProblemHttpResult>> ListUnmatched(
        string programId, [AsParameters] PageQuery page, Caller caller, IGrainFactory grains, TimeProvider clock) =>
        await ProgramsApi.Find(programId, caller, grains) is null
            ? ApiProblems.NotFound("program")
            : await List($"unmatched:{programId}", page, caller.Side, clock, (before, limit) => grains.Actor<IProgramGrain>(programId).ListUnmatched(before, limit));

    private static async Task<Results<Ok<Page<ConversionView>>, ProblemHttpResult>> List(
        string list, PageQuery query, Side side, TimeProvider clock, Func<long?, int, Task<ConversionPage>> read)
    {
        if (query.ReadNumber(list, out var limit, out var before) is { } problem)
        {
            return problem;
        }

        var page = await read(before, limit);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new Page<ConversionView>(
            [.. page.Items.Select(conversion => ConversionView.Of(conversion, side, now))],
            Cursors.Write(list, page.Next)));
    }

    /// <summary>A conversion of the caller's program, or on the caller's task; null when there is none that the caller may know of.</summary>
    private static async Task<ConversionDetails?> Find(string conversionId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(conversionId, EntityId.Conversion)
            && await grains.Actor<IConversionGrain>(conversionId).Get() is { } details && MaySee(caller, details.Conversion)
            ? details
            : null;

    private static bool MaySee(Caller caller, Conversion conversion) =>
        caller.ActsFor(conversion.ProgramId) || (conversion.Attribution is { } attribution && caller.Is(attribution.PartnerId));
}
