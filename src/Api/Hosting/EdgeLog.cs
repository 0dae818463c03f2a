namespace OrleansLinks.Hosting;

/// <summary>What the edge tells the operator; nothing a click.</summary>
internal static partial class EdgeLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger does not take {Clicks} clicks; they stay in the journal and are sent until it does")]
    public static partial void LedgerDoesNotAnswer(this ILogger log, int clicks, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The ledger takes clicks again, after {Tries} tries")]
    public static partial void LedgerAnswers(this ILogger log, int tries);

    [LoggerMessage(Level = LogLevel.Error, Message = "The journal cannot be read; clicks stay in it, and it is tried again")]
    public static partial void JournalNotRead(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No silo is reached yet; it is tried again until one is ({Reason})")]
    public static partial void NoSiloYet(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The actors do not carry out what the start needs; it is tried again until they do ({Reason})")]
    public static partial void StartWaits(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The feed of changes cannot be read; what is known of links and settings holds until it can")]
    public static partial void FeedNotRead(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The feed of changes is read again")]
    public static partial void FeedRead(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watched counters cannot be read; those who watch keep what they have until they can")]
    public static partial void WatchNotRenewed(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Totals could not be compared with details; it is tried again in a minute")]
    public static partial void LedgerNotCompared(this ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Totals differ from details by {Drift} clicks: {Findings}")]
    public static partial void TotalsDrift(this ILogger log, long drift, string findings);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to {Path} is broken off after its beginning")]
    public static partial void RowsBrokenOff(this ILogger log, string path, Exception exception);
}
