using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Links;

/// <summary>The five columns that links and clicks keep their reporting values in.</summary>
internal static class SqliteReportingValues
{
    /// <summary>Binds the next five parameters.</summary>
    public static SqliteStatement Bind(this SqliteStatement statement, ReportingValues values) => statement
        .Bind(values.SubId1).Bind(values.SubId2).Bind(values.SubId3).Bind(values.SharedId).Bind(values.Param);

    /// <summary>The next five columns.</summary>
    public static ReportingValues ReportingValues(this SqliteStatement row)
    {
        var values = new ReportingValues(
            row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull());
        return values == Links.ReportingValues.None ? Links.ReportingValues.None : values;
    }
}
