using System.Buffers.Binary;
using System.Collections.Immutable;

namespace OrleansLinks.Clicks;

/// <summary>Clicks on their way to the ledger.</summary>
/// <param name="Count">How many.</param>
/// <param name="Data">The clicks as <see cref="ClickFormat"/> has them, 4 bytes of length (little-endian) before each; nobody changes it any more.</param>
[GenerateSerializer, Immutable, Alias("ClickBatch")]
public sealed record ClickBatch([property: Id(0)] int Count, [property: Id(1)] byte[] Data)
{
    /// <summary>The clicks, one after the other.</summary>
    public Enumerator GetEnumerator() => new(Data);

    /// <summary>Makes a batch.</summary>
    public static ClickBatch Of(params ImmutableArray<Click> clicks)
    {
        var builder = new ClickBatchBuilder();
        Span<byte> bytes = new byte[ClickFormat.MaxLength];
        foreach (var click in clicks)
        {
            builder.Add(bytes[..ClickFormat.Write(click, bytes)]);
        }

        return builder.Take();
    }

    /// <summary>Walks over the clicks of a batch.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> data) => _rest = data;

        /// <summary>The click as bytes.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next click; false after the last.</summary>
        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            Current = _rest.Slice(4, length);
            _rest = _rest[(4 + length)..];
            return true;
        }
    }
}

/// <summary>Puts clicks together to batches; not for several threads at once.</summary>
public sealed class ClickBatchBuilder
{
    private byte[] _data = [];
    private int _length;

    /// <summary>How many clicks were added since the last batch was taken.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a click.</summary>
    /// <param name="click">The click as <see cref="ClickFormat"/> has it.</param>
    public void Add(ReadOnlySpan<byte> click)
    {
        var needed = _length + 4 + click.Length;
        if (needed > _data.Length)
        {
            Array.Resize(ref _data, Math.Max(needed, Math.Max(4096, 2 * _data.Length)));
        }

        BinaryPrimitives.WriteInt32LittleEndian(_data.AsSpan(_length), click.Length);
        click.CopyTo(_data.AsSpan(_length + 4));
        _length = needed;
        Count++;
    }

    /// <summary>The clicks that were added, as a batch; the next batch begins empty.</summary>
    public ClickBatch Take()
    {
        var batch = new ClickBatch(Count, _data.AsSpan(0, _length).ToArray());
        _length = 0;
        Count = 0;
        return batch;
    }
}
