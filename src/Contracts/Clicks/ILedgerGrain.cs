using System.Collections.Immutable;
using Orleans.Concurrency;

namespace OrleansLinks.Clicks;

/// <summary>A shard of the click ledger; its key is <c>ledger-</c> and the shard's number.</summary>
[Alias("ILedgerGrain")]
public interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps those clicks that are not there yet and adds exactly those to the counters, in one transaction. When it
    /// returns, they are on disk; when it throws, the same batch can be sent again.
    /// </summary>
    [Alias("Record")]
    Task Record(ImmutableArray<Click> clicks);
}

/// <summary>A click; its key is the click's id (<c>clk_…</c>).</summary>
[Alias("IClickGrain")]
public interface IClickGrain : IGrainWithStringKey
{
    /// <summary>The click, or null when there is none by that id.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<ClickRecord?> Get();
}
