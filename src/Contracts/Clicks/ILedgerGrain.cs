using Orleans.Concurrency;

namespace OrleansLinks.Clicks;

/// <summary>
/// The way to a shard of the click ledger; its key is from <see cref="LedgerShards"/>. Every silo runs its own, and an edge
/// asks one after the other: a silo learns at once when another one is declared dead, and an edge, to which the answer of
/// the shard would then never come, only from a silo.
/// </summary>
[Alias("ILedgerGrain")]
public interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>As <see cref="ILedgerShardGrain.Record"/>.</summary>
    [Alias("Record"), ResponseTimeout("00:00:01")]
    Task Record(ClickBatch batch);
}

/// <summary>A shard of the click ledger; its key is from <see cref="LedgerShards"/>.</summary>
[Alias("ILedgerShardGrain")]
public interface ILedgerShardGrain : IGrainWithStringKey
{
    /// <summary>
    /// Keeps those clicks that are not there yet and adds exactly those to the counters, in one transaction. When it
    /// returns, they are on disk; when it throws, the same batch can be sent again. Tasks whose counters are watched
    /// are told their new totals.
    /// </summary>
    [Alias("Record")]
    Task Record(ClickBatch batch);

    /// <summary>Says that a task's counters are watched, which holds for <see cref="LiveCounters.WatchLease"/>.</summary>
    [Alias("Watch"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task Watch(string taskId);
}

/// <summary>Compares totals with details; there is one, its key is <see cref="Key"/>.</summary>
[Alias("ILedgerAuditGrain")]
public interface ILedgerAuditGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "ledger-audit";

    /// <summary>
    /// The last comparison, or a new one if that is older and the new one does not take more than some seconds; it then
    /// goes on, and a later call gets it. Null while the first is under way.
    /// </summary>
    /// <param name="maxAge">How old it may be; a comparison that took long may be older, up to a minute, so that comparing hardly takes more than a twentieth of the time.</param>
    [Alias("Get"), AlwaysInterleave]
    Task<LedgerAudit?> Get(TimeSpan maxAge);
}

/// <summary>What a comparison of totals and details found.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Clicks">How many clicks the totals were compared with.</param>
/// <param name="Drift">By how much totals and details differ, in clicks, conversions and ten-thousandths of money, all differences added up without their sign; 0 when all is well.</param>
/// <param name="Findings">The first of the differences, in words; empty when there are none.</param>
[GenerateSerializer, Immutable, Alias("LedgerAudit")]
public sealed record LedgerAudit(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] long Clicks,
    [property: Id(2)] long Drift,
    [property: Id(3)] System.Collections.Immutable.ImmutableArray<string> Findings);

/// <summary>A click; its key is the click's id (<c>clk_…</c>).</summary>
[Alias("IClickGrain")]
public interface IClickGrain : IGrainWithStringKey
{
    /// <summary>The click, or null when there is none by that id.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<ClickRecord?> Get();

    /// <summary>Why the click is what it is, by the settings of its time; null when there is none by that id.</summary>
    [Alias("Explain"), AlwaysInterleave]
    Task<ExplainedClick?> Explain();
}
