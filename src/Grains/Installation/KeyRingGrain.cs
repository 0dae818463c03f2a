using System.Collections.Immutable;

namespace OrleansLinks.Installation;

/// <summary>What the key ring's actor keeps.</summary>
/// <param name="Elements">The ring's elements, as XML.</param>
[GenerateSerializer, Immutable, Alias("KeyRingRecord")]
public sealed record KeyRingRecord([property: Id(0)] ImmutableArray<string> Elements);

[GrainType("key-ring")]
internal sealed class KeyRingGrain(
    [PersistentState("key-ring")] IPersistentState<SettingsState<KeyRingRecord>> state,
    SettingsChanges changes) : SettingsGrain<KeyRingRecord>(state, changes), IKeyRingGrain
{
    public Task<ImmutableArray<string>> GetAll() => Task.FromResult(Current?.Elements ?? []);

    public Task Add(string element) => Write(new KeyRingRecord([.. Current?.Elements ?? [], element]));
}
