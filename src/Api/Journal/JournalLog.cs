namespace OrleansLinks.Journal;

/// <summary>What the journal logs: changes of its state, never a click.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(1, LogLevel.Information, "Opened the click journal '{Folder}': {Tail} clicks were taken in so far, {Waiting} wait for the ledger, {Lost} are lost.")]
    public static partial void JournalOpened(this ILogger log, string folder, long tail, long waiting, long lost);

    [LoggerMessage(2, LogLevel.Warning, "Cut {Bytes} bytes off the end of '{Path}': a click that was being written when the process or the machine stopped.")]
    public static partial void TornTailCut(this ILogger log, string path, long bytes);

    [LoggerMessage(3, LogLevel.Error, "{Count} clicks are lost, positions {From} to {To}: {Why}.")]
    public static partial void ClicksLost(this ILogger log, long count, long from, long to, string why);

    [LoggerMessage(4, LogLevel.Warning, "The header of '{Path}' is damaged; its clicks are read all the same.")]
    public static partial void SegmentHeaderDamaged(this ILogger log, string path);

    [LoggerMessage(11, LogLevel.Error, "'{Path}' is named like a segment of the click journal, and holds no record: it is set aside as '.unreadable'.")]
    public static partial void SegmentSetAside(this ILogger log, string path);

    [LoggerMessage(5, LogLevel.Warning, "'{Path}' does not say what was shipped: all clicks still in the journal are sent again, and the ledger takes those that it does not have.")]
    public static partial void StateLost(this ILogger log, string path);

    [LoggerMessage(6, LogLevel.Error, "The click journal cannot be written: {Trouble} Redirects go on; {HeldBytes} bytes of clicks are held in memory, {Lost} clicks are lost.")]
    public static partial void CannotWrite(this ILogger log, string trouble, long heldBytes, long lost, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "The click journal can be written again, what was held is on disk; {Lost} clicks are lost.")]
    public static partial void WritesAgain(this ILogger log, long lost);

    [LoggerMessage(8, LogLevel.Error, "The disk does not take clicks as fast as they come, and the memory for those that wait is used up; {Lost} clicks are lost.")]
    public static partial void DiskTooSlow(this ILogger log, long lost);

    [LoggerMessage(9, LogLevel.Error, "'{Path}' cannot be written; after a stop clicks may be sent again, which the ledger tells, and counts of lost clicks may be missing.")]
    public static partial void StateNotWritten(this ILogger log, string path, Exception failure);

    [LoggerMessage(10, LogLevel.Warning, "The shipped segment '{Path}' cannot be deleted; it is tried again with the next.")]
    public static partial void SegmentNotDeleted(this ILogger log, string path, Exception failure);
}
