namespace OrleansLinks.Journal;

/// <summary>Records that were read, in the order of their positions; good until the next are read.</summary>
internal sealed class JournalBatch
{
    private readonly List<(int Start, int Length, long Position)> _records = [];
    private byte[] _bytes = [];

    /// <summary>How many records.</summary>
    public int Count => _records.Count;

    /// <summary>The position of the first record; 0 when there is none.</summary>
    public long First => Count == 0 ? 0 : _records[0].Position;

    /// <summary>The position of the last record. Positions in between may be missing where records were lost. 0 when there is none.</summary>
    public long Last => Count == 0 ? 0 : _records[^1].Position;

    /// <summary>A record, from 0.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_records[index].Start, _records[index].Length);

    /// <summary>The position of a record, from 0.</summary>
    public long PositionOf(int index) => _records[index].Position;

    /// <summary>The records, one after the other.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Begins anew, with room for so many bytes.</summary>
    internal Span<byte> Begin(int bytes)
    {
        _records.Clear();
        if (_bytes.Length < bytes)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(bytes);
        }

        return _bytes.AsSpan(0, bytes);
    }

    /// <summary>Adds the payload that lies in the room.</summary>
    internal void Add(int start, int length, long position) => _records.Add((start, length, position));

    /// <summary>Walks over the records.</summary>
    public ref struct Enumerator
    {
        private readonly JournalBatch _batch;
        private int _index;

        internal Enumerator(JournalBatch batch)
        {
            _batch = batch;
            _index = -1;
        }

        /// <summary>The record.</summary>
        public readonly ReadOnlySpan<byte> Current => _batch[_index];

        /// <summary>Goes to the next record; false after the last.</summary>
        public bool MoveNext() => ++_index < _batch.Count;
    }
}
