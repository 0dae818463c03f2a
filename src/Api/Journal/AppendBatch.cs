using System.Buffers.Binary;

namespace OrleansLinks.Journal;

/// <summary>Records that go to disk together, and those who wait for it.</summary>
/// <remarks>
/// Filled under the journal's lock while it is in its queue, then the writer's alone: it may be read then, for its
/// records do not change any more.
/// </remarks>
internal sealed class AppendBatch
{
    private byte[] _bytes = new byte[64 * 1024];
    private Waiters? _waiters;
    private bool _isSealed;

    public long First { get; private set; }

    public long Last { get; private set; }

    /// <summary>In bytes, with the records' headers.</summary>
    public int Length { get; private set; }

    /// <summary>What one of those waits for whose records are in it.</summary>
    public Task Wait() => (_waiters ??= new()).Add();

    public void Add(long position, ReadOnlySpan<byte> payload)
    {
        var needed = Length + RecordFormat.HeaderLength + payload.Length;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        }

        RecordFormat.Write(_bytes.AsSpan(Length), position, payload);
        First = First == 0 ? position : First;
        Last = position;
        Length = needed;
    }

    /// <summary>Its records with their checksums, which are the writer's work so that callers hold the lock no longer than a copy takes.</summary>
    public ReadOnlySpan<byte> Seal()
    {
        var records = _bytes.AsSpan(0, Length);
        if (!_isSealed)
        {
            RecordFormat.Seal(records);
            _isSealed = true;
        }

        return records;
    }

    /// <summary>A copy of the first payload.</summary>
    public byte[] CopyFirst()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(8));
        return _bytes.AsSpan(RecordFormat.HeaderLength, length).ToArray();
    }

    /// <summary>Who waits, to be told by the caller; nobody waits any more then.</summary>
    public Waiters? TakeWaiters()
    {
        var waiters = _waiters;
        _waiters = null;
        return waiters;
    }

    /// <summary>Makes it empty, to be used again.</summary>
    public void Clear()
    {
        (First, Last, Length) = (0, 0, 0);
        (_waiters, _isSealed) = (null, false);
    }
}
