using Orleans.Concurrency;

namespace OrleansLinks.Access;

/// <summary>What the holder of a key is.</summary>
[GenerateSerializer, Alias("Role")]
public enum Role
{
    /// <summary>Runs the whole installation.</summary>
    Operator,

    /// <summary>A brand, with its program.</summary>
    Brand,

    /// <summary>A partner or creator.</summary>
    Partner,
}

/// <summary>An access key, without the key itself.</summary>
/// <param name="Id">The key's id (<c>key_…</c>), derived from its hash.</param>
/// <param name="Name">What people call it, 1 to 200 characters.</param>
/// <param name="Role">What its holder is.</param>
/// <param name="ProgramId">The brand's program; null for other roles.</param>
/// <param name="PartnerId">The partner; null for other roles.</param>
/// <param name="ReadOnly">Whether it can only read.</param>
/// <param name="ExpiresAt">When it stops to work; null for never.</param>
/// <param name="CreatedAt">When it was made.</param>
[GenerateSerializer, Immutable, Alias("AccessKey")]
public sealed record AccessKey(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] Role Role,
    [property: Id(3)] string? ProgramId,
    [property: Id(4)] string? PartnerId,
    [property: Id(5)] bool ReadOnly,
    [property: Id(6)] DateTimeOffset? ExpiresAt,
    [property: Id(7)] DateTimeOffset CreatedAt);

/// <summary>An access key; its key is the access key's id.</summary>
[Alias("IAccessKeyGrain")]
public interface IAccessKeyGrain : IGrainWithStringKey
{
    /// <summary>Makes the key, once; a repeat answers the key that is there.</summary>
    [Alias("Create")]
    Task<AccessKey> Create(AccessKey key);

    /// <summary>The key, or null when it was never made, was revoked or has expired.</summary>
    [Alias("Get"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    ValueTask<AccessKey?> Get();

    /// <summary>Lets the key work until then and no longer; never lengthens its life.</summary>
    [Alias("ExpireAt")]
    Task ExpireAt(DateTimeOffset time);

    /// <summary>Ends the key at once.</summary>
    [Alias("Revoke")]
    Task Revoke();
}
