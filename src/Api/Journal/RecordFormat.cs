using System.Buffers.Binary;
using System.IO.Hashing;

namespace OrleansLinks.Journal;

/// <summary>Records and segment headers as bytes.</summary>
/// <remarks>
/// Numbers are little-endian.
/// <code>
/// segment header          record
/// 0   8  magic            0   8  XxHash3 of all that follows in the record
/// 8   4  version (1)      8   4  length of the payload, 1 to 16,384
/// 12  4  0                12  8  position, from 1
/// 16  8  first position   20     payload
/// 24  8  XxHash3 of 0–23
/// </code>
/// The checksum comes first so that what it covers lies in one piece. A record names its position, and so a reader that
/// lost its way knows where it is at the next valid record.
/// </remarks>
internal static class RecordFormat
{
    public const int SegmentHeaderLength = 32;
    public const int HeaderLength = 20;

    /// <summary>Most bytes of a payload.</summary>
    public const int MaxPayload = 16 * 1024;

    /// <summary>Most bytes of a record.</summary>
    public const int MaxLength = HeaderLength + MaxPayload;

    private const ulong Magic = 0x534B_4349_4C43_4C4F; // "OLCLICKS"
    private const uint Version = 1;

    /// <summary>Writes a record but for its checksum, which <see cref="Seal"/> adds.</summary>
    public static void Write(Span<byte> destination, long position, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(destination[12..], position);
        payload.CopyTo(destination[HeaderLength..]);
    }

    /// <summary>Adds the checksums to records that lie one behind the other.</summary>
    public static void Seal(Span<byte> records)
    {
        while (!records.IsEmpty)
        {
            var length = HeaderLength + BinaryPrimitives.ReadInt32LittleEndian(records[8..]);
            BinaryPrimitives.WriteUInt64LittleEndian(records, XxHash3.HashToUInt64(records[8..length]));
            records = records[length..];
        }
    }

    /// <summary>Whether a whole and valid record begins here.</summary>
    /// <param name="bytes">The bytes from here on.</param>
    /// <param name="position">The record's position.</param>
    /// <param name="length">The record's length with its header.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out long position, out int length)
    {
        (position, length) = (0, 0);
        if (bytes.Length <= HeaderLength)
        {
            return false;
        }

        var payload = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (payload is 0 or > MaxPayload || bytes.Length < HeaderLength + (int)payload)
        {
            return false;
        }

        position = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]);
        length = HeaderLength + (int)payload;
        return position > 0 && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == XxHash3.HashToUInt64(bytes[8..length]);
    }

    /// <summary>Writes a segment's header.</summary>
    public static void WriteSegmentHeader(Span<byte> destination, long first)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], first);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], XxHash3.HashToUInt64(destination[..24]));
    }

    /// <summary>Reads a segment's header; false when it is damaged.</summary>
    /// <exception cref="JournalException">A newer version of the program wrote it.</exception>
    public static bool TryReadSegmentHeader(ReadOnlySpan<byte> bytes, string path, out long first)
    {
        first = 0;
        if (bytes.Length < SegmentHeaderLength
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) != XxHash3.HashToUInt64(bytes[..24])
            || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != Version)
        {
            throw new JournalException($"The journal segment '{path}' has format version {version}, this program knows {Version}: run the version that wrote it until all is shipped, or choose another folder with the setting {JournalSettings.FolderSetting}.");
        }

        first = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        return true;
    }
}
