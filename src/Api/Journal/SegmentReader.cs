using Microsoft.Win32.SafeHandles;

namespace OrleansLinks.Journal;

/// <summary>Reads the records of a segment one after the other, and past damage to the next valid one.</summary>
/// <remarks>
/// Damage needs no count here: records name their positions, and whoever reads sees which are missing. Not for several
/// threads at once.
/// </remarks>
internal sealed class SegmentReader : IDisposable
{
    private const int PieceBytes = 128 * 1024;

    private readonly SafeFileHandle _file;

    // Null where the file cannot be read past the page cache.
    private readonly AlignedBuffer? _piece;

    /// <summary>Opens a segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="offset">Where to begin: at a record.</param>
    /// <exception cref="FileNotFoundException">It is not there any more.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public SegmentReader(Segment segment, long offset = RecordFormat.SegmentHeaderLength)
    {
        Segment = segment;
        Offset = offset;
        EndOfLastRecord = offset;

        try
        {
            // It is written, cut and deleted meanwhile.
            if (Disk.TryOpenDirect(segment.Path, toWrite: false) is { } direct)
            {
                (_file, _piece) = (direct, new AlignedBuffer(PieceBytes));
            }
            else
            {
                _file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException($"The segment '{segment.Path}' may not be read: give this user the right to.", failure);
        }
    }

    public Segment Segment { get; }

    /// <summary>Where it reads on, in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the last valid record that it met ends, in bytes.</summary>
    public long EndOfLastRecord { get; private set; }

    /// <summary>Whether it has met bytes that are neither records nor room that was not used.</summary>
    public bool HasMetDamage { get; private set; }

    /// <summary>Reads on; false when nothing is left up to <paramref name="limit"/>.</summary>
    /// <param name="into">Where the records go.</param>
    /// <param name="limit">Where to stop: what is behind is not on disk for certain.</param>
    /// <param name="after">Only records behind this position count.</param>
    /// <param name="before">
    /// Only records before this position count: where the next segment begins, the rest of this one is what could be
    /// neither kept nor cut off.
    /// </param>
    /// <param name="maxRecords">Most records.</param>
    /// <param name="maxBytes">Most bytes with the records' headers; at least one record is read.</param>
    /// <exception cref="IOException">The disk could not be read; nothing was passed.</exception>
    public bool Read(JournalBatch into, long limit, long after, long before, int maxRecords, int maxBytes)
    {
        while (Offset < limit)
        {
            var room = into.Begin((int)Math.Min(limit - Offset, Math.Max(maxBytes, RecordFormat.MaxLength)));
            var bytes = room[..Fill(room)];
            if (bytes.Length < room.Length)
            {
                limit = Offset + bytes.Length; // somebody cut the file
            }

            var at = 0;
            while (at < bytes.Length && into.Count < maxRecords)
            {
                if (RecordFormat.TryRead(bytes[at..], out var position, out var length))
                {
                    if (position > after && position < before)
                    {
                        if (into.Count > 0 && at + length > maxBytes)
                        {
                            break;
                        }

                        into.Add(at + RecordFormat.HeaderLength, length - RecordFormat.HeaderLength, position);
                        after = position;
                    }

                    at += length;
                    EndOfLastRecord = Offset + at;
                }
                else if (into.Count > 0 || (bytes.Length - at < RecordFormat.MaxLength && Offset + bytes.Length < limit))
                {
                    // Perhaps only the end of the room; the next round begins here, with a room that holds any record.
                    break;
                }
                else
                {
                    HasMetDamage |= bytes[at] != 0;
                    at += ToNextCandidate(bytes[at..]);
                }
            }

            Offset += at;
            if (into.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// How far a record may begin at the earliest. Room that was not used is zeros; a record has none but perhaps the first
    /// bytes of its checksum.
    /// </summary>
    private static int ToNextCandidate(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        return Math.Max(1, (zeros < 0 ? bytes.Length : zeros) - sizeof(ulong));
    }

    private int Fill(Span<byte> room)
    {
        var filled = 0;
        while (filled < room.Length && ReadAt(Offset + filled, room[filled..]) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }

    private int ReadAt(long offset, Span<byte> into)
    {
        if (_piece is not { } piece)
        {
            return RandomAccess.Read(_file, into, offset);
        }

        // Whole blocks, of which the middle is wanted.
        var before = (int)(offset % AlignedBuffer.BlockBytes);
        var wanted = AlignedBuffer.RoundUp(before + into.Length);
        var read = RandomAccess.Read(_file, piece.Span[..Math.Min(wanted, PieceBytes)], offset - before) - before;
        read = Math.Clamp(read, 0, into.Length);
        piece.Span.Slice(before, read).CopyTo(into);
        return read;
    }
}
