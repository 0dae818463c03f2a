namespace OrleansLinks.Storage;

/// <summary>A row that a query answered, read column by column; each call reads the next.</summary>
internal interface IRow
{
    /// <summary>Whether the next column is null; it stays the next.</summary>
    bool IsNull { get; }

    long Int64();

    int Int32();

    int? Int32OrNull();

    long? Int64OrNull();

    bool Boolean();

    /// <summary>Kept as Unix milliseconds.</summary>
    DateTimeOffset Time();

    Guid Guid();

    Guid? GuidOrNull();

    string Text();

    string? TextOrNull();

    byte[] Bytes();
}

/// <summary>Ids of the API, kept as the 128 bits that they spell.</summary>
internal static class RowIds
{
    /// <summary>The next column, an id.</summary>
    public static string Id(this IRow row, string prefix) => EntityId.From(prefix, row.Guid());

    /// <inheritdoc cref="Id"/>
    public static string? IdOrNull(this IRow row, string prefix) =>
        row.GuidOrNull() is { } value ? EntityId.From(prefix, value) : null;
}
