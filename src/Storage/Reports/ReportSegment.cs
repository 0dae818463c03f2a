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
///         seven lists of texts (link codes, countries, Sub ID 1, 2, 3, Shared ID, Param): 4 bytes their number, 4 bytes of
///         length, then 2 bytes of length and that much UTF-8 each; a column's number 0 is no text, 1 the first
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
    private readonly (int Offset, int Count)[] _texts = new (int, int)[TextLists];
    private readonly (int Offset, int Width)[] _columns = new (int, int)[Dimensions + Measures];

    /// <summary>Reads what <see cref="SegmentBuilder.Write"/> has written; what stands behind it is not looked at.</summary>
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
            var count = Count(ref at);
            var length = Count(ref at);
            _texts[list] = (at, count);
            at += length;
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

    /// <summary>How many texts a list has, with none at 0.</summary>
    public int CountOf(int list) => _texts[list].Count + 1;

    /// <summary>A list of texts, with none at 0.</summary>
    public string?[] TextsOf(int list)
    {
        var texts = new string?[CountOf(list)];
        var at = _texts[list].Offset;
        for (var i = 1; i < texts.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(_body.AsSpan(at));
            texts[i] = Encoding.UTF8.GetString(_body, at + 2, length);
            at += 2 + length;
        }

        return texts;
    }

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
        var codes = TextsOf(0);
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
                yield return (slots[i], Tasks[tasks[i]], codes[links[i]], new LedgerTally(
                    measures[0][i], measures[1][i], measures[2][i], measures[3][i], measures[4][i], measures[5][i], measures[6][i]));
            }
        }
    }

    /// <summary>Writes a segment.</summary>
    public static byte[] Write(IReadOnlyCollection<TaskIds> tasks, IReadOnlyCollection<string>[] texts, IReadOnlyCollection<KeyValuePair<ReportTuple, LedgerTally>> rows)
    {
        var columns = ColumnsOf(rows);
        var widths = Array.ConvertAll(columns, WidthOf);
        byte[][][] lists = [.. texts.Select(static list => list.Select(Encoding.UTF8.GetBytes).ToArray())];
        var body = new byte[9 + (tasks.Count * IdsLength) + lists.Sum(static list => 8 + list.Sum(static text => 2 + text.Length)) + widths.Sum(width => 1 + (width * rows.Count))];
        body[0] = Version;
        var at = 1;
        Put(rows.Count);
        Put(tasks.Count);
        foreach (var task in tasks)
        {
            task.Task.TryWriteBytes(body.AsSpan(at), bigEndian: true, out _);
            task.Campaign.TryWriteBytes(body.AsSpan(at + 16), bigEndian: true, out _);
            task.Partner.TryWriteBytes(body.AsSpan(at + 32), bigEndian: true, out _);
            at += IdsLength;
        }

        foreach (var list in lists)
        {
            Put(list.Length);
            Put(list.Sum(static text => 2 + text.Length));
            foreach (var text in list)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(at), checked((ushort)text.Length));
                text.CopyTo(body, at + 2);
                at += 2 + text.Length;
            }
        }

        for (var column = 0; column < columns.Length; column++)
        {
            body[at++] = (byte)widths[column];
            Pack(columns[column], widths[column], body.AsSpan(at));
            at += widths[column] * rows.Count;
        }

        return body;

        void Put(int number)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(at), number);
            at += 4;
        }
    }

    private static long[][] ColumnsOf(IReadOnlyCollection<KeyValuePair<ReportTuple, LedgerTally>> rows)
    {
        long[][] columns = [.. Enumerable.Range(0, Dimensions + Measures).Select(_ => new long[rows.Count])];
        var i = 0;
        foreach (var (tuple, tally) in rows)
        {
            columns[0][i] = tuple.Slot;
            columns[1][i] = tuple.Device;
            columns[2][i] = tuple.Task;
            columns[3][i] = tuple.Link;
            columns[4][i] = tuple.Country;
            columns[5][i] = tuple.SubId1;
            columns[6][i] = tuple.SubId2;
            columns[7][i] = tuple.SubId3;
            columns[8][i] = tuple.SharedId;
            columns[9][i] = tuple.Param;
            columns[10][i] = tally.Clicks;
            columns[11][i] = tally.Unique;
            columns[12][i] = tally.Bot;
            columns[13][i] = tally.OutsideTerms;
            columns[14][i] = tally.Conversions;
            columns[15][i] = tally.Revenue;
            columns[16][i++] = tally.Payout;
        }

        return columns;
    }

    private static int WidthOf(long[] column)
    {
        var (min, max) = (0L, 0L);
        foreach (var value in column)
            (min, max) = (Math.Min(min, value), Math.Max(max, value));

        return (min, max) switch
        {
            (0, 0) => 0,
            ( >= sbyte.MinValue, <= sbyte.MaxValue) => 1,
            ( >= short.MinValue, <= short.MaxValue) => 2,
            ( >= int.MinValue, <= int.MaxValue) => 4,
            _ => 8,
        };
    }

    private static void Pack(long[] column, int width, Span<byte> bytes)
    {
        for (var i = 0; i < column.Length && width > 0; i++)
        {
            var place = bytes[(i * width)..];
            switch (width)
            {
                case 1:
                    place[0] = (byte)column[i];
                    break;
                case 2:
                    BinaryPrimitives.WriteInt16LittleEndian(place, (short)column[i]);
                    break;
                case 4:
                    BinaryPrimitives.WriteInt32LittleEndian(place, (int)column[i]);
                    break;
                default:
                    BinaryPrimitives.WriteInt64LittleEndian(place, column[i]);
                    break;
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
