namespace OrleansLinks.Journal;

/// <summary>
/// Makes room on disk ahead of the records: a file of zeros that becomes the next segment. What is written into room that
/// is there already changes neither the file's length nor where it lies, so that having it on disk needs no transaction
/// of the file system; such a transaction waits for what others write to the same disk, the database's log above all,
/// and visitors would wait with it.
/// </summary>
/// <remarks>
/// Room is a help and nothing rests on it: without it records are appended to a file that grows. It is made by a thread
/// of its own, piece by piece, once there is something to expect, and not when the disk is nearly full.
/// </remarks>
internal sealed class SegmentRoom : IDisposable
{
    /// <summary>The file's name until it is a segment.</summary>
    internal const string Name = "next.room";

    private const int PieceBytes = 128 * 1024;
    private const int FreeTimes = 16;
    private const int PauseAfterFailureMilliseconds = 10_000;
    private static readonly TimeSpan PauseBetweenPieces = TimeSpan.FromMilliseconds(5);

    private readonly string _folder;
    private readonly string _path;
    private readonly long _bytes;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly Thread _thread;
    private long _notBefore;
    private volatile bool _isReady;
    private volatile bool _isStopping;

    public SegmentRoom(string folder, long bytes)
    {
        (_folder, _path, _bytes) = (folder, Path.Combine(folder, Name), bytes);
        File.Delete(_path);
        _thread = new Thread(Make) { Name = "click journal room", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether there is room to take.</summary>
    public bool IsReady => _isReady;

    /// <summary>Asks for room, if there is none yet.</summary>
    public void Want()
    {
        if (!_isReady && Environment.TickCount64 >= Volatile.Read(ref _notBefore))
        {
            _wanted.Set();
        }
    }

    /// <summary>Takes the room as the file of a new segment; false when there is none.</summary>
    /// <param name="path">The segment's path; the folder is to be flushed before anything in it counts.</param>
    /// <exception cref="IOException">The file cannot be renamed.</exception>
    public bool Take(string path)
    {
        if (!_isReady)
        {
            return false;
        }

        _isReady = false;
        File.Move(_path, path, overwrite: true);
        return true;
    }

    public void Dispose()
    {
        _isStopping = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
        TryDelete();
    }

    private void Make()
    {
        while (!_isStopping)
        {
            _wanted.WaitOne();
            if (_isReady || _isStopping)
            {
                continue;
            }

            try
            {
                _isReady = TryMake();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The disk is full, or this file must not be so large: records go on without.
            }

            if (!_isReady)
            {
                Volatile.Write(ref _notBefore, Environment.TickCount64 + PauseAfterFailureMilliseconds);
                TryDelete();
            }
        }
    }

    private bool TryMake()
    {
        if (new DriveInfo(_folder).AvailableFreeSpace < _bytes * FreeTimes)
        {
            return false;
        }

        using var file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

        // In the way that records will be written, so that the page cache never has what they replace.
        using var direct = Disk.TryOpenDirect(_path, toWrite: true);
        var zeros = new AlignedBuffer(PieceBytes).Span;
        zeros.Clear();
        for (long made = 0; made < _bytes; made += zeros.Length)
        {
            if (_isStopping)
            {
                return false;
            }

            // Piece by piece to disk, so that no flush of records finds all of it before itself.
            var piece = zeros[..AlignedBuffer.RoundUp((int)Math.Min(zeros.Length, _bytes - made))];
            RandomAccess.Write(direct ?? file, piece, made);
            Disk.FlushData(file);
            Thread.Sleep(PauseBetweenPieces);
        }

        RandomAccess.FlushToDisk(file);
        return true;
    }

    private void TryDelete()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is deleted when the journal is opened the next time.
        }
    }
}
