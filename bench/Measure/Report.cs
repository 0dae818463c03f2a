namespace OrleansLinks.Bench;

/// <summary>What was measured, for the script that makes the table.</summary>
internal static class Report
{
    /// <summary>A row of the table.</summary>
    public static void Row(string what, string measured, string target = "", bool? isMet = null) =>
        Console.WriteLine($"{what}\t{measured}\t{target}\t{isMet switch { true => "yes", false => "**no**", null => "" }}");
}

/// <summary>Times in milliseconds; several threads may add.</summary>
internal sealed class Times
{
    private readonly Lock _gate = new();
    private readonly List<double> _all = [];
    private bool _isSorted;

    public int Count => _all.Count;

    public void Add(TimeSpan time)
    {
        lock (_gate)
        {
            _all.Add(time.TotalMilliseconds);
            _isSorted = false;
        }
    }

    /// <summary>What that part of the times, from 0 to 1, was at most.</summary>
    public double At(double part)
    {
        lock (_gate)
        {
            if (_all.Count == 0)
            {
                return double.NaN;
            }

            if (!_isSorted)
            {
                _all.Sort();
                _isSorted = true;
            }

            return _all[Math.Clamp((int)Math.Ceiling(part * _all.Count) - 1, 0, _all.Count - 1)];
        }
    }

    /// <summary>Those that were longer, added up.</summary>
    public double SumOver(double milliseconds)
    {
        lock (_gate)
        {
            return _all.Where(time => time > milliseconds).Sum();
        }
    }
}
