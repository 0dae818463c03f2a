using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Directory;
using OrleansLinks.Lists;
using OrleansLinks.Partners;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Access;

/// <summary>An access key to be made.</summary>
/// <param name="Role">operator, brand or partner.</param>
/// <param name="Name">What people call it, 1 to 200 characters.</param>
/// <param name="ProgramId">With role brand: its program; a brand may leave its own out.</param>
/// <param name="PartnerId">With role partner: the partner; a partner may leave itself out.</param>
/// <param name="ReadOnly">Whether it can only read.</param>
/// <param name="ExpiresAt">When it stops to work.</param>
internal sealed record KeyRequest(
    Role? Role = null,
    string? Name = null,
    string? ProgramId = null,
    string? PartnerId = null,
    bool? ReadOnly = null,
    DateTimeOffset? ExpiresAt = null);

/// <summary>How a key is rotated.</summary>
/// <param name="OverlapSeconds">How long the old key still works, 0 to 604,800 (a week); 0 when not said.</param>
internal sealed record KeyRotation(int? OverlapSeconds = null);

/// <summary>An access key.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Key">The key itself; shown when it is made and never again.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Role">operator, brand or partner.</param>
/// <param name="ProgramId">The brand's program.</param>
/// <param name="PartnerId">The partner.</param>
/// <param name="ReadOnly">Whether it can only read.</param>
/// <param name="ExpiresAt">When it stops to work.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record KeyView(
    string Id,
    string? Key,
    string Name,
    Role Role,
    string? ProgramId,
    string? PartnerId,
    bool ReadOnly,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt)
{
    public static KeyView Of(AccessKey key, string? secret = null) => new(
        key.Id, secret, key.Name, key.Role, key.ProgramId, key.PartnerId, key.ReadOnly, key.ExpiresAt, key.CreatedAt);
}

internal static class KeysApi
{
    private const int MaxOverlapSeconds = 7 * 24 * 60 * 60;

    public static void MapKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("Keys");
        keys.MapPost("/", Create).For(Role.Operator, Role.Brand, Role.Partner).Creates(keepsAnswer: false)
            .WithSummary("Create an access key").WithDescription("The operator makes keys for everyone, a brand and a partner for themselves. key is shown this once.");
        keys.MapGet("/", List).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("List access keys").WithDescription("Those that work; the operator sees all, others their own.");
        keys.MapGet("/current", GetCurrent).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read the access key of the request").WithDescription("Who the caller is and what it may do: the role, the program or the partner, whether the key can only read, and when it stops to work. The key itself is not shown.");
        keys.MapPost("/{keyId}/rotate", Rotate).For(Role.Operator, Role.Brand, Role.Partner).Creates(keepsAnswer: false)
            .WithSummary("Rotate an access key").WithDescription("Makes a new key with the same grants; the old one stops after overlapSeconds.");
        keys.MapDelete("/{keyId}", Revoke).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Revoke an access key").WithDescription("It stops to work within a second.");
    }

    private static async Task<Results<Created<KeyView>, ProblemHttpResult>> Create(
        KeyRequest body, Creation creation, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var (key, problem) = await Check(body, caller, grains, now);
        return problem is not null ? problem : await Make(key!, creation, caller, grains);
    }

    private static async Task<Results<Created<KeyView>, ProblemHttpResult>> Rotate(
        string keyId, KeyRotation body, Creation creation, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        // A repeat finds the key that the first request made; the old one may have stopped since then.
        var renewed = grains.Actor<IAccessKeyGrain>(AccessKeys.IdOf(AccessKeys.Derive(caller.Secret, creation.Seed)));
        if ((await Find(keyId, caller, grains) ?? await renewed.Get()) is not { } grants)
        {
            return ApiProblems.NotFound("key");
        }

        if (body.OverlapSeconds is < 0 or > MaxOverlapSeconds)
        {
            return ApiProblems.Of(Refusal.Rule("validation_failed", "overlapSeconds", $"overlapSeconds is a number from 0 to {MaxOverlapSeconds}."));
        }

        var now = clock.GetUtcNow();
        var made = await Make(grants with { CreatedAt = now }, creation, caller, grains);
        if (body.OverlapSeconds is > 0)
        {
            await grains.Actor<IAccessKeyGrain>(keyId).ExpireAt(now.AddSeconds(body.OverlapSeconds.Value));
        }
        else
        {
            await grains.Actor<IAccessKeyGrain>(keyId).Revoke();
        }

        return made;
    }

    private static Task<Results<Ok<Page<KeyView>>, ProblemHttpResult>> List([AsParameters] PageQuery page, Caller caller, IGrainFactory grains)
    {
        var list = caller.IsOperator ? DirectoryLists.Keys : DirectoryLists.KeysOf((caller.Key.ProgramId ?? caller.Key.PartnerId)!);
        return grains.List(list, page, async id => await grains.Actor<IAccessKeyGrain>(id).Get() is { } key ? KeyView.Of(key) : null);
    }

    private static Ok<KeyView> GetCurrent(Caller caller) => TypedResults.Ok(KeyView.Of(caller.Key));

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string keyId, Caller caller, IGrainFactory grains)
    {
        if (await Find(keyId, caller, grains) is null)
        {
            return ApiProblems.NotFound("key");
        }

        await grains.Actor<IAccessKeyGrain>(keyId).Revoke();
        return TypedResults.NoContent();
    }

    private static async Task<Created<KeyView>> Make(AccessKey grants, Creation creation, Caller caller, IGrainFactory grains)
    {
        var secret = AccessKeys.Derive(caller.Secret, creation.Seed);
        var key = await grains.Actor<IAccessKeyGrain>(AccessKeys.IdOf(secret)).Create(grants with { Id = AccessKeys.IdOf(secret) });
        return TypedResults.Created($"/api/v1/keys/{key.Id}", KeyView.Of(key, secret));
    }

    private static async Task<AccessKey?> Find(string keyId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(keyId, EntityId.Key)
            && await grains.Actor<IAccessKeyGrain>(keyId).Get() is { } key
            && (caller.IsOperator || (key.Role == caller.Key.Role && key.ProgramId == caller.Key.ProgramId && key.PartnerId == caller.Key.PartnerId))
            ? key
            : null;

    private static async Task<(AccessKey? Key, ProblemHttpResult? Problem)> Check(
        KeyRequest body, Caller caller, IGrainFactory grains, DateTimeOffset now)
    {
        var name = body.Name?.Trim() ?? "";
        if (name.Length is 0 or > 200 || name.Any(char.IsControl))
        {
            return Invalid("name", "name is required: 1 to 200 characters, no control characters.");
        }

        if (body.Role is not { } role)
        {
            return Invalid("role", "role is required: operator, brand or partner.");
        }

        if (body.ExpiresAt <= now)
        {
            return Invalid("expiresAt", "expiresAt must be in the future.");
        }

        var programId = role == Role.Brand ? body.ProgramId ?? caller.Key.ProgramId : body.ProgramId;
        var partnerId = role == Role.Partner ? body.PartnerId ?? caller.Key.PartnerId : body.PartnerId;
        if (!caller.IsOperator && (role != caller.Key.Role || programId != caller.Key.ProgramId || partnerId != caller.Key.PartnerId))
        {
            return (null, ApiProblems.Create(StatusCodes.Status403Forbidden, "key_not_for_others", "A brand or a partner makes keys for itself alone."));
        }

        if (role != Role.Brand && programId is not null)
        {
            return Invalid("programId", "Only a brand's key has a program.");
        }

        if (role != Role.Partner && partnerId is not null)
        {
            return Invalid("partnerId", "Only a partner's key has a partner.");
        }

        if (role == Role.Brand && !(EntityId.IsWellFormed(programId, EntityId.Program) && await grains.Actor<IProgramGrain>(programId).Get() is not null))
        {
            return Invalid("programId", "programId is required: the id (prg_…) of the brand's program.");
        }

        if (role == Role.Partner && !(EntityId.IsWellFormed(partnerId, EntityId.Partner) && await grains.Actor<IPartnerGrain>(partnerId).Get() is not null))
        {
            return Invalid("partnerId", "partnerId is required: the id (prt_…) of the partner.");
        }

        return (new AccessKey("", name, role, programId, partnerId, body.ReadOnly ?? false, body.ExpiresAt?.ToUniversalTime(), now), null);
    }

    private static (AccessKey?, ProblemHttpResult?) Invalid(string field, string message) =>
        (null, ApiProblems.Of(Refusal.Rule("validation_failed", field, message)));
}
