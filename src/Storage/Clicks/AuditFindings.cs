using OrleansLinks.Storage;

namespace OrleansLinks.Clicks;

/// <summary>What an audit has found so far.</summary>
internal sealed class AuditFindings
{
    /// <summary>Texts that a check gives at most.</summary>
    internal const int Most = 10;

    /// <summary>So many conversions are compared with their entries in each check, in a round over all.</summary>
    internal const int ConversionsPerCheck = 10_000;

    private static readonly string[] Measures = ["clicks", "unique clicks", "bot clicks", "clicks outside terms", "conversions", "ten-thousandths of revenue", "ten-thousandths of payout"];

    /// <summary>The first of the differences, in words.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>All differences added up without their sign.</summary>
    public long Drift { get; private set; }

    /// <summary>A counter by its scope, in words.</summary>
    public static string Name(string scope) => scope switch
    {
        "" => "a counter without a name",
        _ when scope.StartsWith(EntityId.Link, StringComparison.Ordinal) => $"link {scope}",
        _ when scope.StartsWith(EntityId.Task, StringComparison.Ordinal) => $"task {scope}",
        _ when scope.Contains('/', StringComparison.Ordinal) => $"partner's share {scope}",
        _ => $"campaign {scope}",
    };

    /// <summary>Compares what is counted with what clicks and conversions add up to.</summary>
    public void Add(string name, LedgerTally counted, LedgerTally kept)
    {
        Drift += LedgerTally.Distance(counted, kept);
        Add(name, Measures[0], counted.Clicks, kept.Clicks);
        Add(name, Measures[1], counted.Unique, kept.Unique);
        Add(name, Measures[2], counted.Bot, kept.Bot);
        Add(name, Measures[3], counted.OutsideTerms, kept.OutsideTerms);
        Add(name, Measures[4], counted.Conversions, kept.Conversions);
        Add(name, Measures[5], counted.Revenue, kept.Revenue);
        Add(name, Measures[6], counted.Payout, kept.Payout);
    }

    /// <summary>A conversion that is not the sum of its entries: its id, what it is, and the sum.</summary>
    public static (Guid Id, LedgerTally Is, LedgerTally Sum) ReadConversion(IRow row) => (
        row.Guid(),
        LedgerTally.OfConversion(row.Int64(), row.Int64(), row.Int64()),
        LedgerTally.OfConversion(row.Int64(), row.Int64(), row.Int64()));

    /// <summary>Notes conversions that are not the sum of their entries.</summary>
    public void AddConversions(IEnumerable<(Guid Id, LedgerTally Is, LedgerTally Sum)> different)
    {
        foreach (var (id, state, sum) in different)
            Add($"conversion {EntityId.From(EntityId.Conversion, id)}", state, sum);
    }

    /// <summary>Notes that sums are right and yet not all clicks are where they belong; how many cannot be told, so that it counts as one.</summary>
    public void AddMoved(string name)
    {
        Drift++;
        Add($"{name}: clicks are counted elsewhere than they belong, with the same sums");
    }

    private void Add(string name, string measure, long counted, long kept)
    {
        if (counted != kept)
            Add($"{name}: {counted} {measure} counted, {kept} kept");
    }

    private void Add(string text)
    {
        if (Texts.Count < Most)
            Texts.Add(text);
    }
}
