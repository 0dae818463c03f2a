using OrleansLinks.Clicks;
using OrleansLinks.Conversions;

namespace OrleansLinks.Exports;

/// <summary>
/// Reads clicks and conversions page by page, each by an index and at a cost that depends on the page and on how many tasks are
/// exported, and neither on what others have nor on how much was read before.
/// </summary>
public interface IExportStore
{
    /// <summary>A page of clicks in the order of their ids.</summary>
    /// <param name="scope">Which.</param>
    /// <param name="after">The id behind which the page begins, whether or not there is a click by it; null for the first page.</param>
    /// <param name="limit">At most so many, at least 1; fewer where they are large.</param>
    Task<ExportPage<ClickRecord>> ReadClicksAsync(ExportScope scope, Guid? after, int limit);

    /// <summary>A page of conversions in the order in which they were reported.</summary>
    /// <param name="scope">Which.</param>
    /// <param name="after">The conversion behind which the page begins; null for the first page.</param>
    /// <param name="limit">At most so many are looked at, at least 1.</param>
    /// <returns>The page; null when the program, campaign or partner has no such conversion to begin behind.</returns>
    Task<ExportPage<Conversion>?> ReadConversionsAsync(ExportScope scope, Guid? after, int limit);
}
