using Microsoft.Extensions.Logging;

namespace OrleansLinks.Storage.Postgres;

/// <summary>What the PostgreSQL stores log.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(1, LogLevel.Information, "Opened {Database} at schema version {Version}; this program knows {Known}.")]
    public static partial void Opened(this ILogger log, string database, int version, int known);

    [LoggerMessage(2, LogLevel.Warning, "The database {Database} does not answer yet ({Reason}); trying again. The setting " + PostgresOptions.ConnectionStringSetting + " names it.")]
    public static partial void NotUpYet(this ILogger log, string database, string reason);

    [LoggerMessage(3, LogLevel.Information, "Made {Partition} for clicks.")]
    public static partial void PartitionMade(this ILogger log, string partition);

    [LoggerMessage(9, LogLevel.Information, "{Partition} cannot be made for clicks just now; they go to the default partition until it can.")]
    public static partial void PartitionNotMade(this ILogger log, string partition);

    [LoggerMessage(4, LogLevel.Information, "Dropped {Partition}: its clicks are past their retention. Totals stay.")]
    public static partial void PartitionDropped(this ILogger log, string partition);

    [LoggerMessage(5, LogLevel.Information, "{Partition} is past its retention, but {Reason}; the next hour tries again.")]
    public static partial void PartitionStays(this ILogger log, string partition, string reason);

    [LoggerMessage(6, LogLevel.Warning, "Looking after the database failed; the next hour tries again.")]
    public static partial void UpkeepFailed(this ILogger log, Exception failure);

    [LoggerMessage(7, LogLevel.Debug, "{Table} is in use and will be emptied later.")]
    public static partial void VisitsInUse(this ILogger log, string table);

    [LoggerMessage(8, LogLevel.Debug, "Some of a batch of {Count} clicks are there already; it is recorded once more, without those.")]
    public static partial void ClicksComeAgain(this ILogger log, int count);
}
