using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Conversions;

/// <summary>A new signing secret.</summary>
/// <param name="OverlapSeconds">For how long the secrets before it still work, 0 to 2,592,000 (30 days); a day unless set.</param>
internal sealed record SigningSecretRequest(int? OverlapSeconds = null);

/// <summary>A signing secret.</summary>
/// <param name="Id">The secret's id (<c>sec_…</c>).</param>
/// <param name="Secret">The secret; shown once, when it is made.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops to work; not there for the newest.</param>
internal sealed record SigningSecretView(string Id, string? Secret, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>The signing secrets that work, the newest first.</summary>
/// <param name="Items">The secrets, without themselves.</param>
internal sealed record SigningSecretList(IReadOnlyList<SigningSecretView> Items);

internal static class SigningApi
{
    private const int MaxOverlapSeconds = 30 * 24 * 60 * 60;
    private const int DefaultOverlapSeconds = 24 * 60 * 60;

    public static void MapSigning(this IEndpointRouteBuilder api)
    {
        var secrets = api.MapGroup("/programs/{programId}/signing-secrets").WithTags("Conversions");
        secrets.MapPost("/", Create).For(Role.Operator, Role.Brand).Creates(keepsAnswer: false)
            .WithSummary("Make a signing secret").WithDescription("For postbacks and pixels. It is shown this once; the secrets before it work for overlapSeconds more.");
        secrets.MapGet("/", List).For(Role.Operator, Role.Brand)
            .WithSummary("List signing secrets").WithDescription("Those that work, the newest first, without the secrets themselves.");
        secrets.MapDelete("/{secretId}", Remove).For(Role.Operator, Role.Brand)
            .WithSummary("Remove a signing secret").WithDescription("It stops to work at once.");
    }

    private static async Task<Results<Created<SigningSecretView>, ProblemHttpResult>> Create(
        string programId, SigningSecretRequest body, Creation creation, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (await ProgramsApi.Find(programId, caller, grains) is null)
        {
            return ApiProblems.NotFound("program");
        }

        if (body.OverlapSeconds is < 0 or > MaxOverlapSeconds)
        {
            return ApiProblems.Of(Refusal.Rule("validation_failed", "overlapSeconds", $"overlapSeconds is a number from 0 to {MaxOverlapSeconds}."));
        }

        // A repeat comes to the same secret, and what is kept of the request does not tell it.
        var secret = new SigningSecret(creation.Id(EntityId.SigningSecret), AccessKeys.Derive(caller.Secret, creation.Seed), clock.GetUtcNow(), null);
        var made = await grains.Actor<ISigningGrain>(programId).Add(secret, TimeSpan.FromSeconds(body.OverlapSeconds ?? DefaultOverlapSeconds));
        return TypedResults.Created(
            $"/api/v1/programs/{programId}/signing-secrets/{made.Id}", new SigningSecretView(made.Id, made.Secret, made.CreatedAt, made.ExpiresAt));
    }

    private static async Task<Results<Ok<SigningSecretList>, ProblemHttpResult>> List(string programId, Caller caller, IGrainFactory grains)
    {
        if (await ProgramsApi.Find(programId, caller, grains) is null)
        {
            return ApiProblems.NotFound("program");
        }

        var secrets = await grains.Actor<ISigningGrain>(programId).Get();
        return TypedResults.Ok(new SigningSecretList([.. secrets.Select(one => new SigningSecretView(one.Id, null, one.CreatedAt, one.ExpiresAt))]));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(string programId, string secretId, Caller caller, IGrainFactory grains) =>
        await ProgramsApi.Find(programId, caller, grains) is null ? ApiProblems.NotFound("program")
            : await grains.Actor<ISigningGrain>(programId).Remove(secretId) ? TypedResults.NoContent()
            : ApiProblems.NotFound("signing secret");
}
