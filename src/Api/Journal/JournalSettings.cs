namespace OrleansLinks.Journal;

/// <summary>What a visitor's redirect waits for.</summary>
internal enum ClickDurability
{
    /// <summary>The click is on this machine's disk.</summary>
    Disk,

    /// <summary>The ledger has the click; after <see cref="ClickJournal.LedgerPatience"/> on disk the visitor goes on all the same.</summary>
    Ledger,

    /// <summary>Nothing: the click is written behind. A crash loses what came in during the last write to disk.</summary>
    Buffered,
}

/// <summary>Where the click journal is and how much room it has.</summary>
/// <param name="Folder">Its folder, absolute or relative to the working directory; nothing else is to be in it. On a local disk.</param>
/// <param name="Durability">What appending waits for.</param>
/// <param name="MaxBytes">Most bytes of segments that are not wholly shipped, from <see cref="LeastBytes"/>.</param>
/// <param name="MaxHeldBytes">Most bytes of records held in memory while they cannot be written, from <see cref="LeastBytes"/>.</param>
internal sealed record JournalSettings(string Folder, ClickDurability Durability, long MaxBytes, long MaxHeldBytes)
{
    /// <summary>The least that either bound can be: a few records of the largest size.</summary>
    internal const long LeastBytes = 64 * 1024;

    /// <summary>The setting that names the folder, for messages.</summary>
    internal const string FolderSetting = "Clicks:JournalFolder";

    internal const string MaxBytesSetting = "Clicks:JournalMaxBytes";
    private const string MaxHeldBytesSetting = "Clicks:JournalMaxHeldBytes";

    /// <summary>A segment that is so large is followed by a new one, in bytes. Never more than a quarter of the ceiling, so that shipping makes room piece by piece.</summary>
    internal long SegmentBytes
    {
        get => Math.Min(field, MaxBytes / 4);
        init;
    } = 64 * 1024 * 1024;

    /// <summary>Whether room is made on disk ahead of the records; not where the ceiling leaves little of it.</summary>
    internal bool HasRoomAhead => MaxBytes >= 16 * SegmentBytes;

    /// <summary>Most bytes of records: the ceiling without the room that is made ahead.</summary>
    internal long MaxRecordBytes => HasRoomAhead ? MaxBytes - (2 * SegmentBytes) : MaxBytes;

    /// <summary>
    /// A batch that is so large takes no more records, in bytes: a write stays short, and so does its callers' wait; and on
    /// a disk that is nearly full there is room for one.
    /// </summary>
    internal int BatchBytes => (int)Math.Min(64 * 1024, MaxBytes / 4);

    /// <summary>Checks what can be checked without the disk.</summary>
    /// <exception cref="JournalException">A value is out of its range.</exception>
    internal void Check()
    {
        if (MaxBytes < LeastBytes)
        {
            throw new JournalException($"The setting {MaxBytesSetting} is {MaxBytes}: choose at least {LeastBytes} bytes.");
        }

        if (MaxHeldBytes < LeastBytes)
        {
            throw new JournalException($"The setting {MaxHeldBytesSetting} is {MaxHeldBytes}: choose at least {LeastBytes} bytes.");
        }
    }
}

/// <summary>The journal cannot be opened; the message says in one line why, and what to do.</summary>
internal sealed class JournalException(string message, Exception? cause = null) : InvalidOperationException(message, cause);
