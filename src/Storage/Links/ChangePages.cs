using System.Collections.Immutable;

namespace OrleansLinks.Links;

/// <summary>What the feeds of both databases have in common.</summary>
internal static class ChangePages
{
    /// <summary>How long a change is kept at least. Edges read the feed every second or so.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    /// <summary>A part of a feed whose numbers have no holes.</summary>
    /// <param name="place">After which number it begins.</param>
    /// <param name="end">The number of the feed's last change.</param>
    /// <param name="rows">The changes after the place that there are, as many as fit.</param>
    public static ChangePage Of(long place, long end, ImmutableArray<(long Seq, string Id)> rows)
    {
        if (place > end)
            return new ChangePage([], end, HasGap: true);

        var next = rows.IsEmpty ? end : rows[^1].Seq;
        var first = rows.IsEmpty ? end + 1 : rows[0].Seq;
        return new ChangePage([.. rows.Select(row => row.Id).Distinct()], next, HasGap: first > place + 1);
    }
}
