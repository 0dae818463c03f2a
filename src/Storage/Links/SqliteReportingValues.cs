using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Links;

/// <summary>The five columns that links and clicks keep their reporting values in.</summary>
internal static class SqliteReportingValues
{
    /// <summary>Binds the next five parameters.</summary>
    public static SqliteStatement Bind(this SqliteStatement statement, ReportingValues values) => statement
        .Bind(values.SubId1).Bind(values.SubId2).Bind(values.SubId3).Bind(values.SharedId).Bind(values.Param);
}
