using System.Collections.Immutable;

namespace OrleansLinks.Reports;

/// <summary>
/// The rollups behind reports: what clicks and conversions add up to by quarter of an hour, task, link, country, device and
/// reporting values. They are folded from the ledger's rows off the path of clicks; what is not folded yet is added when a report
/// is read, in the same snapshot, so that a report always has exactly what the ledger has.
/// </summary>
public interface IReportStore
{
    /// <summary>Folds the next piece of rows that are not in the rollups yet.</summary>
    /// <returns>How many rows are left.</returns>
    Task<long> FoldAsync();

    /// <summary>How many rows are not in the rollups yet.</summary>
    Task<long> CountUnfoldedAsync();

    /// <summary>
    /// Answers a query; null when there are more rows than it wants. It costs by the days and groups that it asks for, and by the
    /// rows that are not folded yet.
    /// </summary>
    Task<ImmutableArray<ReportRow>?> ReadAsync(ReportQuery query);
}
