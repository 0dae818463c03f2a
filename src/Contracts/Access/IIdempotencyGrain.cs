namespace OrleansLinks.Access;

/// <summary>An answer that was given and is given again.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body, UTF-8 JSON.</param>
/// <param name="Location">The Location header, if any.</param>
/// <param name="ETag">The ETag header, if any.</param>
[GenerateSerializer, Immutable, Alias("StoredAnswer")]
public sealed record StoredAnswer(
    [property: Id(0)] int Status,
    [property: Id(1)] byte[] Body,
    [property: Id(2)] string? Location,
    [property: Id(3)] string? ETag);

/// <summary>What is known of an idempotent request when it arrives.</summary>
/// <param name="Seed">Made by <see cref="EntityId.NewSeed"/>; all ids of the request are drawn from it, the same for every repeat.</param>
/// <param name="SameBody">Whether the body is that of the first request.</param>
/// <param name="Answer">The first answer; null while there is none.</param>
[GenerateSerializer, Immutable, Alias("IdempotentRequest")]
public sealed record IdempotentRequest(
    [property: Id(0)] Guid Seed,
    [property: Id(1)] bool SameBody,
    [property: Id(2)] StoredAnswer? Answer);

/// <summary>
/// One idempotency key of one caller on one path; its key is a hash of the three. A request that was cut off between
/// its effect and its answer is carried out again from the same seed and so finds its own effect.
/// </summary>
[Alias("IIdempotencyGrain")]
public interface IIdempotencyGrain : IGrainWithStringKey
{
    /// <summary>Writes the request down, or finds what was written down the first time.</summary>
    [Alias("Begin")]
    Task<IdempotentRequest> Begin(byte[] bodyHash);

    /// <summary>Keeps the answer.</summary>
    [Alias("Complete")]
    Task Complete(StoredAnswer answer);

    /// <summary>Forgets the request, which was refused and changed nothing.</summary>
    [Alias("Forget")]
    Task Forget();
}
