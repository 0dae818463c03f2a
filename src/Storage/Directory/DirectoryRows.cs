using OrleansLinks.Storage;

namespace OrleansLinks.Directory;

/// <summary>Entries of lists as both databases answer them.</summary>
internal static class DirectoryRows
{
    /// <summary>An entry, and whether its id has a name.</summary>
    public static (DirectoryEntry Entry, bool HasName) Read(IRow row) => (new DirectoryEntry(row.Text(), row.Text()), row.Boolean());

    /// <summary>Those of the entries without a name.</summary>
    public static NamelessPage NamelessOf(IReadOnlyList<(DirectoryEntry Entry, bool HasName)> rows, int limit) => new(
        [.. rows.Where(row => !row.HasName).Select(row => row.Entry.Id).Distinct()],
        rows.Count == limit ? rows[^1].Entry : null);
}
