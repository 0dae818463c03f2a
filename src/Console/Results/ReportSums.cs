using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Reports;

/// <summary>What groups of a report add up to. Money of several currencies is an amount each.</summary>
public sealed record ReportSums(
    long Clicks, long UniqueClicks, long BotClicks, long OutsideTermsClicks, long Conversions, IReadOnlyList<Money> Revenue, IReadOnlyList<Money> Payout)
{
    /// <summary>Adds groups up.</summary>
    /// <param name="groups">The groups.</param>
    public static ReportSums Of(IEnumerable<ReportGroup> groups)
    {
        var all = groups as IReadOnlyCollection<ReportGroup> ?? [.. groups];
        return new ReportSums(
            all.Sum(group => group.Clicks),
            all.Sum(group => group.UniqueClicks),
            all.Sum(group => group.BotClicks),
            all.Sum(group => group.OutsideTermsClicks),
            all.Sum(group => group.Conversions),
            Add(all.Select(group => group.Revenue)),
            Add(all.Select(group => group.Payout)));
    }

    /// <summary>A measure as a number to compare by.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="currency">The currency of money that is meant; null for the first that there is.</param>
    public decimal ValueOf(Measure measure, string? currency = null) => measure switch
    {
        Measure.Clicks => Clicks,
        Measure.UniqueClicks => UniqueClicks,
        Measure.Conversions => Conversions,
        _ => (measure == Measure.Revenue ? Revenue : Payout).FirstOrDefault(money => currency is null || money.Currency == currency)?.Amount ?? 0m,
    };

    /// <summary>What stands between amounts in several currencies.</summary>
    public const string Separator = " · ";

    /// <summary>A measure as it is written on the page.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="currency">The currency in which no money is written; null where none is known.</param>
    public string Write(Measure measure, string? currency) => measure switch
    {
        Measure.Revenue => Write(Revenue, currency),
        Measure.Payout => Write(Payout, currency),
        _ => Layout.Viewer.Number((long)ValueOf(measure)),
    };

    /// <summary>Whether a measure is money.</summary>
    public static bool IsMoney(Measure measure) => measure is Measure.Revenue or Measure.Payout;

    private static string Write(IReadOnlyList<Money> amounts, string? currency) =>
        amounts.Count > 0 ? string.Join(Separator, amounts.Select(Layout.Viewer.Money))
        : currency is not null ? Layout.Viewer.Money(new Money(0m, currency))
        : Layout.Viewer.Number(0);

    private static List<Money> Add(IEnumerable<Money> amounts) =>
        [.. amounts.GroupBy(money => money.Currency).OrderBy(all => all.Key, StringComparer.Ordinal).Select(all => new Money(all.Sum(money => money.Amount), all.Key))];
}
