using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Journal;
using OrleansLinks.Lists;
using OrleansLinks.Problems;

namespace OrleansLinks.Tasks;

internal static class TasksApi
{
    public static void MapTasks(this IEndpointRouteBuilder api)
    {
        var ofCampaign = api.MapGroup("/campaigns/{campaignId}/tasks").WithTags("Tasks");
        ofCampaign.MapPost("/", Create).For(Role.Operator, Role.Brand).Creates()
            .WithSummary("Create a task").WithDescription("partnerId and name are required. Where the campaign uses the program's default page, the task's link is generated as soon as its gates are open.");
        ofCampaign.MapGet("/", List).For(Role.Operator, Role.Brand)
            .WithSummary("List a campaign's tasks").WithDescription("Newest first.");

        var tasks = api.MapGroup("/tasks/{taskId}").WithTags("Tasks");
        tasks.MapGet("/", Get).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read a task").WithDescription("linkSettings say how a link is created: in blockedBy, which gate is shut, and where the page is typed, in permittedDomains, which hosts it may have.");
        tasks.MapPatch("/", Change).For(Role.Operator, Role.Brand).Conditional()
            .WithSummary("Change a task").WithDescription("Changes the fields that are sent; null clears one.");
        tasks.MapGet("/counters", GetCounters).For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .WithSummary("Read a task's counters");
        tasks.MapGet("/clicks", ListClicks).For(Role.Operator, Role.Brand, Role.Partner).AfterClicks()
            .WithSummary("List a task's clicks").WithDescription("Newest first.");
    }

    private static async Task<Results<Created<TaskView>, ProblemHttpResult>> Create(
        string campaignId, TaskChange body, Creation creation, Caller caller, IGrainFactory grains, Origin origin, HttpContext context)
    {
        if (await CampaignsApi.Find(campaignId, caller, grains) is null)
        {
            return ApiProblems.NotFound("campaign");
        }

        var id = creation.Id(EntityId.Task);
        var task = await grains.Actor<ITaskGrain>(id).Create(campaignId, body);
        if (!task.IsOk)
        {
            return ApiProblems.Of(task.Refusal);
        }

        Versions.Tell(context, task.Value.Task.Version);
        return TypedResults.Created($"/api/v1/tasks/{id}", TaskView.Of(task.Value, caller, origin));
    }

    private static async Task<Results<Ok<Page<TaskView>>, ProblemHttpResult>> List(
        string campaignId, [AsParameters] PageQuery page, [AsParameters] SearchQuery search, Caller caller, IGrainFactory grains, Origin origin) =>
        await CampaignsApi.Find(campaignId, caller, grains) is null
            ? ApiProblems.NotFound("campaign")
            : await grains.Search(DirectoryLists.TasksOf(campaignId), page, search, task => task.Name, async id =>
                await grains.Actor<ITaskGrain>(id).Get() is { } task ? TaskView.Of(task, caller, origin) : null);

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> Get(
        string taskId, Caller caller, IGrainFactory grains, Origin origin, HttpContext context)
    {
        if (await Find(taskId, caller, grains) is null || await grains.Actor<ITaskGrain>(taskId).Get() is not { } task)
        {
            return ApiProblems.NotFound("task");
        }

        Versions.Tell(context, task.Task.Version);
        return TypedResults.Ok(TaskView.Of(task, caller, origin));
    }

    private static async Task<Results<Ok<TaskView>, ProblemHttpResult>> Change(
        string taskId, TaskChange body, Caller caller, IGrainFactory grains, Origin origin, HttpContext context)
    {
        if (await Find(taskId, caller, grains) is null)
        {
            return ApiProblems.NotFound("task");
        }

        if (Versions.ReadExpected(context, out var version) is { } problem)
        {
            return problem;
        }

        var task = await grains.Actor<ITaskGrain>(taskId).Change(body, version);
        if (!task.IsOk)
        {
            return ApiProblems.Of(task.Refusal);
        }

        Versions.Tell(context, task.Value.Task.Version);
        return TypedResults.Ok(TaskView.Of(task.Value, caller, origin));
    }

    private static async Task<Results<Ok<CounterView>, ProblemHttpResult>> GetCounters(
        string taskId, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (await Find(taskId, caller, grains) is not { } task)
        {
            return ApiProblems.NotFound("task");
        }

        var totals = await grains.Actor<ITaskGrain>(taskId).GetCounters();
        return TypedResults.Ok(await CounterView.Read(totals, task.ProgramId, grains, clock));
    }

    private static async Task<Results<Ok<Page<ClickView>>, ProblemHttpResult>> ListClicks(
        string taskId, [AsParameters] PageQuery page, Caller caller, IGrainFactory grains)
    {
        if (await Find(taskId, caller, grains) is null)
        {
            return ApiProblems.NotFound("task");
        }

        var list = $"clicks:{taskId}";
        if (page.Read(list, out var limit, out var after) is { } problem)
        {
            return problem;
        }

        var before = Guid.Empty;
        if (after is not null && !EntityId.TryParse(after, EntityId.Click, out before))
        {
            return PageQuery.CursorInvalid();
        }

        var clicks = await grains.Actor<ITaskGrain>(taskId).ListClicks(after is null ? null : before, limit);
        var items = clicks.Select(click => ClickView.Of(click, caller.Side)).ToArray();
        return TypedResults.Ok(new Page<ClickView>(items, items.Length == limit ? Cursors.Write(list, items[^1].Id) : null));
    }

    /// <summary>A task of the caller's program, or the caller's own; null when there is none that the caller may know of.</summary>
    internal static async Task<TaskInfo?> Find(string taskId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(taskId, EntityId.Task)
            && await grains.Actor<ITaskGrain>(taskId).GetInfo() is { } task
            && (caller.ActsFor(task.ProgramId) || caller.Is(task.PartnerId))
            ? task
            : null;
}
