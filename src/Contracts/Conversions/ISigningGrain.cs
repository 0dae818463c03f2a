using System.Collections.Immutable;

namespace OrleansLinks.Conversions;

/// <summary>A secret with which a program signs its postbacks and pixels.</summary>
/// <param name="Id">The secret's id (<c>sec_…</c>).</param>
/// <param name="Secret">The secret, text that is the key of the HMAC.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops to work; null while it is the newest.</param>
[GenerateSerializer, Immutable, Alias("SigningSecret")]
public sealed record SigningSecret(
    [property: Id(0)] string Id,
    [property: Id(1)] string Secret,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] DateTimeOffset? ExpiresAt);

/// <summary>The signing secrets of a program; its key is the program's id.</summary>
[Alias("ISigningGrain")]
public interface ISigningGrain : IGrainWithStringKey
{
    /// <summary>Adds a secret, once; those before it work until the overlap is over.</summary>
    [Alias("Add")]
    Task<SigningSecret> Add(SigningSecret secret, TimeSpan overlap);

    /// <summary>Those that work, the newest first.</summary>
    [Alias("Get")]
    Task<ImmutableArray<SigningSecret>> Get();

    /// <summary>Has a secret stop at once.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Remove")]
    Task<bool> Remove(string id);
}
