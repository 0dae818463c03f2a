using Microsoft.Win32.SafeHandles;

namespace OrleansLinks.Journal;

/// <summary>
/// Appends to a file that is open past the system's page cache (<see cref="Disk.TryOpenDirect"/>), which takes whole blocks
/// only: the last block is filled up with zeros, and written again with what comes next. For one thread.
/// </summary>
/// <remarks>
/// A block that is written again holds the same bytes as before and more behind them, so that a stop in between leaves
/// what was there. The system does no different when a page of its cache grows.
/// </remarks>
/// <param name="file">The file.</param>
internal sealed class BlockWriter(SafeFileHandle file)
{
    // From the beginning of the last block that is not full.
    private AlignedBuffer _blocks = new(64 * 1024);
    private int _length;
    private long _offset;

    /// <summary>Appends one and then the other, and waits for the disk.</summary>
    /// <exception cref="IOException">The disk did not take it; the file is not to be written to again.</exception>
    public void Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var end = _length + first.Length + second.Length;
        var whole = AlignedBuffer.RoundUp(end);
        if (whole > _blocks.Span.Length)
        {
            var larger = new AlignedBuffer(2 * whole);
            _blocks.Span[.._length].CopyTo(larger.Span);
            _blocks = larger;
        }

        var blocks = _blocks.Span[..whole];
        first.CopyTo(blocks[_length..]);
        second.CopyTo(blocks[(_length + first.Length)..]);
        blocks[end..].Clear();
        RandomAccess.Write(file, blocks, _offset);

        var full = end - (end % AlignedBuffer.BlockBytes);
        blocks[full..end].CopyTo(blocks);
        _length = end - full;
        _offset += full;
    }
}
