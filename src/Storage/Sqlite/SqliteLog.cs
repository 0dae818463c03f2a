using Microsoft.Extensions.Logging;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>What the SQLite stores log.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(1, LogLevel.Information, "Opened {Path} at schema version {Version}.")]
    public static partial void Opened(this ILogger log, string path, int version);

    [LoggerMessage(2, LogLevel.Warning, "One of {Count} pieces of work failed; each is run again in a transaction of its own.")]
    public static partial void WorkIsRunAlone(this ILogger log, int count, Exception failure);

    [LoggerMessage(3, LogLevel.Error, "A transaction of {Count} pieces of work failed and was rolled back.")]
    public static partial void WriteFailed(this ILogger log, int count, Exception failure);

    [LoggerMessage(4, LogLevel.Warning, "The write-ahead log could not be copied into the database; the next try will.")]
    public static partial void CheckpointFailed(this ILogger log, Exception failure);
}
