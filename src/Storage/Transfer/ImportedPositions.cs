using OrleansLinks.Clicks;

namespace OrleansLinks.Transfer;

/// <summary>
/// The positions that clicks, or entries of conversions, get in their shards: in the order of their numbers in SQLite, which is that of commits
/// there. What was read there up to a number has been read up to a position in each shard.
/// </summary>
/// <param name="first">What the positions of each shard follow on.</param>
/// <param name="reportedTo">The number up to which rollups have taken rows up.</param>
/// <param name="toldTo">The number up to which webhooks' events have been made of rows.</param>
internal sealed class ImportedPositions(long[] first, long reportedTo, long toldTo)
{
    private const int PositionBits = 48;

    private readonly long[] _last = [.. first];
    private readonly long[] _reported = [.. first];
    private readonly long[] _told = [.. first];
    private readonly Dictionary<(short Shard, int Day), (long First, long Last)> _days = [];

    /// <summary>The last position of each shard.</summary>
    public long[] Last => _last;

    /// <summary>Up to where the rollups have taken up each shard.</summary>
    public long[] Reported => _reported;

    /// <summary>Up to where webhooks' events have been made of each shard.</summary>
    public long[] Told => _told;

    /// <summary>Of which positions clicks of a day are.</summary>
    public IReadOnlyDictionary<(short Shard, int Day), (long First, long Last)> Days => _days;

    /// <summary>Positions of clicks, which have their shard in their high bits.</summary>
    public static ImportedPositions OfClicks(long reportedTo, long toldTo) =>
        new([.. Enumerable.Range(0, LedgerOrder.Shards).Select(shard => (long)shard << PositionBits)], reportedTo, toldTo);

    /// <summary>Positions of entries, also of those that are not attributed, in shards of their own.</summary>
    public static ImportedPositions OfEntries(long reportedTo, long toldTo) => new(new long[2 * LedgerOrder.Shards], reportedTo, toldTo);

    /// <summary>The position of the next row of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="number">Its number in SQLite, greater than those before.</param>
    public long Next(short shard, long number)
    {
        var position = ++_last[shard];
        if (number <= reportedTo)
            _reported[shard] = position;

        if (number <= toldTo)
            _told[shard] = position;

        return position;
    }

    /// <inheritdoc cref="Next(short, long)"/>
    public long Next(short shard, long number, Guid click)
    {
        var position = Next(shard, number);
        var key = (shard, LedgerOrder.DayOf(click));
        _days[key] = (_days.TryGetValue(key, out var day) ? day.First : position, position);
        return position;
    }
}
