namespace OrleansLinks.Storage.Sqlite;

/// <summary>Ids of the API are kept as the 16 bytes that they spell, which halves a link's row and its indexes.</summary>
internal static class SqliteIds
{
    /// <summary>Binds the next parameter to an id.</summary>
    /// <exception cref="FormatException">It is no well-formed id with that prefix.</exception>
    public static SqliteStatement BindId(this SqliteStatement statement, string? id, string prefix) =>
        id is null ? statement.BindNull() : statement.Bind(EntityId.Parse(id, prefix));
}
