namespace OrleansLinks.Journal;

/// <summary>Positions from one to another, both included.</summary>
internal readonly record struct PositionRange(long From, long To)
{
    public long Count => To - From + 1;
}

/// <summary>
/// Which positions are known to be lost. A position is counted once, however often its loss is met: when its record is
/// dropped, when a scan finds the gap, and again when the reader comes to it, perhaps after a restart. Ranges that
/// shipping has passed are remembered as a number only, for nobody comes to them again.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
internal sealed class LostRanges
{
    private readonly List<PositionRange> _ranges;
    private long _passed;
    private long _passedTo;

    public LostRanges(long passed, long passedTo, ReadOnlySpan<PositionRange> ranges)
    {
        (_passed, _passedTo) = (passed, passedTo);
        _ranges = new(ranges.Length);
        Count = passed;
        foreach (var range in ranges)
        {
            Add(range.From, range.To);
        }
    }

    /// <summary>How many positions are lost.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them are passed.</summary>
    public long Passed => _passed;

    /// <summary>Those not passed, ascending, none touching the next.</summary>
    public IReadOnlyList<PositionRange> Ranges => _ranges;

    /// <summary>Notes that positions are lost; returns how many of them were not known.</summary>
    public long Add(long from, long to)
    {
        from = Math.Max(from, _passedTo + 1);
        if (from > to)
        {
            return 0;
        }

        var fresh = to - from + 1;

        // The ranges that overlap or touch the new one become one with it. New ones are mostly the last.
        var end = _ranges.Count;
        while (end > 0 && _ranges[end - 1].From > to + 1)
        {
            end--;
        }

        var start = end;
        while (start > 0 && _ranges[start - 1].To >= from - 1)
        {
            var known = _ranges[--start];
            fresh -= Math.Max(0, Math.Min(to, known.To) - Math.Max(from, known.From) + 1);
            (from, to) = (Math.Min(from, known.From), Math.Max(to, known.To));
        }

        _ranges.RemoveRange(start, end - start);
        _ranges.Insert(start, new(from, to));
        Count += fresh;
        return fresh;
    }

    /// <summary>
    /// Passes all positions up to one, and those lost ones that follow it without a gap: nothing of them is to come.
    /// Returns the position that is so passed.
    /// </summary>
    public long Pass(long position)
    {
        var passed = 0;
        position = Math.Max(position, _passedTo);
        while (passed < _ranges.Count && _ranges[passed].From <= position + 1)
        {
            position = Math.Max(position, _ranges[passed].To);
            _passed += _ranges[passed++].Count;
        }

        if (passed > 0)
        {
            _ranges.RemoveRange(0, passed);
        }

        return _passedTo = position;
    }
}
