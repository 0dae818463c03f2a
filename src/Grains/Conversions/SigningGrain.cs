using System.Collections.Immutable;

namespace OrleansLinks.Conversions;

/// <summary>The secrets of a program, the newest first. They are kept as they are, since an HMAC needs them.</summary>
[GenerateSerializer, Immutable, Alias("SigningSecrets")]
public sealed record SigningSecrets([property: Id(0)] ImmutableArray<SigningSecret> Secrets);

[GrainType("signing")]
internal sealed class SigningGrain(
    [PersistentState("signing")] IPersistentState<SettingsState<SigningSecrets>> state,
    SettingsChanges changes,
    TimeProvider clock) : SettingsGrain<SigningSecrets>(state, changes), ISigningGrain
{
    public async Task<SigningSecret> Add(SigningSecret secret, TimeSpan overlap)
    {
        var working = Working();
        if (working.FirstOrDefault(one => one.Id == secret.Id) is { } known)
        {
            return known;
        }

        var end = clock.GetUtcNow() + overlap;
        await Write(new SigningSecrets([secret, .. working.Select(one => one.ExpiresAt < end ? one : one with { ExpiresAt = end })]));
        return secret;
    }

    public Task<ImmutableArray<SigningSecret>> Get() => Task.FromResult(Working());

    public async Task<bool> Remove(string id)
    {
        var working = Working();
        var left = working.RemoveAll(one => one.Id == id);
        if (left.Length == working.Length)
        {
            return false;
        }

        await Write(new SigningSecrets(left));
        return true;
    }

    private ImmutableArray<SigningSecret> Working()
    {
        var now = clock.GetUtcNow();
        return CurrentOrLeave()?.Secrets.RemoveAll(one => one.ExpiresAt <= now) ?? [];
    }
}
