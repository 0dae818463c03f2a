using System.Collections.Immutable;

namespace OrleansLinks.Reports;

/// <summary>
/// Answers reports, whoever asks; its key is <see cref="Key"/>. Every silo runs two at a time, so that who asks for long reports
/// waits for others who do, and nobody else waits.
/// </summary>
[Alias("IReportGrain")]
public interface IReportGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "reports";

    /// <summary>The groups of a report; refused with <c>report_too_large</c> when there are more than the query wants.</summary>
    [Alias("Run"), ResponseTimeout("00:01:00")]
    Task<Result<ReportAnswer>> Run(ReportQuery query);
}

/// <summary>Has the rollups take up what is new; there is one, its key is <see cref="Key"/>.</summary>
[Alias("IReportRollupGrain")]
public interface IReportRollupGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "report-rollup";

    /// <summary>Sees to it that it goes on.</summary>
    [Alias("KeepUp")]
    Task KeepUp();

    /// <summary>Has little left that is not in the rollups when it returns.</summary>
    [Alias("CatchUp")]
    Task CatchUp();
}

/// <summary>A report.</summary>
/// <param name="Rows">Its groups, those of an earlier stretch of time first.</param>
[GenerateSerializer, Immutable, Alias("ReportAnswer")]
public sealed record ReportAnswer([property: Id(0)] ImmutableArray<ReportRow> Rows);
