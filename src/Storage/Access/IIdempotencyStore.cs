namespace OrleansLinks.Access;

/// <summary>What is written down of an idempotent request.</summary>
/// <param name="Seed">Made by <see cref="EntityId.NewSeed"/>; all its ids are drawn from it.</param>
/// <param name="BodyHash">SHA-256 of its body.</param>
/// <param name="Answer">Its answer; null while there is none.</param>
public sealed record StoredRequest(Guid Seed, byte[] BodyHash, StoredAnswer? Answer);

/// <summary>Idempotent requests and their answers, kept for <see cref="Retention"/>.</summary>
public interface IIdempotencyStore
{
    /// <summary>How long a request and its answer are kept at least.</summary>
    static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>Writes a request down unless one is there by that key; on disk when the task completes.</summary>
    /// <returns>What is written down now.</returns>
    Task<StoredRequest> BeginAsync(string key, StoredRequest request, DateTimeOffset now);

    /// <summary>Keeps the answer of a request; on disk when the task completes.</summary>
    Task CompleteAsync(string key, StoredAnswer answer);

    /// <summary>Forgets a request.</summary>
    Task RemoveAsync(string key);
}
