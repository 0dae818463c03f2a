using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Directory;
using OrleansLinks.Lists;
using OrleansLinks.Problems;

namespace OrleansLinks.Programs;

internal static class ProgramsApi
{
    public static void MapPrograms(this IEndpointRouteBuilder api)
    {
        var programs = api.MapGroup("/programs").WithTags("Programs");
        programs.MapPost("/", Create).For(Role.Operator).Creates()
            .WithSummary("Create a program").WithDescription("Makes a brand's account. name, defaultLandingPage, currency and timeZone are required. Without permittedDomains the default page's host is permitted.");
        programs.MapGet("/", List).For(Role.Operator, Role.Brand)
            .WithSummary("List programs").WithDescription("The operator sees all programs, a brand its own. Newest first.");
        programs.MapGet("/{programId}", Get).For(Role.Operator, Role.Brand)
            .WithSummary("Read a program");
        programs.MapPatch("/{programId}", Change).For(Role.Operator, Role.Brand).Conditional()
            .WithSummary("Change a program").WithDescription("Changes the fields that are sent; null clears one. A new default page moves the links that use it within a second.");
    }

    private static async Task<Results<Created<ProgramInfo>, ProblemHttpResult>> Create(
        ProgramChange body, Creation creation, IGrainFactory grains, HttpContext context)
    {
        var id = creation.Id(EntityId.Program);
        var program = await grains.Actor<IProgramGrain>(id).Create(body);
        if (!program.IsOk)
        {
            return ApiProblems.Of(program.Refusal);
        }

        Versions.Tell(context, program.Value.Version);
        return TypedResults.Created($"/api/v1/programs/{id}", program.Value);
    }

    private static Task<Results<Ok<Page<ProgramInfo>>, ProblemHttpResult>> List(
        [AsParameters] PageQuery page, [AsParameters] SearchQuery search, Caller caller, IGrainFactory grains) => caller.IsOperator
            ? grains.Search(DirectoryLists.Programs, page, search, program => program.Name, id => grains.Actor<IProgramGrain>(id).Get().AsTask())
            : DirectoryPages.SearchOne(DirectoryLists.Programs, page, search, program => program.Name, () => grains.Actor<IProgramGrain>(caller.Key.ProgramId!).Get());

    private static async Task<Results<Ok<ProgramInfo>, ProblemHttpResult>> Get(
        string programId, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await Find(programId, caller, grains) is not { } program)
        {
            return ApiProblems.NotFound("program");
        }

        Versions.Tell(context, program.Version);
        return TypedResults.Ok(program);
    }

    private static async Task<Results<Ok<ProgramInfo>, ProblemHttpResult>> Change(
        string programId, ProgramChange body, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await Find(programId, caller, grains) is null)
        {
            return ApiProblems.NotFound("program");
        }

        if (Versions.ReadExpected(context, out var version) is { } problem)
        {
            return problem;
        }

        var program = await grains.Actor<IProgramGrain>(programId).Change(body, version);
        if (!program.IsOk)
        {
            return ApiProblems.Of(program.Refusal);
        }

        Versions.Tell(context, program.Value.Version);
        return TypedResults.Ok(program.Value);
    }

    /// <summary>The caller's program; null when there is none that the caller may know of.</summary>
    internal static async Task<ProgramInfo?> Find(string programId, Caller caller, IGrainFactory grains) =>
        caller.ActsFor(programId) && EntityId.IsWellFormed(programId, EntityId.Program)
            ? await grains.Actor<IProgramGrain>(programId).Get()
            : null;
}
