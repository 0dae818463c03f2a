namespace OrleansLinks.Reports;

internal static class Folding
{
    /// <summary>Has the rollups take up all that there is.</summary>
    public static async Task FoldAllAsync(this IReportStore reports)
    {
        while (await reports.FoldAsync() > 0)
        {
        }
    }
}
