using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Dashboard;

/// <summary>What groups of a report add up to. Of several currencies there is an amount each.</summary>
internal sealed record Figures(long Clicks, long UniqueClicks, long Conversions, IReadOnlyList<Money> Revenue, IReadOnlyList<Money> Payout)
{
    public static Figures Of(IReadOnlyCollection<ReportGroup> groups) => new(
        groups.Sum(group => group.Clicks),
        groups.Sum(group => group.UniqueClicks),
        groups.Sum(group => group.Conversions),
        Add(groups.Select(group => group.Revenue)),
        Add(groups.Select(group => group.Payout)));

    private static List<Money> Add(IEnumerable<Money> amounts)
    {
        List<Money> sums = [.. amounts.GroupBy(money => money.Currency).OrderBy(all => all.Key, StringComparer.Ordinal).Select(all => new Money(all.Sum(money => money.Amount), all.Key))];

        // Nothing in a currency says nothing beside something in another.
        return sums.Exists(money => money.Amount != 0) ? sums.FindAll(money => money.Amount != 0) : sums[..Math.Min(1, sums.Count)];
    }
}
