using System.Collections.Immutable;

namespace OrleansLinks.Clicks;

/// <summary>Names of the sets of clicks that are counted.</summary>
public static class CounterScopes
{
    /// <summary>The clicks of a link.</summary>
    public static string OfLink(string code) => EntityId.Link + code;

    /// <summary>The clicks of a task.</summary>
    public static string OfTask(string taskId) => taskId;

    /// <summary>The clicks of a campaign.</summary>
    public static string OfCampaign(string campaignId) => campaignId;

    /// <summary>A partner's share of a campaign's clicks.</summary>
    public static string OfPartnerIn(string campaignId, string partnerId) => $"{campaignId}/{partnerId}";
}

/// <summary>What a batch of clicks did.</summary>
/// <param name="Added">How many clicks were new.</param>
/// <param name="Tasks">The tasks of those, with the totals that the transaction left.</param>
/// <param name="Awaited">Conversions that have waited for some of them.</param>
public sealed record RecordedClicks(int Added, ImmutableArray<TaskTotals> Tasks, ImmutableArray<Guid> Awaited);

/// <summary>The totals of a task.</summary>
public readonly record struct TaskTotals(string TaskId, CounterTotals Totals);

/// <summary>
/// The click ledger: every click once, and counters that are moved in the same transaction and so always equal the
/// clicks that they count. Costs do not grow with the number of clicks.
/// </summary>
public interface ILedgerStore
{
    /// <summary>How long a visitor's clicks on one link count as one unique click after the last of them.</summary>
    static readonly TimeSpan UniqueWindow = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Keeps the clicks that are not there yet, and adds exactly those to their counters and to the rollups by hour and
    /// day, in one transaction; on disk when the task completes.
    /// </summary>
    /// <exception cref="FormatException">A click of the batch cannot be read; nothing of it was kept.</exception>
    Task<RecordedClicks> RecordAsync(ClickBatch batch);

    /// <summary>The click with that id, or null.</summary>
    Task<ClickRecord?> FindClickAsync(Guid id);

    /// <summary>A page of a task's clicks, newest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="before">The id that the page before this one ended with; null for the first page.</param>
    /// <param name="limit">At most so many, at least 1.</param>
    Task<ImmutableArray<ClickRecord>> ListClicksAsync(string taskId, Guid? before, int limit);

    /// <summary>The totals of a scope from <see cref="CounterScopes"/>.</summary>
    Task<CounterTotals> ReadCountersAsync(string scope);

    /// <summary>The totals of scopes, in their order.</summary>
    Task<ImmutableArray<CounterTotals>> ReadCountersAsync(ImmutableArray<string> scopes);

    /// <summary>
    /// Compares counters and rollups with the clicks themselves. What was compared before is remembered, so that it costs
    /// by the clicks that are new and by the number of counters; clicks of before are read again bit by bit, in a round
    /// over all of them.
    /// </summary>
    /// <param name="budget">How long, beside the new clicks, clicks of before are read again.</param>
    Task<LedgerAudit> AuditAsync(TimeSpan budget);
}
