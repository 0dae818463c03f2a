using Microsoft.Win32.SafeHandles;

namespace OrleansLinks.Journal;

/// <summary>Writes batches to segments, and has them on disk. For one thread.</summary>
/// <remarks>
/// A segment that a write failed in is not written to again: after a failed flush the system may take its pages for
/// clean, and a second flush would succeed without the data. What was not flushed goes whole into a new file. A journal
/// that was opened begins a new segment too, so that nothing is ever written behind what a crash left.
/// </remarks>
/// <param name="folder">The journal's folder.</param>
/// <param name="segmentBytes">How long a segment may become.</param>
/// <param name="room">Where segments come from that are made ahead; null for none.</param>
internal sealed class SegmentWriter(string folder, long segmentBytes, SegmentRoom? room) : IDisposable
{
    /// <summary>A segment that has grown so long, in bytes, shows that more is to come: room is made for the next.</summary>
    private const long WorthRoom = 256 * 1024;

    private SafeFileHandle? _file;
    private BlockWriter? _blocks;
    private string _path = "";
    private long _length;
    private bool _hasRoom;

    /// <summary>Writes a batch and waits for the disk.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="path">The segment that it is in.</param>
    /// <param name="length">How long the segment now is, in bytes.</param>
    /// <returns>Whether the segment is a new one.</returns>
    /// <exception cref="IOException">It could not be written; <see cref="CutBack"/> is to be called.</exception>
    public bool Write(AppendBatch batch, out string path, out long length)
    {
        var records = batch.Seal();
        if (_file is not null && (_length + records.Length > segmentBytes || (!_hasRoom && room?.IsReady == true)))
        {
            Close();
        }

        var isNew = _file is null;
        if (isNew)
        {
            Create(batch.First);
        }

        Span<byte> header = stackalloc byte[RecordFormat.SegmentHeaderLength];
        header = isNew ? header : [];
        if (isNew)
        {
            RecordFormat.WriteSegmentHeader(header, batch.First);
        }

        if (_blocks is not null)
        {
            _blocks.Append(header, records);
        }
        else
        {
            RandomAccess.Write(_file!, header, _length);
            RandomAccess.Write(_file!, records, _length + header.Length);
            Disk.FlushData(_file!);
        }

        if (isNew)
        {
            Disk.FlushFolder(folder);
        }

        _length += header.Length + records.Length;
        if (_length > WorthRoom)
        {
            room?.Want();
        }

        (path, length) = (_path, _length);
        return isNew;
    }

    /// <summary>
    /// Takes away what a failed write left, as well as that goes. What stays does no harm: it lies behind the last
    /// acknowledged record, and the next segment begins with the same position, which ends this one for every reader.
    /// </summary>
    public void CutBack()
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            if (_length > 0)
            {
                RandomAccess.SetLength(_file, _length);
                Leave();
            }
            else
            {
                Leave();
                File.Delete(_path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Leave();
        }
    }

    /// <summary>Closes the segment; the next batch begins a new one.</summary>
    public void Dispose()
    {
        if (_file is not null)
        {
            Close();
        }

        room?.Dispose();
    }

    /// <summary>Gives back the room that was not used. Should that fail, zeros stay behind the last record, which readers pass.</summary>
    private void Close()
    {
        if (_hasRoom)
        {
            try
            {
                RandomAccess.SetLength(_file!, _length);
            }
            catch (IOException)
            {
                // See above.
            }
        }

        Leave();
    }

    private void Leave()
    {
        _file?.Dispose();
        (_file, _blocks) = (null, null);
    }

    private void Create(long first)
    {
        _path = Segment.PathOf(folder, first);
        _length = 0; // as long as nothing in it is on disk

        if (room?.Take(_path) == true)
        {
            _hasRoom = true;
            _file = Disk.TryOpenDirect(_path, toWrite: true);
            _blocks = _file is null ? null : new BlockWriter(_file);
            _file ??= File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            return;
        }

        // Left by a write that failed: what it holds was never acknowledged as written. A new file, not the old one
        // emptied, for the reason above.
        _hasRoom = false;
        File.Delete(_path);
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }
}
