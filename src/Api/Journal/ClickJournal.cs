using OrleansLinks.Storage;

namespace OrleansLinks.Journal;

/// <summary>
/// The clicks between the visitor's redirect and the ledger: an append-only log on local disk. What was acknowledged is
/// not lost when the process or the machine stops, and what cannot be kept is counted. To the journal a click is bytes.
/// </summary>
/// <remarks>
/// <para>
/// Positions count the records since the journal began, from 1, and go on across restarts. Each record that is taken in
/// gets one, also one that is lost later: <see cref="Tail"/> = records shipped + records waiting + <see cref="Lost"/>.
/// </para>
/// <para>
/// One thread writes: what arrives while one batch goes to disk makes the next. An idle journal so answers at the speed
/// of one flush, a busy one shares each flush among many callers, and nothing needs tuning. The thread is not of the
/// pool: on a busy pool such a loop waits hundreds of milliseconds for its turn.
/// </para>
/// <para>
/// When the disk refuses, visitors still get their redirects: records are held in memory, up to a bound, and written
/// when there is room again. See <see cref="Trouble"/>.
/// </para>
/// <para>
/// Three locks. <c>_gate</c> is for everything in memory, held for the time of a copy and never during I/O.
/// <c>_shipping</c> has the state file and the deletion of segments, <c>_reading</c> the reader. Whoever has one of
/// these two may take <c>_gate</c> and no other; whoever has <c>_gate</c> takes none.
/// </para>
/// </remarks>
internal sealed class ClickJournal : IDisposable
{
    /// <summary>Most bytes of a record.</summary>
    public const int MaxRecordLength = RecordFormat.MaxPayload;

    /// <summary>How long <see cref="ClickDurability.Ledger"/> waits for the ledger once a record is on disk.</summary>
    public static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(2);

    /// <summary>How often a write that failed is tried again.</summary>
    internal static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the log says that it still cannot be written.</summary>
    internal static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    /// <summary>How many empty batches are kept for use: one is filled while the other is written.</summary>
    private const int MaxSpareBatches = 2;

    private readonly JournalSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly DataFolder _folder;
    private readonly Thread _thread;
    private readonly ITimer _retryTimer;
    private readonly ITimer _patienceTimer;
    private readonly Lock _shipping = new();
    private readonly Lock _reading = new();

    // A monitor, because the writer waits on it.
    private readonly object _gate = new();

    // Of the writer's thread alone.
    private readonly SegmentWriter _writer;
    private long _lastReminder;
    private long _failedWrites;

    // Under _shipping.
    private readonly JournalState _state;
    private bool _stateFails;
    private bool _isClosed;

    // Under _reading.
    private readonly JournalBatch _read = new();
    private SegmentReader? _reader;

    // Under _gate. The counters are read without it; they are written whole, and each by itself says something true.
    private readonly List<Segment> _segments;
    private readonly LostRanges _lostRanges;
    private readonly Queue<AppendBatch> _queue = new();
    private readonly Stack<AppendBatch> _spare = new();
    private readonly Queue<(long Last, long Since, Waiters Waiters)> _ledgerWaiters = new();
    private readonly Queue<(long Last, Segment Segment, long Offset)> _marks = new();
    private AppendBatch? _filling;
    private AppendBatch? _writing;
    private Segment? _active;
    private (Segment? Segment, long Offset) _shippedAt;
    private TaskCompletionSource? _readable;
    private long _tail;
    private long _durable;
    private long _shipped;
    private long _lost;
    private long _heldBytes;
    private long _lastOnDisk;
    private long _readPosition;
    private long _accepted;
    private long _applied;
    private long _segmentBytes;
    private volatile string? _trouble;
    private bool _writerWaits;
    private bool _retry;
    private bool _isDropping;
    private bool _dropsAreNews;
    private bool _isStopping;
    private bool _gaveUp;

    private ClickJournal(JournalSettings settings, DataFolder folder, JournalState state, Recovery recovery, JournalFacts? facts, TimeProvider clock, ILogger log)
    {
        (_settings, _folder, _state, _clock, _log) = (settings, folder, state, clock, log);
        _segments = recovery.Segments;
        _segmentBytes = _segments.Sum(segment => segment.Length);
        _lostRanges = recovery.Lost;
        (_tail, _durable, _shipped, _lost) = (recovery.Tail, recovery.Tail, recovery.Shipped, recovery.Lost.Count);
        (_lastOnDisk, _readPosition, _accepted) = (recovery.LastOnDisk, recovery.Shipped, facts?.Accepted ?? 0);
        _applied = _shipped - _lostRanges.Passed;
        _writer = new(folder.Path, settings.SegmentBytes, settings.HasRoomAhead ? new SegmentRoom(folder.Path, settings.SegmentBytes) : null);
        _retryTimer = clock.CreateTimer(_ => Retry(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _patienceTimer = clock.CreateTimer(_ => EndPatience(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Write) { Name = "click journal", IsBackground = true };
    }

    /// <summary>What appending waits for.</summary>
    public ClickDurability Durability => _settings.Durability;

    /// <summary>The last position that was taken in, whatever became of its record.</summary>
    public long Tail => Volatile.Read(ref _tail);

    /// <summary>Every record up to here is on disk, or lost.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Every record up to here is in the ledger, or lost.</summary>
    public long Shipped => Volatile.Read(ref _shipped);

    /// <summary>How many records the ledger has: those up to <see cref="Shipped"/> that were not lost.</summary>
    public long Applied => Volatile.Read(ref _applied);

    /// <summary>How many records the ledger is still to have.</summary>
    public long Waiting => Math.Max(0, Tail - Applied - Lost);

    /// <summary>How many records are on disk or in the ledger: those up to <see cref="Durable"/> that were not lost.</summary>
    public long Kept => Math.Max(Applied, Durable - Lost);

    /// <summary>
    /// How many records could not be kept: there was no room on disk or in memory, or what was on disk is damaged. Damage
    /// in older segments is known when the reader comes there.
    /// </summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Bytes of records in memory that are not on disk yet.</summary>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>Bytes of the segments that are not wholly shipped.</summary>
    public long UnshippedBytes
    {
        get
        {
            lock (_gate)
            {
                return _segments.Where(segment => segment.Last > _shipped).Sum(segment => segment.Length);
            }
        }
    }

    /// <summary>Most <see cref="UnshippedBytes"/>; what comes beyond them is held in memory.</summary>
    public long MaxUnshippedBytes => _settings.MaxRecordBytes;

    /// <summary>Null when all is well; else why the journal cannot be written, in one line.</summary>
    public string? Trouble => _trouble;

    /// <summary>How often a write failed, for tests that wait for it; the state is on disk by then.</summary>
    internal long FailedWrites => Volatile.Read(ref _failedWrites);

    /// <summary>Opens the journal in a folder, which is made when it is not there.</summary>
    /// <param name="settings">Where, and how much room.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where changes of state are told.</param>
    /// <exception cref="JournalException">A setting is out of its range, or the folder cannot be read or mended.</exception>
    /// <exception cref="DataFolderException">The folder cannot be made or written, or another process has it.</exception>
    public static ClickJournal Open(JournalSettings settings, TimeProvider clock, ILogger<ClickJournal> log)
    {
        settings.Check();
        var folder = DataFolder.Open(settings.Folder, "journal folder", JournalSettings.FolderSetting);
        JournalState? state = null;
        try
        {
            state = JournalState.Open(folder.Path, out var facts, out var isNew);
            var recovery = Recovery.Run(folder.Path, facts, log);
            if (facts is null && (!isNew || recovery.Segments.Count > 0))
            {
                log.StateLost(Path.Combine(folder.Path, JournalState.Name));
            }

            var journal = new ClickJournal(settings, folder, state, recovery, facts, clock, log);
            state.Write(journal.Facts(), flush: true);
            log.JournalOpened(folder.Path, journal.Tail, journal._lastOnDisk == 0 ? 0 : Math.Max(0, journal._lastOnDisk - journal.Shipped), journal.Lost);
            journal._thread.Start();
            return journal;
        }
        catch (Exception cause)
        {
            state?.Dispose();
            folder.Dispose();
            if (cause is IOException or UnauthorizedAccessException)
            {
                throw new JournalException($"The journal folder '{folder.Path}' cannot be used ({cause.Message.TrimEnd('.')}): mend that, or choose another folder with the setting {JournalSettings.FolderSetting}.", cause);
            }

            throw;
        }
    }

    /// <summary>Takes a record in; completes when the <see cref="ClickDurability"/> of the settings is reached, or at once while the journal cannot be written.</summary>
    /// <param name="record">1 to <see cref="MaxRecordLength"/> bytes; they are copied before the call returns.</param>
    /// <exception cref="ArgumentOutOfRangeException">The record is empty or too long.</exception>
    /// <exception cref="ObjectDisposedException">The journal is closed; the record was not taken.</exception>
    public ValueTask AppendAsync(ReadOnlySpan<byte> record)
    {
        ArgumentOutOfRangeException.ThrowIfZero(record.Length, nameof(record));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(record.Length, MaxRecordLength, nameof(record));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            var position = _tail + 1;
            Volatile.Write(ref _tail, position);
            var held = _heldBytes + RecordFormat.HeaderLength + record.Length;
            if (_isDropping || held > _settings.MaxHeldBytes)
            {
                Drop(position);
                return default;
            }

            var batch = _filling ?? StartBatch();
            batch.Add(position, record);
            Volatile.Write(ref _heldBytes, held);
            if (batch.Length >= _settings.BatchBytes)
            {
                _filling = null;
            }

            if (_trouble is not null)
            {
                return default; // the writer wakes by the timer
            }

            if (_writerWaits)
            {
                _writerWaits = false;
                Monitor.Pulse(_gate);
            }

            // Who writes behind is held back when the disk does not keep up, rather than to lose records.
            return _settings.Durability == ClickDurability.Buffered && held <= _settings.MaxHeldBytes / 2 ? default : new(batch.Wait());
        }
    }

    /// <summary>Waits until records behind the last that was read are on disk; false when the journal is closed.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async ValueTask<bool> WaitForUnshippedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task readable;
            lock (_gate)
            {
                if (_isStopping)
                {
                    return false;
                }

                if (_lastOnDisk > Math.Max(_readPosition, _shipped))
                {
                    return true;
                }

                _readable ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                readable = _readable.Task;
            }

            await readable.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Reads the next records that are on disk, in order; null when there are none for now. For one reader, which begins
    /// behind <see cref="Shipped"/> and passes each record once: what it fails to ship it must keep.
    /// </summary>
    /// <param name="maxRecords">Most records, from 1.</param>
    /// <param name="maxBytes">Most bytes, 20 more than the payload's for each record; one record is read in any case.</param>
    /// <returns>A batch that is good until the next call.</returns>
    /// <exception cref="IOException">The disk could not be read. Nothing was passed: the call can be repeated.</exception>
    public JournalBatch? ReadNext(int maxRecords, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
        lock (_reading)
        {
            while (true)
            {
                Segment segment;
                long limit, last, before, after;
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_isStopping, this);
                    after = _readPosition = Math.Max(_readPosition, _shipped);
                    if (FindBehind(after) is not { } found)
                    {
                        return null;
                    }

                    (segment, limit, last, before) = found;
                }

                if (OpenReader(segment) && _reader!.Read(_read, limit, after, before, maxRecords, maxBytes))
                {
                    Passed(segment, after);
                    return _read;
                }

                // Nothing more in it; what it should have held up to its last position is lost.
                NoteLost(after + 1, last, segment.Path);
                lock (_gate)
                {
                    _readPosition = Math.Max(_readPosition, last);
                }
            }
        }
    }

    /// <summary>
    /// Notes that the ledger has everything up to a position, and deletes the segments that are not needed any more. A
    /// stop of the machine may forget the last of these notes; then the records are read again.
    /// </summary>
    /// <param name="position">The last position of a batch that was read.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position was not read yet.</exception>
    /// <exception cref="ObjectDisposedException">The journal is closed.</exception>
    public void MarkShipped(long position)
    {
        List<Waiters>? waiters = null;
        lock (_shipping)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            lock (_gate)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Math.Max(_readPosition, _shipped));
                PassShipped(Math.Max(position, _shipped));
                while (_marks.TryPeek(out var mark) && mark.Last <= _shipped)
                {
                    _shippedAt = (mark.Segment, mark.Offset);
                    _marks.Dequeue();
                }

                while (_ledgerWaiters.TryPeek(out var waiter) && waiter.Last <= _shipped)
                {
                    (waiters ??= []).Add(_ledgerWaiters.Dequeue().Waiters);
                }
            }

            SaveAndDelete();
        }

        LeaveDeleted();
        waiters?.ForEach(waiter => waiter.Release());
        lock (_gate)
        {
            if (_trouble is not null)
            {
                // There may be room now.
                _retry = true;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>The oldest record that is not shipped, on disk or in memory; false when there is none.</summary>
    /// <exception cref="IOException">The disk could not be read.</exception>
    public bool TryPeekUnshipped(out byte[] record)
    {
        var batch = new JournalBatch();
        var after = 0L;
        while (true)
        {
            Segment segment;
            long offset, limit, last, before;
            lock (_gate)
            {
                after = Math.Max(after, _shipped);
                if (FindBehind(after) is not { } found)
                {
                    var held = _writing ?? (_queue.TryPeek(out var first) ? first : null);
                    record = held?.CopyFirst() ?? [];
                    return held is not null;
                }

                (segment, limit, last, before) = found;
                offset = _shippedAt.Segment == segment ? _shippedAt.Offset : RecordFormat.SegmentHeaderLength;
            }

            try
            {
                using var reader = new SegmentReader(segment, offset);
                if (reader.Read(batch, limit, after, before, 1, 1))
                {
                    record = batch[0].ToArray();
                    return true;
                }
            }
            catch (FileNotFoundException)
            {
                // It was shipped meanwhile, or it is missing; either way the next one is asked.
            }

            after = last;
        }
    }

    /// <summary>Takes no more records, writes what is held, and lets another process have the folder.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return;
            }

            _isStopping = true;
            Monitor.Pulse(_gate);
            _readable?.TrySetResult();
        }

        _thread.Join();
        _retryTimer.Dispose();
        _patienceTimer.Dispose();
        (long, long, Waiters Waiters)[] waiters;
        lock (_shipping)
        {
            lock (_gate)
            {
                waiters = [.. _ledgerWaiters];
                _ledgerWaiters.Clear();
            }

            Save(flush: true);
            _isClosed = true;
            _state.Dispose();
        }

        foreach (var (_, _, waiter) in waiters)
        {
            waiter.Release(); // on disk is what it is
        }

        lock (_reading)
        {
            _reader?.Dispose();
        }

        _folder.Dispose();
    }

    private AppendBatch StartBatch()
    {
        _filling = _spare.TryPop(out var spare) ? spare : new();
        _queue.Enqueue(_filling);
        return _filling;
    }

    /// <summary>Counts a record that there is no room for. All that follow are dropped too until half of the memory is free: few long gaps, not many short ones.</summary>
    private void Drop(long position)
    {
        _isDropping = true;
        _dropsAreNews |= _trouble is null;
        _lostRanges.Add(position, position);
        Volatile.Write(ref _lost, _lostRanges.Count);
        PassShipped(_shipped); // when all before it is shipped, it is passed as well
    }

    private void PassShipped(long position)
    {
        var shipped = _lostRanges.Pass(position);
        Volatile.Write(ref _shipped, shipped);
        Volatile.Write(ref _applied, shipped - _lostRanges.Passed);
    }

    /// <summary>The writer's thread.</summary>
    private void Write()
    {
        while (NextBatch() is { } batch)
        {
            try
            {
                CheckCeiling(batch);
                var isNew = _writer.Write(batch, out var path, out var length);
                Publish(batch, isNew, path, length);
            }
            catch (Exception failure)
            {
                // Whatever it is: the records are still here, and the thread must not end.
                _writer.CutBack();
                Fail(failure);
            }
        }

        _writer.Dispose();
    }

    /// <summary>Waits for something to write; null when the journal is closed and no more can be done.</summary>
    private AppendBatch? NextBatch()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_writing is null && _queue.TryDequeue(out _writing) && _writing == _filling)
                {
                    _filling = null;
                }

                if (_isStopping && (_writing is null || _gaveUp))
                {
                    return null;
                }

                if (_writing is not null && (_trouble is null || _retry || _isStopping))
                {
                    _retry = false;
                    return _writing;
                }

                _writerWaits = true;
                Monitor.Wait(_gate);
                _writerWaits = false;
            }
        }
    }

    private void CheckCeiling(AppendBatch batch)
    {
        // All segments are an upper bound of those that count.
        if (Volatile.Read(ref _segmentBytes) + batch.Length <= MaxUnshippedBytes)
        {
            return;
        }

        var bytes = UnshippedBytes;
        if (bytes + batch.Length > MaxUnshippedBytes)
        {
            throw new CeilingException($"The click journal holds {bytes} bytes for the ledger, as much as {JournalSettings.MaxBytesSetting} allows ({_settings.MaxBytes}).");
        }
    }

    private void Publish(AppendBatch batch, bool isNew, string path, long length)
    {
        TaskCompletionSource? readable;
        bool isOver, dropsAreNews;
        var last = batch.Last;
        var waiters = batch.TakeWaiters();
        lock (_gate)
        {
            if (isNew)
            {
                _active = new(path, batch.First);
                _segments.Add(_active);
            }

            _segmentBytes += length - _active!.Length;
            _active.Length = length;
            _active.Last = _lastOnDisk = last;
            Volatile.Write(ref _heldBytes, _heldBytes - batch.Length);

            // What lies between this batch and the next was dropped.
            Volatile.Write(ref _durable, _queue.TryPeek(out var next) ? next.First - 1 : _tail);
            _writing = null;
            if (_spare.Count < MaxSpareBatches)
            {
                batch.Clear();
                _spare.Push(batch);
            }

            if (_isDropping && _heldBytes <= _settings.MaxHeldBytes / 2)
            {
                _isDropping = false;
            }

            // Under load there is always something in the queue: one batch is no backlog.
            isOver = _trouble is not null && _queue.Count <= 1;
            if (isOver)
            {
                _trouble = null;
            }

            _retry = _trouble is not null; // go on at once with what else is held
            (dropsAreNews, _dropsAreNews) = (_dropsAreNews, false);
            (readable, _readable) = (_readable, null);
            if (waiters is not null && _settings.Durability == ClickDurability.Ledger && !_isStopping)
            {
                if (_ledgerWaiters.Count == 0)
                {
                    _patienceTimer.Change(LedgerPatience, Timeout.InfiniteTimeSpan);
                }

                _ledgerWaiters.Enqueue((last, _clock.GetTimestamp(), waiters));
                waiters = null;
            }
        }

        waiters?.Release();
        readable?.TrySetResult(); // Dispose may have been first
        if (isOver)
        {
            _retryTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _log.WritesAgain(Lost);
        }
        else if (dropsAreNews)
        {
            _log.DiskTooSlow(Lost);
        }
    }

    private void Fail(Exception failure)
    {
        var trouble = failure is CeilingException ? failure.Message
            : Disk.IsFull(failure) ? $"The disk of the journal folder '{_folder.Path}' is full."
            : $"Writing in the journal folder '{_folder.Path}' failed ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}).";
        var waiters = new List<Waiters>();
        bool isNew;
        lock (_gate)
        {
            if (_writing is null)
            {
                return; // it was written; what failed is to tell so
            }

            isNew = _trouble is null;
            _trouble = trouble;
            _active = null;
            _accepted = _tail;
            _gaveUp = _isStopping;
            foreach (var batch in _queue.Prepend(_writing))
            {
                if (batch.TakeWaiters() is { } waiting)
                {
                    waiters.Add(waiting);
                }
            }
        }

        // From here on nobody waits: who comes now sees the trouble, and who came before is told.
        waiters.ForEach(waiter => waiter.Release());
        if (isNew)
        {
            _retryTimer.Change(RetryInterval, RetryInterval);
        }

        if (isNew || _clock.GetElapsedTime(_lastReminder) >= ReminderInterval)
        {
            _lastReminder = _clock.GetTimestamp();
            _log.CannotWrite(trouble, HeldBytes, Lost, failure);
        }

        lock (_shipping)
        {
            SaveAndDelete();
        }

        LeaveDeleted();
        Volatile.Write(ref _failedWrites, _failedWrites + 1);
    }

    private void Retry()
    {
        lock (_gate)
        {
            _retry = _trouble is not null;
            Monitor.Pulse(_gate);
        }
    }

    private void EndPatience()
    {
        var waiters = new List<Waiters>();
        lock (_gate)
        {
            var rest = TimeSpan.Zero;
            while (_ledgerWaiters.TryPeek(out var oldest))
            {
                rest = LedgerPatience - _clock.GetElapsedTime(oldest.Since);
                if (rest > TimeSpan.Zero)
                {
                    break;
                }

                waiters.Add(_ledgerWaiters.Dequeue().Waiters);
            }

            if (_ledgerWaiters.Count > 0)
            {
                _patienceTimer.Change(rest, Timeout.InfiniteTimeSpan);
            }
        }

        waiters.ForEach(waiter => waiter.Release());
    }

    /// <summary>The first segment with records behind a position, how far it can be read, and where the next one begins.</summary>
    private (Segment Segment, long Limit, long Last, long Before)? FindBehind(long position)
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            var segment = _segments[i];
            if (segment.Last > position)
            {
                return (segment, segment.Length, segment.Last, i + 1 < _segments.Count ? _segments[i + 1].First : long.MaxValue);
            }
        }

        return null;
    }

    private bool OpenReader(Segment segment)
    {
        if (_reader?.Segment == segment)
        {
            return true;
        }

        _reader?.Dispose();
        _reader = null;
        try
        {
            _reader = new(segment);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Notes what was read, and what is missing before and between.</summary>
    private void Passed(Segment segment, long after)
    {
        if (_read.Last - after != _read.Count)
        {
            for (var i = 0; i < _read.Count; i++)
            {
                NoteLost(after + 1, _read.PositionOf(i) - 1, segment.Path);
                after = _read.PositionOf(i);
            }
        }

        lock (_gate)
        {
            _readPosition = _read.Last;
            _marks.Enqueue((_read.Last, segment, _reader!.Offset));
        }
    }

    private void NoteLost(long from, long to, string path)
    {
        long count;
        lock (_gate)
        {
            count = _lostRanges.Add(from, to);
            Volatile.Write(ref _lost, _lostRanges.Count);
            PassShipped(_shipped);
        }

        if (count > 0)
        {
            _log.ClicksLost(count, from, to, $"'{path}' or the segment before it is damaged or missing");
        }
    }

    private JournalFacts Facts()
    {
        lock (_gate)
        {
            return new(_shipped, _lostRanges.Passed, _accepted, [.. _lostRanges.Ranges.Take(JournalState.MaxRanges)]);
        }
    }

    /// <summary>Writes the state down; false when the disk did not take it. Under <c>_shipping</c>.</summary>
    private bool Save(bool flush)
    {
        try
        {
            _state.Write(Facts(), flush);
            _stateFails = false;
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_stateFails)
            {
                _log.StateNotWritten(Path.Combine(_folder.Path, JournalState.Name), failure);
            }

            _stateFails = true;
            return false;
        }
    }

    /// <summary>
    /// Writes the state down and deletes the segments that are wholly shipped. The state is on disk first: a segment that
    /// is missing behind what the state calls shipped is a loss. The newest segment stays, as a second witness of the
    /// positions; but not in trouble, when its room is needed. Under <c>_shipping</c>.
    /// </summary>
    private void SaveAndDelete()
    {
        List<Segment>? shipped = null;
        lock (_gate)
        {
            for (var i = 0; i < _segments.Count && _segments[i].Last <= _shipped; i++)
            {
                if (_segments[i] != _active && (_trouble is not null || i < _segments.Count - 1))
                {
                    (shipped ??= []).Add(_segments[i]);
                }
            }
        }

        if (!Save(flush: shipped is not null) || shipped is null)
        {
            return;
        }

        shipped.RemoveAll(segment => !TryDelete(segment));
        lock (_gate)
        {
            _segments.RemoveAll(shipped.Contains);
            _segmentBytes -= shipped.Sum(segment => segment.Length);
        }
    }

    private bool TryDelete(Segment segment)
    {
        try
        {
            File.Delete(segment.Path);
            return segment.IsDeleted = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.SegmentNotDeleted(segment.Path, failure);
            return false;
        }
    }

    /// <summary>Closes the reader's file when it is deleted, for only then its room is free.</summary>
    private void LeaveDeleted()
    {
        lock (_reading)
        {
            if (_reader?.Segment.IsDeleted == true)
            {
                _reader.Dispose();
                _reader = null;
            }
        }
    }

    /// <summary>The ceiling of the journal is reached.</summary>
    private sealed class CeilingException(string message) : IOException(message);
}
