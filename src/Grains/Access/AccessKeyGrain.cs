using OrleansLinks.Directory;

namespace OrleansLinks.Access;

/// <summary>What an access key's actor keeps; the key itself is nowhere, and its id is made of its hash.</summary>
/// <param name="Key">The key's grants.</param>
/// <param name="RevokedAt">When it was revoked; null when it was not.</param>
[GenerateSerializer, Immutable, Alias("AccessKeyRecord")]
public sealed record AccessKeyRecord([property: Id(0)] AccessKey Key, [property: Id(1)] DateTimeOffset? RevokedAt);

[GrainType("access-key")]
internal sealed class AccessKeyGrain(
    [PersistentState("access-key")] IPersistentState<SettingsState<AccessKeyRecord>> state,
    SettingsChanges changes,
    IDirectoryStore directory,
    TimeProvider clock) : SettingsGrain<AccessKeyRecord>(state, changes), IAccessKeyGrain
{
    public async Task<AccessKey> Create(AccessKey key)
    {
        if (Current is null)
        {
            await directory.AddAsync([.. ListsOf(key)]);
            await Write(new AccessKeyRecord(key, null));
        }

        return Current!.Key;
    }

    public ValueTask<AccessKey?> Get() => new(
        CurrentOrLeave() is { RevokedAt: null } record && !(record.Key.ExpiresAt <= clock.GetUtcNow()) ? record.Key : null);

    public async Task ExpireAt(DateTimeOffset time)
    {
        if (Current is { } record && !(record.Key.ExpiresAt <= time))
        {
            await Write(record with { Key = record.Key with { ExpiresAt = time } });
        }
    }

    public async Task Revoke()
    {
        if (Current is { RevokedAt: null } record)
        {
            await Write(record with { RevokedAt = clock.GetUtcNow() });
            await directory.RemoveAsync([.. ListsOf(record.Key)]);
        }
    }

    private static IEnumerable<DirectoryEntry> ListsOf(AccessKey key)
    {
        yield return new DirectoryEntry(DirectoryLists.Keys, key.Id);
        if ((key.ProgramId ?? key.PartnerId) is { } holder)
        {
            yield return new DirectoryEntry(DirectoryLists.KeysOf(holder), key.Id);
        }
    }
}
