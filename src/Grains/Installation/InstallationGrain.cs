using System.Security.Cryptography;

namespace OrleansLinks.Installation;

/// <summary>What the installation's actor keeps.</summary>
/// <param name="VisitorHashKey">256 random bits that visitors are hashed with.</param>
/// <param name="FirstOperatorKeyId">Id of the operator's first key; null until there is one.</param>
[GenerateSerializer, Immutable, Alias("InstallationRecord")]
public sealed record InstallationRecord([property: Id(0)] byte[] VisitorHashKey, [property: Id(1)] string? FirstOperatorKeyId);

[GrainType("installation")]
internal sealed class InstallationGrain(
    [PersistentState("installation")] IPersistentState<SettingsState<InstallationRecord>> state,
    SettingsChanges changes) : SettingsGrain<InstallationRecord>(state, changes), IInstallationGrain
{
    public async Task<byte[]> GetVisitorHashKey() => (await Ensure()).VisitorHashKey;

    public async Task<bool> HasOperatorKey() => (await Ensure()).FirstOperatorKeyId is not null;

    public async Task<bool> OfferFirstOperatorKey(string keyId)
    {
        var record = await Ensure();
        if (record.FirstOperatorKeyId is null)
        {
            await Write(record with { FirstOperatorKeyId = keyId });
        }

        return record.FirstOperatorKeyId is null;
    }

    private async Task<InstallationRecord> Ensure()
    {
        if (Current is null)
        {
            await Write(new InstallationRecord(RandomNumberGenerator.GetBytes(32), null));
        }

        return Current!;
    }
}
