using System.Collections.Immutable;

namespace OrleansLinks.Directory;

/// <summary>An id on a list.</summary>
/// <param name="List">The list's name, from <see cref="DirectoryLists"/>.</param>
/// <param name="Id">The id.</param>
public readonly record struct DirectoryEntry(string List, string Id);

/// <summary>A name by which searches find an id.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">The name, as people wrote it.</param>
/// <param name="Version">The version of the settings that has it.</param>
public readonly record struct DirectoryName(string Id, string Name, long Version);

/// <summary>A piece of all lists, looked through for ids that no search finds.</summary>
/// <param name="Ids">Ids without a name, each once.</param>
/// <param name="Next">Where the next piece begins; null after the last.</param>
public sealed record NamelessPage(ImmutableArray<string> Ids, DirectoryEntry? Next);

/// <summary>
/// Lists of ids, sorted by id, in which a page costs the same however long the list is; and the names of what is on them, by which a
/// list is searched at the cost of reading its names.
/// </summary>
public interface IDirectoryStore
{
    /// <summary>Puts ids on lists, in one transaction; those that are there stay. On disk when the task completes.</summary>
    Task AddAsync(params ImmutableArray<DirectoryEntry> entries);

    /// <summary>As the other, and adds names in the same transaction; an id that has other names keeps them.</summary>
    Task AddAsync(ImmutableArray<DirectoryName> names, params ImmutableArray<DirectoryEntry> entries);

    /// <summary>Adds names to those of the ids that have none. On disk when the task completes.</summary>
    Task AddMissingAsync(ImmutableArray<DirectoryName> names);

    /// <summary>Takes ids off lists, in one transaction. On disk when the task completes.</summary>
    Task RemoveAsync(params ImmutableArray<DirectoryEntry> entries);

    /// <summary>Takes from an id the names of versions before that one. On disk when the task completes.</summary>
    Task RemoveNamesAsync(string id, long before);

    /// <summary>Whether an id is on a list.</summary>
    Task<bool> ContainsAsync(DirectoryEntry entry);

    /// <summary>A page of a list, greatest id (newest) first.</summary>
    Task<ImmutableArray<string>> ListAsync(string list, string? before, int limit);

    /// <summary>As <see cref="ListAsync"/>, of those ids alone that have a name with that text anywhere in it, in any case.</summary>
    Task<ImmutableArray<string>> SearchAsync(string list, string text, string? before, int limit);

    /// <summary>Looks for ids without a name among the next entries of all lists.</summary>
    /// <param name="after">What <see cref="NamelessPage.Next"/> of the piece before was; null for the first.</param>
    /// <param name="limit">So many entries are looked at.</param>
    Task<NamelessPage> ListNamelessAsync(DirectoryEntry? after, int limit);
}
