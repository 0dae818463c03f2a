using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;

namespace OrleansLinks.Conversions;

/// <summary>A change of a conversion.</summary>
/// <param name="After">The conversion after it.</param>
/// <param name="Entry">The entry that is added.</param>
public sealed record ConversionStep(Conversion After, ConversionEntry Entry);

/// <summary>What a step came to.</summary>
/// <param name="Step">The step that was taken; null when the conversion was not where the step begins.</param>
/// <param name="Task">The task's totals after it, where it moved any.</param>
public sealed record WrittenConversion(ConversionStep? Step, TaskTotals? Task);

/// <summary>
/// Conversions and their entries, which move counters and rollups in the same transaction. Costs do not grow with the number of
/// conversions.
/// </summary>
public interface IConversionStore
{
    /// <summary>The conversion with that id, or null.</summary>
    Task<ConversionDetails?> FindAsync(Guid id);

    /// <summary>
    /// Takes a step, if the conversion is where it begins: not there for a first entry, otherwise at the entry before. What
    /// the campaign has paid is looked at and moved in the same transaction, so that a cap is exact however many report at once.
    /// </summary>
    /// <param name="step">The step within the cap.</param>
    /// <param name="beyondCap">The step to take instead where the campaign would pay more than <paramref name="cap"/>; null where there is no cap to look at.</param>
    /// <param name="cap">What the campaign pays in all.</param>
    Task<WrittenConversion> WriteAsync(ConversionStep step, ConversionStep? beyondCap, PayoutCap? cap);

    /// <summary>A page of a campaign's conversions, newest first.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="partnerId">Of this partner alone; null for all.</param>
    /// <param name="before">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    Task<ConversionPage> ListAsync(string campaignId, string? partnerId, long? before, int limit);

    /// <summary>A page of a program's conversions that belong to no click, or wait for theirs; newest first.</summary>
    /// <param name="programId">The program.</param>
    /// <param name="before">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    Task<ConversionPage> ListUnmatchedAsync(string programId, long? before, int limit);

    /// <summary>Conversions that wait for their click, in the order in which they were reported.</summary>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    Task<WaitingPage> ListWaitingAsync(long? after, int limit);
}

/// <summary>Conversions that wait for their click.</summary>
/// <param name="Ids">The conversions.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record WaitingPage(ImmutableArray<Guid> Ids, long? Next);
