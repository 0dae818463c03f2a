namespace OrleansLinks.Clicks;

/// <summary>What an audit has found so far.</summary>
internal sealed class AuditFindings
{
    /// <summary>Texts that a check gives at most.</summary>
    internal const int Most = 10;

    /// <summary>The first differences, in words.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>All differences added up without their sign.</summary>
    public long Drift { get; private set; }

    /// <summary>Adds what differs, if anything does.</summary>
    /// <param name="name">Of what.</param>
    /// <param name="counted">What its totals say.</param>
    /// <param name="kept">What its clicks say.</param>
    public void Add(string name, ClickTally counted, ClickTally kept)
    {
        Drift += ClickTally.Distance(counted, kept);
        Add(name, "clicks", counted.Clicks, kept.Clicks);
        Add(name, "unique clicks", counted.Unique, kept.Unique);
        Add(name, "bot clicks", counted.Bot, kept.Bot);
        Add(name, "clicks outside terms", counted.OutsideTerms, kept.OutsideTerms);
    }

    private void Add(string name, string measure, long counted, long kept)
    {
        if (counted != kept && Texts.Count < Most)
            Texts.Add($"{name}: {counted} {measure} counted, {kept} kept");
    }
}
