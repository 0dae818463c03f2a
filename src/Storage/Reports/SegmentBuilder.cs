using System.Runtime.InteropServices;
using OrleansLinks.Clicks;
using OrleansLinks.Links;

namespace OrleansLinks.Reports;

/// <summary>Adds up what becomes a segment.</summary>
internal sealed class SegmentBuilder
{
    private readonly OrderedDictionary<TaskIds, int> _tasks = [];
    private readonly TextNumbers[] _texts = TextNumbers.ForSegment();
    private readonly Dictionary<ReportTuple, LedgerTally> _rows = [];

    /// <summary>How many rows it has so far.</summary>
    public int Rows => _rows.Count;

    /// <summary>Adds a tally.</summary>
    /// <param name="facts">What it is of.</param>
    /// <param name="values">The reporting values; null to leave them out.</param>
    /// <param name="tally">The tally.</param>
    public void Add(in ReportFacts facts, ReportingValues? values, in LedgerTally tally) => Add(
        new ReportTuple(
            facts.Slot,
            facts.Device,
            NumberOf(facts.Task),
            _texts[0].Of(facts.LinkCode),
            _texts[1].Of(facts.Country),
            _texts[2].Of(values?.SubId1),
            _texts[3].Of(values?.SubId2),
            _texts[4].Of(values?.SubId3),
            _texts[5].Of(values?.SharedId),
            _texts[6].Of(values?.Param)),
        tally);

    /// <summary>Adds all of a segment.</summary>
    public void Add(ReportSegment segment)
    {
        const int AtOnce = 256;
        int[] tasks = [.. segment.Tasks.Select(NumberOf)];
        int[][] texts = [.. Enumerable.Range(0, ReportSegment.TextLists).Select(list => Array.ConvertAll(segment.TextsOf(list), _texts[list].Of))];
        var tuples = new int[ReportSegment.Dimensions][];
        var tallies = new long[ReportSegment.Measures][];
        for (var first = 0; first < segment.Rows; first += AtOnce)
        {
            var length = Math.Min(AtOnce, segment.Rows - first);
            for (var column = 0; column < tuples.Length; column++)
                segment.Read(column, first, (tuples[column] ??= new int[AtOnce]).AsSpan(0, length));

            for (var column = 0; column < tallies.Length; column++)
                segment.Read(tuples.Length + column, first, (tallies[column] ??= new long[AtOnce]).AsSpan(0, length));

            for (var i = 0; i < length; i++)
            {
                Add(
                    new ReportTuple(
                        tuples[0][i], tuples[1][i], tasks[tuples[2][i]], texts[0][tuples[3][i]], texts[1][tuples[4][i]],
                        texts[2][tuples[5][i]], texts[3][tuples[6][i]], texts[4][tuples[7][i]], texts[5][tuples[8][i]], texts[6][tuples[9][i]]),
                    new LedgerTally(tallies[0][i], tallies[1][i], tallies[2][i], tallies[3][i], tallies[4][i], tallies[5][i], tallies[6][i]));
            }
        }
    }

    /// <summary>The segment.</summary>
    public byte[] Write() => ReportSegment.Write(_tasks.Keys, [.. _texts.Select(static texts => texts.All)], _rows);

    private void Add(in ReportTuple tuple, in LedgerTally tally) => CollectionsMarshal.GetValueRefOrAddDefault(_rows, tuple, out _) += tally;

    private int NumberOf(TaskIds task)
    {
        _tasks.TryAdd(task, 0, out var number);
        return number;
    }
}

/// <summary>What a click, or an entry of a conversion, is told apart by, its reporting values aside.</summary>
/// <param name="Program">The program.</param>
/// <param name="Task">The task.</param>
/// <param name="LinkCode">The link; null for one that was put together by hand.</param>
/// <param name="Start">The Unix second at which the quarter of an hour begins.</param>
/// <param name="Country">The visitor's country; null where it is not known.</param>
/// <param name="Device">A <see cref="DeviceClass"/>.</param>
internal readonly record struct ReportFacts(Guid Program, TaskIds Task, string? LinkCode, long Start, string? Country, int Device)
{
    public ReportDay Day => new(Program, LedgerTime.DayNumberOf(Start));

    public int Slot => (int)((Start - LedgerTime.DayOf(Start)) / ReportTuple.SecondsPerSlot);
}

/// <summary>New clicks and entries on their way into segments: of each day of a program, a builder a kind.</summary>
internal sealed class ReportPiece
{
    private readonly Dictionary<(ReportDay Day, SegmentKind Kind), SegmentBuilder> _builders = [];

    /// <summary>The builders that something was added to.</summary>
    public IEnumerable<KeyValuePair<(ReportDay Day, SegmentKind Kind), SegmentBuilder>> Builders => _builders;

    /// <summary>Adds a tally to the segments that it belongs to.</summary>
    public void Add(in ReportFacts facts, ReportingValues values, in LedgerTally tally)
    {
        if (values == ReportingValues.None)
        {
            Of(facts.Day, SegmentKind.Plain).Add(facts, null, tally);
            return;
        }

        Of(facts.Day, SegmentKind.Valued).Add(facts, values, tally);
        Of(facts.Day, SegmentKind.Reduced).Add(facts, null, tally);
    }

    /// <summary>What was added of a day, as segments.</summary>
    public IEnumerable<(SegmentKind Kind, ReportSegment Segment)> Of(ReportDay day) => Enum.GetValues<SegmentKind>()
        .Where(kind => _builders.ContainsKey((day, kind)))
        .Select(kind => (kind, new ReportSegment(_builders[(day, kind)].Write())));

    private SegmentBuilder Of(ReportDay day, SegmentKind kind)
    {
        ref var builder = ref CollectionsMarshal.GetValueRefOrAddDefault(_builders, (day, kind), out _);
        return builder ??= new SegmentBuilder();
    }
}

/// <summary>Which segments a new one takes up.</summary>
internal static class SegmentMerging
{
    /// <summary>Rows beyond which a segment is left alone, since to merge it would cost more than to read it.</summary>
    private const int MaxRows = 1 << 18;

    /// <summary>
    /// Those that are at most twice as large as what they are merged with, the smallest first: each row is then written again as often
    /// as its segment doubles, and a day has as many segments as its rows have binary digits.
    /// </summary>
    /// <param name="rows">Rows of the new segment.</param>
    /// <param name="segments">The others, with their rows, the smallest first.</param>
    public static List<long> Choose(int rows, IEnumerable<(long Number, int Rows)> segments)
    {
        var chosen = new List<long>();
        foreach (var segment in segments)
        {
            if (segment.Rows > 2 * rows || rows + segment.Rows > MaxRows)
                break;

            rows += segment.Rows;
            chosen.Add(segment.Number);
        }

        return chosen;
    }
}
