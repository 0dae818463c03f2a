using System.Collections.Immutable;

namespace OrleansLinks.Links;

/// <summary>What became of a link that was to be added.</summary>
/// <param name="Link">The link that is there now under that code: the one given, or the one that was there before.</param>
/// <param name="Added">
/// Whether the code is the given link's: it was added now, or by an earlier try with the same
/// <see cref="Link.CreationId"/>. False when another link has the code.
/// </param>
public readonly record struct AddedLink(Link Link, bool Added);

/// <summary>A page of stored links, newest first.</summary>
/// <param name="Items">The links.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
public sealed record StoredLinkPage(ImmutableArray<Link> Items, long? Next);

/// <summary>
/// Tracking links, a row each, unique by code for ever. Writes that arrive together share one transaction on disk;
/// a write is on disk when its task completes. Costs do not grow with the number of links.
/// </summary>
public interface ILinkStore
{
    /// <summary>Adds links; one outcome each, in order.</summary>
    /// <param name="links">The links; two of them may ask for the same code, the first then gets it.</param>
    /// <param name="atomic">Whether none is added when one cannot be. <see cref="AddedLink.Added"/> still says which code was free.</param>
    Task<ImmutableArray<AddedLink>> AddAsync(ImmutableArray<Link> links, bool atomic);

    /// <summary>The link with that code, or null.</summary>
    Task<Link?> FindAsync(string code);

    /// <summary>The links with those codes, in their order; null where there is none.</summary>
    Task<ImmutableArray<Link?>> FindAsync(ImmutableArray<string> codes);

    /// <summary>Replaces what can change of a link (target, pages, state, who disabled it, version), if the stored version is one less than the given. The change goes to the feed (<see cref="IChangeStore"/>) in the same transaction.</summary>
    /// <returns>Whether it was replaced.</returns>
    Task<bool> UpdateAsync(Link link);

    /// <summary>A page of a task's links, newest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="before">What <see cref="StoredLinkPage.Next"/> of the page before this one was; null for the first.</param>
    /// <param name="limit">At most so many, at least 1.</param>
    Task<StoredLinkPage> ListAsync(string taskId, long? before, int limit);
}
