using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrleansLinks.Access;
using OrleansLinks.Clicks;
using OrleansLinks.Journal;
using OrleansLinks.Lists;
using OrleansLinks.Problems;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>What became of one link of a batch.</summary>
/// <param name="Status">The HTTP status that its creation alone would have answered.</param>
/// <param name="Link">The link; not there when it was refused.</param>
/// <param name="Error">Why it was refused; not there when it was created.</param>
internal sealed record BatchItem(int Status, LinkView? Link, BatchError? Error);

/// <summary>Why a link of a batch was refused.</summary>
/// <param name="Code">Stable name of the reason.</param>
/// <param name="Detail">The reason and the remedy.</param>
/// <param name="Errors">Messages by field.</param>
internal sealed record BatchError(string Code, string Detail, Dictionary<string, string[]> Errors);

/// <summary>What became of a batch, one item for each request, in order.</summary>
/// <param name="Items">The outcomes.</param>
internal sealed record BatchAnswer(IReadOnlyList<BatchItem> Items);

/// <summary>Links to be created together: an array of link bodies, or an object with the array in <c>items</c>.</summary>
/// <param name="Items">The link bodies, 1 to 1,000.</param>
[JsonConverter(typeof(LinkBatchBodyConverter))]
internal sealed record LinkBatchBody(ImmutableArray<LinkRequest> Items);

internal sealed class LinkBatchBodyConverter : JsonConverter<LinkBatchBody>
{
    public override LinkBatchBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.TokenType == JsonTokenType.StartObject
            ? JsonSerializer.Deserialize<Wrapped>(ref reader, options)!.Items
            : JsonSerializer.Deserialize<ImmutableArray<LinkRequest>>(ref reader, options));

    public override void Write(Utf8JsonWriter writer, LinkBatchBody value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Items, options);

    private sealed record Wrapped(ImmutableArray<LinkRequest> Items = default);
}

internal static class LinksApi
{
    private const int MaxBatch = 1000;
    private const long MaxBatchBody = 8 * 1024 * 1024;

    public static void MapLinks(this IEndpointRouteBuilder api)
    {
        var ofTask = api.MapGroup("/tasks/{taskId}/links").WithTags("Links");
        ofTask.MapPost("/", Create).For(Role.Operator, Role.Brand, Role.Partner).Creates()
            .WithSummary("Create a tracking link").WithDescription("By the brand on the partner's behalf, or by the partner. Which of landingPage and savedPageId is wanted, if any, the task's linkSettings say. subId1 to subId3 are the partner's to set, param is the brand's, sharedId is for both.");
        ofTask.MapPost("/batch", CreateBatch).For(Role.Operator, Role.Brand, Role.Partner).Creates()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBatchBody))
            .WithSummary("Create up to 1,000 tracking links").WithDescription("Takes an array of link bodies and answers one result for each, in order. With atomic=true, all are created or none.");
        ofTask.MapGet("/", List).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("List a task's tracking links").WithDescription("Newest first. With include=counters, each comes with its counters, which cost a call for each link otherwise.");

        var links = api.MapGroup("/links/{linkId}").WithTags("Links");
        links.MapGet("/", Get).For(Role.Operator, Role.Brand, Role.Partner).WithSummary("Read a tracking link");
        links.MapPatch("/", Change).For(Role.Operator, Role.Brand, Role.Partner).Conditional()
            .WithSummary("Change a tracking link").WithDescription("Changes the landing page, the saved page, or the state (active, disabled). What the brand has disabled, only the brand enables again.");
        links.MapDelete("/", Disable).For(Role.Operator, Role.Brand, Role.Partner).Conditional()
            .WithSummary("Disable a tracking link").WithDescription("It answers 410 from then on; its code is never issued again, and its clicks are kept.");
        links.MapGet("/counters", GetCounters).For(Role.Operator, Role.Brand, Role.Partner).AfterClicks().WithSummary("Read a tracking link's counters");
    }

    private static async Task<Results<Created<LinkView>, ProblemHttpResult>> Create(
        string taskId, LinkRequest body, Creation creation, Caller caller, IGrainFactory grains, Origin origin, HttpContext context)
    {
        if (await TasksApi.Find(taskId, caller, grains) is null)
        {
            return ApiProblems.NotFound("task");
        }

        var outcomes = await grains.Actor<ITaskGrain>(taskId).CreateLinks(new LinkBatch([body], caller.Creator, false, creation.Seed));
        if (!outcomes[0].IsOk)
        {
            return ApiProblems.Of(outcomes[0].Refusal!);
        }

        var link = LinkView.Of(outcomes[0].Value!, caller, origin);
        Versions.Tell(context, link.Version);
        return TypedResults.Created($"/api/v1/links/{link.Id}", link);
    }

    private static async Task<Results<Ok<BatchAnswer>, ProblemHttpResult>> CreateBatch(
        string taskId,
        LinkBatchBody body,
        [FromQuery, Description("Whether none is created when one is refused.")] string? atomic,
        Creation creation,
        Caller caller,
        IGrainFactory grains,
        Origin origin)
    {
        if (await TasksApi.Find(taskId, caller, grains) is null)
        {
            return ApiProblems.NotFound("task");
        }

        var isAtomic = false;
        if (!string.IsNullOrEmpty(atomic) && !bool.TryParse(atomic, out isAtomic))
        {
            return ApiProblems.Malformed("parameter_invalid", "atomic", "atomic is true or false.");
        }

        if (body.Items.IsDefaultOrEmpty || body.Items.Length > MaxBatch)
        {
            return ApiProblems.Malformed("batch_size", "items", $"A batch has 1 to {MaxBatch} link bodies.");
        }

        var missing = body.Items.IndexOf(null!);
        if (missing >= 0)
        {
            return ApiProblems.Malformed("field_malformed", $"items[{missing}]", "A link body is an object.");
        }

        var batch = new LinkBatch(body.Items, caller.Creator, isAtomic, creation.Seed);
        var outcomes = await grains.Actor<ITaskGrain>(taskId).CreateLinks(batch);
        var refused = outcomes.Select((outcome, index) => (outcome.Refusal, index)).Where(one => one.Refusal is not null && one.Refusal.Code != "batch_refused").ToArray();
        if (batch.Atomic && refused.Length > 0)
        {
            return Explain(refused!);
        }

        return TypedResults.Ok(new BatchAnswer([.. outcomes.Select(outcome => outcome.IsOk
            ? new BatchItem(StatusCodes.Status201Created, LinkView.Of(outcome.Value, caller, origin), null)
            : new BatchItem(
                ApiProblems.StatusOf(outcome.Refusal.Kind),
                null,
                new BatchError(outcome.Refusal.Code, outcome.Refusal.Message, ApiProblems.ByField(outcome.Refusal.Errors))))]));
    }

    /// <summary>The problem of a batch that was to be created as a whole: that of its first refused link, with all fields that are to blame.</summary>
    private static ProblemHttpResult Explain((Refusal Refusal, int Index)[] refused)
    {
        var (first, index) = refused[0];
        var errors = refused.SelectMany(one => one.Refusal.Errors.IsEmpty
            ? [new FieldError($"items[{one.Index}]", one.Refusal.Message)]
            : one.Refusal.Errors.Select(error => new FieldError($"items[{one.Index}].{error.Field}", error.Message)));
        return ApiProblems.Create(
            ApiProblems.StatusOf(first.Kind),
            first.Code,
            $"None of the batch was created; link {index.ToString(CultureInfo.InvariantCulture)} of it: {first.Message}",
            [.. errors]);
    }

    private static async Task<Results<Ok<Page<LinkView>>, ProblemHttpResult>> List(
        string taskId,
        [AsParameters] PageQuery page,
        [FromQuery, Description("What each link comes with: counters, or nothing more.")] string? include,
        Caller caller,
        IGrainFactory grains,
        Origin origin,
        LinkCounters counters)
    {
        if (await TasksApi.Find(taskId, caller, grains) is not { } task)
        {
            return ApiProblems.NotFound("task");
        }

        if (include is not (null or "counters"))
        {
            return ApiProblems.Malformed("field_malformed", "include", "include is counters, or left out.");
        }

        var list = $"links:{taskId}";
        if (page.ReadNumber(list, out var limit, out var before) is { } problem)
        {
            return problem;
        }

        var links = await grains.Actor<ITaskGrain>(taskId).ListLinks(before, limit);
        var totals = include is null ? null : await counters.Read(task, links.Items);
        return TypedResults.Ok(new Page<LinkView>(
            [.. links.Items.Select((link, index) => LinkView.Of(link, caller, origin, totals?[index]))],
            Cursors.Write(list, links.Next)));
    }

    private static async Task<Results<Ok<LinkView>, ProblemHttpResult>> Get(
        string linkId, Caller caller, IGrainFactory grains, Origin origin, HttpContext context)
    {
        if (Find(linkId, grains) is not { } grain || await grain.Get() is not { } link || !MaySee(link.Link, caller))
        {
            return ApiProblems.NotFound("link");
        }

        Versions.Tell(context, link.Link.Version);
        return TypedResults.Ok(LinkView.Of(link, caller, origin));
    }

    private static async Task<Results<Ok<LinkView>, ProblemHttpResult>> Change(
        string linkId, LinkChange body, Caller caller, IGrainFactory grains, Origin origin, HttpContext context)
    {
        var link = await Edit(linkId, body, caller, grains, context);
        return link.Problem is { } problem ? problem : TypedResults.Ok(LinkView.Of(link.Details!, caller, origin));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Disable(
        string linkId, Caller caller, IGrainFactory grains, HttpContext context)
    {
        var link = await Edit(linkId, new LinkChange { State = LinkState.Disabled }, caller, grains, context);
        return link.Problem is { } problem ? problem : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<CounterView>, ProblemHttpResult>> GetCounters(
        string linkId, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (Find(linkId, grains) is not { } grain || await grain.Resolve() is not { } link || !MaySee(link, caller))
        {
            return ApiProblems.NotFound("link");
        }

        return TypedResults.Ok(await CounterView.Read(await grain.GetCounters(), link.ProgramId, grains, clock));
    }

    private static async Task<(LinkDetails? Details, ProblemHttpResult? Problem)> Edit(
        string linkId, LinkChange change, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (Find(linkId, grains) is not { } grain || await grain.Resolve() is not { } link || !MaySee(link, caller))
        {
            return (null, ApiProblems.NotFound("link"));
        }

        if (Versions.ReadExpected(context, out var version) is { } problem)
        {
            return (null, problem);
        }

        var changed = await grain.Change(change, version, caller.Creator);
        if (!changed.IsOk)
        {
            return (null, ApiProblems.Of(changed.Refusal));
        }

        Versions.Tell(context, changed.Value.Link.Version);
        return (changed.Value, null);
    }

    private static ILinkGrain? Find(string linkId, IGrainFactory grains) =>
        ShortCodes.TryReadLinkId(linkId, out var code) ? grains.Actor<ILinkGrain>(code) : null;

    private static bool MaySee(Link link, Caller caller) => caller.ActsFor(link.ProgramId) || caller.Is(link.PartnerId);
}
