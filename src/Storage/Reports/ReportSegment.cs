using System.Buffers.Binary;
using System.Text;
using OrleansLinks.Clicks;

namespace OrleansLinks.Reports;

/// <summary>A UTC day of a program's clicks and conversions, by days since 1970.</summary>
internal readonly record struct ReportDay(Guid Program, int Day);

/// <summary>A task and what it belongs to.</summary>
internal readonly record struct TaskIds(Guid Task, Guid Campaign, Guid Partner);

/// <summary>What a segment has of its day.</summary>
internal enum SegmentKind
{
    /// <summary>What has no reporting value at all.</summary>
    Plain,

    /// <summary>What has one, by its reporting values.</summary>
    Valued,

    /// <summary>The same as <see cref="Valued"/> without them: as many rows as there are links, places and times, however many values partners make up.</summary>
    Reduced,
}

/// <summary>
/// What clicks and conversions are told apart by. The slot is the quarter of an hour of the UTC day, from 0: every time zone's hours
/// begin with one. The device is a <see cref="DeviceClass"/>; task and texts go by their numbers in the segment, where 0 is no text.
/// </summary>
internal readonly record struct ReportTuple(int Slot, int Device, int Task, int Link, int Country, int SubId1, int SubId2, int SubId3, int SharedId, int Param)
{
    public const long SecondsPerSlot = 15 * 60;
    public const int SlotsPerDay = (int)(LedgerTime.SecondsPerDay / SecondsPerSlot);

    public override int GetHashCode() => HashCode.Combine(Slot | (Device << 8) | (Country << 12), Task, Link, SubId1, SubId2, SubId3, SharedId, Param);
}

/// <summary>
/// Part of a rollup: what a day of a program adds up to by <see cref="ReportTuple"/>, column by column, so that a report reads the
/// columns that it asks for and nothing else. Segments are never changed; small ones are replaced by one that has them all.
/// </summary>
/// <remarks>
/// Version 1, numbers little-endian:
/// <code>
/// 0   1   version (1)
/// 1   4   rows
/// 5   4   tasks, then 48 bytes each: ids of task, campaign and partner in network order
///         seven lists of texts (link codes, countries, Sub ID 1, 2, 3, Shared ID, Param): 4 bytes their number, then
///         2 bytes of length and that much UTF-8 each; a column's number 0 is no text, 1 the first
///         17 columns (those of ReportTuple, then the measures of LedgerTally): 1 byte the width w of 0, 1, 2, 4 or 8, then
///         w bytes a row; a column of width 0 is all 0
/// </code>
/// </remarks>
internal sealed class ReportSegment
{
    /// <summary>Columns of a tuple.</summary>
    public const int Dimensions = 10;

    /// <summary>Columns of a tally.</summary>
    public const int Measures = 7;

    /// <summary>Lists of texts.</summary>
    public const int TextLists = 7;

    private const byte Version = 1;
    private const int IdsLength = 48;

    private readonly byte[] _body;
    private readonly (int Offset, int Width)[] _columns = new (int, int)[Dimensions + Measures];

    /// <summary>Reads what <see cref="SegmentBuilder.Write"/> has written.</summary>
    /// <exception cref="FormatException">It is of a newer version.</exception>
    public ReportSegment(byte[] body)
    {
        if (body[0] != Version)
            throw new FormatException($"A part of the rollups has version {body[0]}, and this program knows version {Version}: start a newer program.");

        _body = body;
        Rows = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(1));
        var at = 5;
        Tasks = new TaskIds[Count(ref at)];
        for (var i = 0; i < Tasks.Length; i++, at += IdsLength)
            Tasks[i] = new TaskIds(Id(at), Id(at + 16), Id(at + 32));

        for (var list = 0; list < TextLists; list++)
        {
            Texts[list] = new string?[Count(ref at) + 1];
            for (var i = 1; i < Texts[list].Length; i++)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(at));
                Texts[list][i] = Encoding.UTF8.GetString(body, at + 2, length);
                at += 2 + length;
            }
        }

        for (var column = 0; column < _columns.Length; column++)
        {
            _columns[column] = (at + 1, body[at]);
            at += 1 + (Rows * body[at]);
        }
    }

    /// <summary>How many rows it has.</summary>
    public int Rows { get; }

    public TaskIds[] Tasks { get; }

    /// <summary>The lists of texts, each with none at 0: link codes, countries, Sub ID 1, 2, 3, Shared ID, Param.</summary>
    public string?[][] Texts { get; } = new string?[TextLists][];

    /// <summary>Whether a column is 0 in all rows.</summary>
    public bool IsZero(int column) => _columns[column].Width == 0;

    /// <summary>Reads a column's rows from one on, as many as there is room for.</summary>
    public void Read(int column, int first, Span<int> values)
    {
        var (offset, width) = _columns[column];
        var bytes = _body.AsSpan(offset + (first * width), values.Length * width);
        switch (width)
        {
            case 0:
                values.Clear();
                break;
            case 1:
                for (var i = 0; i < values.Length; i++)
                    values[i] = (sbyte)bytes[i];
                break;
            case 2:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]);
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                    values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
                break;
        }
    }

    /// <inheritdoc cref="Read(int, int, Span{int})"/>
    public void Read(int column, int first, Span<long> values)
    {
        var (offset, width) = _columns[column];
        if (width == sizeof(long))
        {
            var bytes = _body.AsSpan(offset + (first * width));
            for (var i = 0; i < values.Length; i++)
                values[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * i)..]);
            return;
        }

        Span<int> narrow = stackalloc int[values.Length];
        Read(column, first, narrow);
        for (var i = 0; i < values.Length; i++)
            values[i] = narrow[i];
    }

    /// <summary>Its rows by what counters are kept of.</summary>
    public IEnumerable<(int Slot, TaskIds Task, string? LinkCode, LedgerTally Tally)> Tallies()
    {
        const int AtOnce = 256;
        var (slots, tasks, links) = (new int[AtOnce], new int[AtOnce], new int[AtOnce]);
        long[][] measures = [.. Enumerable.Range(0, Measures).Select(_ => new long[AtOnce])];
        for (var first = 0; first < Rows; first += AtOnce)
        {
            var length = Math.Min(AtOnce, Rows - first);
            Read(0, first, slots.AsSpan(0, length));
            Read(2, first, tasks.AsSpan(0, length));
            Read(3, first, links.AsSpan(0, length));
            for (var measure = 0; measure < Measures; measure++)
                Read(Dimensions + measure, first, measures[measure].AsSpan(0, length));

            for (var i = 0; i < length; i++)
            {
                yield return (slots[i], Tasks[tasks[i]], Texts[0][links[i]], new LedgerTally(
                    measures[0][i], measures[1][i], measures[2][i], measures[3][i], measures[4][i], measures[5][i], measures[6][i]));
            }
        }
    }

    /// <summary>Writes a segment.</summary>
    public static byte[] Write(IReadOnlyCollection<TaskIds> tasks, IReadOnlyCollection<string>[] texts, IReadOnlyCollection<KeyValuePair<ReportTuple, LedgerTally>> rows)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(rows.Count);
        writer.Write(tasks.Count);
        Span<byte> ids = stackalloc byte[IdsLength];
        foreach (var task in tasks)
        {
            task.Task.TryWriteBytes(ids, bigEndian: true, out _);
            task.Campaign.TryWriteBytes(ids[16..], bigEndian: true, out _);
            task.Partner.TryWriteBytes(ids[32..], bigEndian: true, out _);
            writer.Write(ids);
        }

        foreach (var list in texts)
        {
            writer.Write(list.Count);
            foreach (var text in list)
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                writer.Write(checked((ushort)bytes.Length));
                writer.Write(bytes);
            }
        }

        WriteColumn(static row => row.Key.Slot);
        WriteColumn(static row => row.Key.Device);
        WriteColumn(static row => row.Key.Task);
        WriteColumn(static row => row.Key.Link);
        WriteColumn(static row => row.Key.Country);
        WriteColumn(static row => row.Key.SubId1);
        WriteColumn(static row => row.Key.SubId2);
        WriteColumn(static row => row.Key.SubId3);
        WriteColumn(static row => row.Key.SharedId);
        WriteColumn(static row => row.Key.Param);
        WriteColumn(static row => row.Value.Clicks);
        WriteColumn(static row => row.Value.Unique);
        WriteColumn(static row => row.Value.Bot);
        WriteColumn(static row => row.Value.OutsideTerms);
        WriteColumn(static row => row.Value.Conversions);
        WriteColumn(static row => row.Value.Revenue);
        WriteColumn(static row => row.Value.Payout);
        writer.Flush();
        return stream.ToArray();

        void WriteColumn(Func<KeyValuePair<ReportTuple, LedgerTally>, long> read)
        {
            var (min, max) = (0L, 0L);
            foreach (var row in rows)
            {
                var value = read(row);
                (min, max) = (Math.Min(min, value), Math.Max(max, value));
            }

            var width = (min, max) switch
            {
                (0, 0) => 0,
                ( >= sbyte.MinValue, <= sbyte.MaxValue) => 1,
                ( >= short.MinValue, <= short.MaxValue) => 2,
                ( >= int.MinValue, <= int.MaxValue) => 4,
                _ => 8,
            };
            writer.Write((byte)width);
            Span<byte> value64 = stackalloc byte[8];
            foreach (var row in rows)
            {
                BinaryPrimitives.WriteInt64LittleEndian(value64, read(row));
                writer.Write(value64[..width]);
            }
        }
    }

    private int Count(ref int at)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(_body.AsSpan(at));
        at += 4;
        return count;
    }

    private Guid Id(int at) => new(_body.AsSpan(at, 16), bigEndian: true);
}
