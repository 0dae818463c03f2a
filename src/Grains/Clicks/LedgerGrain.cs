using System.Collections.Immutable;

namespace OrleansLinks.Clicks;

[GrainType("ledger")]
internal sealed class LedgerGrain(ILedgerStore store) : Grain, ILedgerGrain
{
    public Task Record(ImmutableArray<Click> clicks) => store.RecordAsync(clicks);
}

[GrainType("click")]
internal sealed class ClickGrain(ILedgerStore store) : Grain, IClickGrain
{
    public Task<ClickRecord?> Get() => EntityId.TryParse(this.GetPrimaryKeyString(), EntityId.Click, out var id)
        ? store.FindClickAsync(id)
        : Task.FromResult<ClickRecord?>(null);
}
