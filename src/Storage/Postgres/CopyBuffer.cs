using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace OrleansLinks.Storage.Postgres;

/// <summary>
/// Rows in the binary format of COPY (https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format"). They are put together
/// here and not by Npgsql's importer, since a click's ids and texts are bytes that PostgreSQL takes as they are.
/// </summary>
internal sealed class CopyBuffer
{
    private const short EndOfRows = -1;
    private const int Null = -1;

    private readonly ArrayBufferWriter<byte> _bytes;

    /// <param name="capacity">About how many bytes there will be.</param>
    public CopyBuffer(int capacity)
    {
        _bytes = new ArrayBufferWriter<byte>(capacity);
        _bytes.Write(Signature);
        _bytes.Write(stackalloc byte[8]); // no flags, no extension
    }

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];

    /// <summary>How many bytes wait to be sent.</summary>
    public int Length => _bytes.WrittenCount;

    /// <summary>Begins a row.</summary>
    public void Row(short columns) => BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);

    /// <summary>The next column, a bigint.</summary>
    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Column(8), value);

    /// <summary>The next column, an integer.</summary>
    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Column(4), value);

    /// <summary>The next column, a smallint.</summary>
    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Column(2), value);

    /// <summary>The next column, a boolean.</summary>
    public void Boolean(bool value) => Column(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>The next column, a uuid.</summary>
    public void Guid(Guid value) => value.TryWriteBytes(Column(16), bigEndian: true, out _);

    /// <summary>The next column, a bytea, or a uuid by its 16 bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Column(value.Length));

    /// <summary>The next column, a text; NUL, which PostgreSQL cannot keep, becomes U+FFFD.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Contains((byte)0))
            utf8 = Encoding.UTF8.GetBytes(Parameter.Storable(Encoding.UTF8.GetString(utf8))!);

        utf8.CopyTo(Column(utf8.Length));
    }

    /// <summary>The next column, which has no value.</summary>
    public void None() => BinaryPrimitives.WriteInt32BigEndian(Take(4), Null);

    /// <summary>Sends the rows so far, so that they need no more memory.</summary>
    public async Task SendAsync(Stream copy)
    {
        await copy.WriteAsync(_bytes.WrittenMemory);
        _bytes.ResetWrittenCount();
    }

    /// <summary>All rows that were not sent, and the end.</summary>
    public ReadOnlyMemory<byte> Complete()
    {
        Row(EndOfRows);
        return _bytes.WrittenMemory;
    }

    private Span<byte> Column(int length)
    {
        var column = Take(4 + length);
        BinaryPrimitives.WriteInt32BigEndian(column, length);
        return column[4..];
    }

    private Span<byte> Take(int length)
    {
        var span = _bytes.GetSpan(length)[..length];
        _bytes.Advance(length);
        return span;
    }
}
