using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>What clicks and conversions add up to; money in units of <see cref="Conversions.MoneyUnits"/>.</summary>
internal readonly record struct LedgerTally(long Clicks, long Unique, long Bot, long OutsideTerms, long Conversions, long Revenue, long Payout)
{
    /// <summary>The columns of a tally, in the order of its numbers, in every table that has one.</summary>
    public const string Columns = "clicks, unique_clicks, bot_clicks, outside_terms_clicks, conversions, revenue, payout";

    /// <summary>The columns of the part that has a link, where both are kept in a row.</summary>
    public static readonly string LinkedColumns = ForEachColumn(static column => $"linked_{column}");

    public static LedgerTally OfClick(bool isUnique, bool isBot, bool isOutsideTerms) =>
        new(1, isUnique ? 1 : 0, isBot ? 1 : 0, isOutsideTerms ? 1 : 0, 0, 0, 0);

    public static LedgerTally OfConversion(long conversions, long revenue, long payout) => new(0, 0, 0, 0, conversions, revenue, payout);

    public static LedgerTally operator +(in LedgerTally a, in LedgerTally b) => new(
        a.Clicks + b.Clicks, a.Unique + b.Unique, a.Bot + b.Bot, a.OutsideTerms + b.OutsideTerms,
        a.Conversions + b.Conversions, a.Revenue + b.Revenue, a.Payout + b.Payout);

    /// <summary>Something for each column, with commas in between.</summary>
    public static string ForEachColumn(Func<string, string> text) => string.Join(", ", Columns.Split(", ").Select(text));

    /// <summary>All differences added up without their sign.</summary>
    public static long Distance(in LedgerTally a, in LedgerTally b) =>
        Math.Abs(a.Clicks - b.Clicks) + Math.Abs(a.Unique - b.Unique) + Math.Abs(a.Bot - b.Bot) + Math.Abs(a.OutsideTerms - b.OutsideTerms)
        + Math.Abs(a.Conversions - b.Conversions) + Math.Abs(a.Revenue - b.Revenue) + Math.Abs(a.Payout - b.Payout);

    /// <summary>The next seven columns.</summary>
    public static LedgerTally Read(IRow row) =>
        new(row.Int64(), row.Int64(), row.Int64(), row.Int64(), row.Int64(), row.Int64(), row.Int64());
}

/// <summary>How tallies are bound, and added to those that are there.</summary>
internal static class SqliteTallies
{
    /// <summary>Parameters of a tally.</summary>
    public const string Parameters = "?, ?, ?, ?, ?, ?, ?";

    /// <summary>What an insertion does to the tally that has its key.</summary>
    public const string Added =
        """
        clicks = clicks + excluded.clicks,
        unique_clicks = unique_clicks + excluded.unique_clicks,
        bot_clicks = bot_clicks + excluded.bot_clicks,
        outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks,
        conversions = conversions + excluded.conversions,
        revenue = revenue + excluded.revenue,
        payout = payout + excluded.payout
        """;

    /// <summary>Binds the next seven parameters.</summary>
    public static SqliteStatement Bind(this SqliteStatement statement, in LedgerTally tally) => statement
        .Bind(tally.Clicks).Bind(tally.Unique).Bind(tally.Bot).Bind(tally.OutsideTerms)
        .Bind(tally.Conversions).Bind(tally.Revenue).Bind(tally.Payout);
}
