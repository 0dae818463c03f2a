namespace OrleansLinks.Links;

/// <summary>
/// The feed of changes that edges act on: ids of links, tasks, campaigns, programs and partners, in the order in which
/// their changes were written. Old entries are forgotten.
/// </summary>
public interface IChangeStore
{
    /// <summary>Adds a change; on disk when the task completes.</summary>
    Task AppendAsync(string id);

    /// <summary>The changes after a place in the feed.</summary>
    /// <param name="after">What <see cref="ChangePage.Next"/> of the page before this one was; null for the end of the feed, where nothing follows yet.</param>
    /// <param name="limit">At most so many, at least 1.</param>
    Task<ChangePage> ReadAsync(long? after, int limit);
}
