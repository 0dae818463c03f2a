using System.Globalization;
using System.Runtime.InteropServices;
using OrleansLinks.Reports;

namespace OrleansLinks.Clicks;

/// <summary>The clicks and conversions of a task in an hour, and those of them that have a link.</summary>
/// <param name="All">All of them.</param>
/// <param name="Linked">Those that have a link.</param>
/// <param name="LinkPrint">Of the links, where one is kept.</param>
internal record struct HourTally(LedgerTally All, LedgerTally Linked, AuditPrint LinkPrint)
{
    public static HourTally operator +(in HourTally a, in HourTally b) => new(a.All + b.All, a.Linked + b.Linked, a.LinkPrint + b.LinkPrint);
}

/// <summary>Compares the rollup of a day with what an auditor has folded by hour and task.</summary>
internal static class RollupComparison
{
    /// <summary>Compares a day.</summary>
    /// <param name="start">The Unix second at which the UTC day begins.</param>
    /// <param name="segments">The rollup.</param>
    /// <param name="kept">What was folded.</param>
    /// <param name="numberOf">By what number a link's print is; null where no prints are kept.</param>
    /// <param name="found">Gets what differs.</param>
    /// <returns>Whether nothing does.</returns>
    public static bool IsEqual(
        long start,
        IReadOnlyCollection<(SegmentKind Kind, ReportSegment Segment)> segments,
        Dictionary<(long Start, Guid Task), HourTally> kept,
        Func<string, long>? numberOf,
        AuditFindings found)
    {
        // What has reporting values is there twice, with them and without.
        var isEqual = IsEqual(Sum(start, segments, SegmentKind.Reduced, numberOf), kept, "", found);
        return segments.All(static segment => segment.Kind == SegmentKind.Plain)
            ? isEqual
            : IsEqual(Sum(start, segments, SegmentKind.Valued, numberOf), kept, " and reporting value", found) && isEqual;
    }

    private static Dictionary<(long Start, Guid Task), HourTally> Sum(
        long start, IEnumerable<(SegmentKind Kind, ReportSegment Segment)> segments, SegmentKind valued, Func<string, long>? numberOf)
    {
        var sums = new Dictionary<(long, Guid), HourTally>();
        foreach (var (_, segment) in segments.Where(segment => segment.Kind == SegmentKind.Plain || segment.Kind == valued))
        {
            foreach (var (slot, task, code, tally) in segment.Tallies())
            {
                var hour = start + (slot * ReportTuple.SecondsPerSlot / LedgerTime.SecondsPerHour * LedgerTime.SecondsPerHour);
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (hour, task.Task), out _);
                sum += code is null
                    ? new HourTally(tally, default, default)
                    : new HourTally(tally, tally, numberOf is null ? default : AuditPrint.Of(numberOf(code), tally));
            }
        }

        return sums;
    }

    private static bool IsEqual(
        Dictionary<(long Start, Guid Task), HourTally> counted, Dictionary<(long Start, Guid Task), HourTally> kept, string more, AuditFindings found)
    {
        var isEqual = true;
        foreach (var hour in counted.Keys.Union(kept.Keys))
        {
            var (has, should) = (counted.GetValueOrDefault(hour), kept.GetValueOrDefault(hour));
            if (has == should)
                continue;

            isEqual = false;
            var begin = DateTimeOffset.FromUnixTimeSeconds(hour.Start).UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            var name = $"hour from {begin} UTC of task {EntityId.From(EntityId.Task, hour.Task)}";
            found.Add($"{name}, by task{more}", has.All, should.All);
            found.Add($"{name}, by link{more}", has.Linked, should.Linked);
            if (has.Linked == should.Linked && has.LinkPrint != should.LinkPrint)
                found.AddMoved($"{name}, by link{more}");
        }

        return isEqual;
    }
}
