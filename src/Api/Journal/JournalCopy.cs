namespace OrleansLinks.Journal;

/// <summary>Copies a journal, whether a program writes it meanwhile or not.</summary>
/// <remarks>
/// <para>
/// Segments first and the state after them. A segment that is gone when its turn comes was shipped before it was deleted, and the state
/// that is read after that says so. The other way round, the copy would miss a segment that its state takes for not shipped, and count
/// its clicks as lost.
/// </para>
/// <para>
/// What was answered before the copy began is on disk, and so in the copy or, if it was shipped meanwhile, in the ledger: whoever copies that too
/// does so after the journal. What is in both counts once, by the clicks' ids.
/// </para>
/// </remarks>
internal static class JournalCopy
{
    private const int PieceBytes = 1024 * 1024;
    private const int MaxTries = 3;

    /// <summary>Copies the journal of a folder into another; the copy is on disk when it returns.</summary>
    /// <param name="from">The journal's folder.</param>
    /// <param name="to">The other folder, which is empty.</param>
    /// <returns>How many clicks in the copy the ledger may not have yet.</returns>
    /// <exception cref="JournalException">The folder has no journal.</exception>
    /// <exception cref="IOException">The journal cannot be read, or the copy cannot be written.</exception>
    public static long Make(string from, string to)
    {
        if (!File.Exists(Path.Combine(from, JournalState.Name)))
        {
            throw new JournalException($"There is no click journal in '{from}': name its folder with the setting {JournalSettings.FolderSetting}, or the right data folder.");
        }

        var copies = new List<Segment>();
        foreach (var path in System.IO.Directory.EnumerateFiles(from, "*" + Segment.Extension).Order(StringComparer.Ordinal))
        {
            if (Segment.TryParseName(path, out var first) && CopySegment(path, new(Segment.PathOf(to, first), first)) is { } copy)
            {
                copies.Add(copy);
            }
        }

        var facts = JournalState.Look(from, out var bytes);
        using (var state = File.OpenHandle(Path.Combine(to, JournalState.Name), FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(state, bytes, 0);
            RandomAccess.FlushToDisk(state);
        }

        Disk.FlushFolder(to);
        return copies.Sum(copy => CountBehind(copy, facts?.Shipped ?? 0));
    }

    /// <returns>The copy; null when the segment is gone.</returns>
    private static Segment? CopySegment(string from, Segment copy)
    {
        try
        {
            // What is met in the middle of being written is read once more. What is damaged stays so.
            for (var tries = 1; ; tries++)
            {
                copy.Length = CopyBytes(from, copy.Path);
                if (tries == MaxTries || IsWhole(copy))
                {
                    return copy;
                }
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Copies from the end to the beginning: a record is written after those before it are on disk, so that what is read later is
    /// never behind what was read before.
    /// </summary>
    /// <returns>How many bytes may hold records.</returns>
    private static long CopyBytes(string from, string to)
    {
        // As it is written; see SegmentReader.
        using var source = Disk.TryOpenDirect(from, toWrite: false) ?? File.OpenHandle(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = File.OpenHandle(to, FileMode.Create, FileAccess.Write);
        var piece = new AlignedBuffer(PieceBytes).Span;
        var length = RandomAccess.GetLength(source);
        long end = 0;
        for (var offset = length / PieceBytes * PieceBytes; offset >= 0; offset -= PieceBytes)
        {
            // Behind the records there may be room that is not used yet, of which nothing is written here.
            var bytes = piece[..RandomAccess.Read(source, piece, offset)];
            if (bytes.LastIndexOfAnyExcept((byte)0) is >= 0 and var last)
            {
                RandomAccess.Write(copy, bytes[..(last + 1)], offset);
                end = Math.Max(end, offset + last + 1);
            }
        }

        // A record may end in zeros.
        end = Math.Min(length, end + RecordFormat.MaxLength);
        RandomAccess.SetLength(copy, end);
        RandomAccess.FlushToDisk(copy);
        return end;
    }

    private static bool IsWhole(Segment segment)
    {
        using var reader = new SegmentReader(segment);
        var batch = new JournalBatch();
        var last = segment.First - 1;
        while (reader.Read(batch, segment.Length, 0, long.MaxValue, int.MaxValue, PieceBytes))
        {
            if (batch.Last - last != batch.Count)
            {
                return false;
            }

            last = batch.Last;
        }

        return !reader.HasMetDamage;
    }

    private static long CountBehind(Segment segment, long position)
    {
        using var reader = new SegmentReader(segment);
        var batch = new JournalBatch();
        long count = 0;
        while (reader.Read(batch, segment.Length, position, long.MaxValue, int.MaxValue, PieceBytes))
        {
            count += batch.Count;
        }

        return count;
    }
}
