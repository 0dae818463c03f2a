using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>What clicks add up to.</summary>
internal readonly record struct ClickTally(long Clicks, long Unique, long Bot, long OutsideTerms)
{
    /// <summary>The columns of a tally, in the order of its numbers, in every table that has one.</summary>
    public const string Columns = "clicks, unique_clicks, bot_clicks, outside_terms_clicks";

    public static ClickTally OfOne(bool isUnique, bool isBot, bool isOutsideTerms) =>
        new(1, isUnique ? 1 : 0, isBot ? 1 : 0, isOutsideTerms ? 1 : 0);

    public static ClickTally operator +(ClickTally a, ClickTally b) =>
        new(a.Clicks + b.Clicks, a.Unique + b.Unique, a.Bot + b.Bot, a.OutsideTerms + b.OutsideTerms);

    /// <summary>All differences added up without their sign.</summary>
    public static long Distance(ClickTally a, ClickTally b) =>
        Math.Abs(a.Clicks - b.Clicks) + Math.Abs(a.Unique - b.Unique) + Math.Abs(a.Bot - b.Bot) + Math.Abs(a.OutsideTerms - b.OutsideTerms);

    /// <summary>The next four columns.</summary>
    public static ClickTally Read(IRow row) => new(row.Int64(), row.Int64(), row.Int64(), row.Int64());
}

/// <summary>How tallies are bound, and added to those that are there.</summary>
internal static class SqliteTallies
{
    /// <summary>What an insertion does to the tally that has its key.</summary>
    public const string Added =
        """
        clicks = clicks + excluded.clicks,
        unique_clicks = unique_clicks + excluded.unique_clicks,
        bot_clicks = bot_clicks + excluded.bot_clicks,
        outside_terms_clicks = outside_terms_clicks + excluded.outside_terms_clicks
        """;

    /// <summary>Binds the next four parameters.</summary>
    public static SqliteStatement Bind(this SqliteStatement statement, in ClickTally tally) =>
        statement.Bind(tally.Clicks).Bind(tally.Unique).Bind(tally.Bot).Bind(tally.OutsideTerms);
}
