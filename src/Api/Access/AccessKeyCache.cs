using Microsoft.Extensions.Caching.Memory;
using OrleansLinks.Problems;

namespace OrleansLinks.Access;

/// <summary>
/// What is known of access keys that were used just now. A key that is revoked stops to work here at once when it was
/// revoked in this process, and within <see cref="Lifetime"/> when elsewhere.
/// </summary>
internal sealed class AccessKeyCache(IGrainFactory grains, ChangeStamps stamps, TimeProvider clock) : IDisposable
{
    /// <summary>Who is sent something for a long time is asked for the key so often.</summary>
    public static readonly TimeSpan CheckStreamsEvery = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(500);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>The grants of a key, or null when it is unknown, revoked or expired.</summary>
    public async ValueTask<AccessKey?> Find(string secret)
    {
        if (secret.Length is < AccessKeys.MinLength or > AccessKeys.MaxLength)
        {
            return null;
        }

        var id = AccessKeys.IdOf(secret);
        if (_cache.TryGetValue(id, out Entry? entry) && entry!.Stamp == stamps.At(ChangeStamps.PlaceOf(id)) && !(entry.Key?.ExpiresAt <= clock.GetUtcNow()))
        {
            return entry.Key;
        }

        var stamp = stamps.At(ChangeStamps.PlaceOf(id));
        var key = await grains.Actor<IAccessKeyGrain>(id).Get();
        _cache.Set(id, new Entry(key, stamp), new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Lifetime, Size = 1 });
        return key;
    }

    /// <summary>Whether the key that a caller came with still holds; while nobody can say, it does.</summary>
    public async Task<bool> StillHolds(Caller caller)
    {
        try
        {
            return await Find(caller.Secret) is not null;
        }
        catch (Exception exception) when (Infrastructure.Fails(exception))
        {
            return true;
        }
    }

    public void Dispose() => _cache.Dispose();

    private sealed record Entry(AccessKey? Key, long Stamp);
}
