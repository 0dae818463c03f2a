using System.Collections.Immutable;

namespace OrleansLinks.Directory;

/// <summary>An id on a list.</summary>
/// <param name="List">The list's name, from <see cref="DirectoryLists"/>.</param>
/// <param name="Id">The id.</param>
public readonly record struct DirectoryEntry(string List, string Id);

/// <summary>Lists of ids, sorted by id, in which a page costs the same however long the list is.</summary>
public interface IDirectoryStore
{
    /// <summary>Puts ids on lists, in one transaction; those that are there stay. On disk when the task completes.</summary>
    Task AddAsync(params ImmutableArray<DirectoryEntry> entries);

    /// <summary>Takes ids off lists, in one transaction. On disk when the task completes.</summary>
    Task RemoveAsync(params ImmutableArray<DirectoryEntry> entries);

    /// <summary>Whether an id is on a list.</summary>
    Task<bool> ContainsAsync(DirectoryEntry entry);

    /// <summary>A page of a list, greatest id (newest) first.</summary>
    Task<ImmutableArray<string>> ListAsync(string list, string? before, int limit);
}
