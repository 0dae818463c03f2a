namespace OrleansLinks.Journal;

/// <summary>What a folder holds when its journal is opened, after whatever ended the last process.</summary>
/// <remarks>
/// Only the newest segment is scanned: a crash can only have torn the end of what was written last. In the older ones
/// the reader finds what is damaged when it comes there. Positions are what is counted by: each segment and each record
/// names its own, so whatever is missing shows as a gap.
/// </remarks>
internal sealed class Recovery
{
    private const int ScanBytes = 1024 * 1024;

    private readonly ILogger _log;

    private Recovery(LostRanges lost, ILogger log) => (Lost, _log) = (lost, log);

    /// <summary>The segments, by position.</summary>
    public List<Segment> Segments { get; } = [];

    /// <summary>Which positions are lost, as far as is known by now.</summary>
    public LostRanges Lost { get; }

    /// <summary>The highest position that was given away.</summary>
    public long Tail { get; private set; }

    /// <summary>The position of the last record on disk; 0 when there is none.</summary>
    public long LastOnDisk { get; private set; }

    /// <summary>Up to here all is shipped or lost.</summary>
    public long Shipped { get; private set; }

    /// <summary>Takes stock of a folder and makes it fit to go on.</summary>
    /// <param name="folder">The folder; nobody else uses it.</param>
    /// <param name="facts">What the state file says; null when it says nothing.</param>
    /// <param name="log">Where losses are told.</param>
    /// <exception cref="IOException">The folder cannot be read or mended.</exception>
    /// <exception cref="JournalException">A newer version of the program wrote a segment.</exception>
    public static Recovery Run(string folder, JournalFacts? facts, ILogger log)
    {
        var segments = Find(folder, log);
        var shipped = facts?.Shipped ?? (segments.Count == 0 ? 0 : segments[0].First - 1);
        facts ??= new(shipped, 0, 0, []);
        var recovery = new Recovery(new(facts.LostShipped, shipped, facts.Lost), log);
        recovery.Segments.AddRange(segments);
        recovery.Shipped = shipped;
        recovery.Tail = Math.Max(Math.Max(shipped, facts.Accepted), facts.Lost.Length == 0 ? 0 : facts.Lost[^1].To);
        recovery.Mend();
        return recovery;
    }

    private static List<Segment> Find(string folder, ILogger log)
    {
        var segments = new List<Segment>();
        Span<byte> header = stackalloc byte[RecordFormat.SegmentHeaderLength];
        foreach (var path in System.IO.Directory.EnumerateFiles(folder, "*" + Segment.Extension))
        {
            if (!Segment.TryParseName(path, out var named))
            {
                continue;
            }

            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var read = RandomAccess.Read(file, header, 0);
            if (!RecordFormat.TryReadSegmentHeader(header[..read], path, out var first))
            {
                first = named;
                if (length > 0 && !HasRecords(new(path, named) { Length = length }, out var isEmpty))
                {
                    // Neither its beginning nor anything in it is ours: its name proves nothing.
                    file.Dispose();
                    if (isEmpty)
                    {
                        File.Delete(path); // room that had just been taken when the process stopped
                    }
                    else
                    {
                        File.Move(path, path + ".unreadable", overwrite: true);
                        log.SegmentSetAside(path);
                    }

                    continue;
                }

                if (length >= RecordFormat.SegmentHeaderLength)
                {
                    log.SegmentHeaderDamaged(path);
                }
            }

            segments.Add(new(path, first) { Length = length });
        }

        segments.Sort((one, other) => one.First.CompareTo(other.First));
        for (var i = 0; i < segments.Count - 1; i++)
        {
            segments[i].Last = segments[i + 1].First - 1;
        }

        return segments;
    }

    private static bool HasRecords(Segment segment, out bool isEmpty)
    {
        using var reader = new SegmentReader(segment, offset: 0);
        var hasRecords = reader.Read(new(), segment.Length, 0, long.MaxValue, 1, ScanBytes);
        isEmpty = !reader.HasMetDamage;
        return hasRecords;
    }

    private void Mend()
    {
        var gaps = new List<PositionRange>();
        while (Segments.Count > 0 && !TryMendNewest(gaps))
        {
            // Nothing valid in it: the process stopped when it had just begun it, or its only records are torn.
            File.Delete(Segments[^1].Path);
            Segments.RemoveAt(Segments.Count - 1);
        }

        if (Segments.Count > 0)
        {
            Note(Shipped + 1, Segments[0].First - 1, "the segments that held them are missing");
        }

        foreach (var gap in gaps)
        {
            Note(gap.From, gap.To, $"'{Segments[^1].Path}' is damaged");
        }

        // What was in memory only, while nothing could be written, when the process stopped.
        Note(Math.Max(Shipped, LastOnDisk) + 1, Tail, "they could not be written before the process stopped");
        Shipped = Lost.Pass(Shipped);
    }

    private bool TryMendNewest(List<PositionRange> gaps)
    {
        var segment = Segments[^1];
        long end;
        bool isTorn;
        var previous = segment.First - 1;
        LastOnDisk = 0;
        if (segment.Length > 0)
        {
            Tail = Math.Max(Tail, previous);
        }

        using (var reader = new SegmentReader(segment))
        {
            var batch = new JournalBatch();
            while (reader.Read(batch, segment.Length, previous, long.MaxValue, int.MaxValue, ScanBytes))
            {
                for (var i = 0; i < batch.Count; i++)
                {
                    var position = batch.PositionOf(i);
                    if (position > previous + 1)
                    {
                        gaps.Add(new(previous + 1, position - 1));
                    }

                    LastOnDisk = previous = position;
                }
            }

            end = reader.EndOfLastRecord;
            isTorn = reader.HasMetDamage;
        }

        if (segment.Length > end && isTorn)
        {
            _log.TornTailCut(segment.Path, segment.Length - end);
        }

        if (LastOnDisk == 0)
        {
            return false;
        }


        if (segment.Length > end)
        {
            using var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(file, end);
            RandomAccess.FlushToDisk(file);
        }

        segment.Length = end;
        segment.Last = LastOnDisk;
        Tail = Math.Max(Tail, LastOnDisk);
        return true;
    }

    private void Note(long from, long to, string why)
    {
        if (Lost.Add(from, to) is > 0 and var count)
        {
            _log.ClicksLost(count, from, to, why);
        }
    }
}
