using OrleansLinks.Links;

namespace OrleansLinks;

/// <summary>
/// Tells those who remember settings that one has changed: in this process at once, in others through the feed, which
/// they read several times a second.
/// </summary>
public sealed class SettingsChanges(IChangeStore feed, ChangeStamps stamps)
{
    /// <summary>
    /// Tells of a change that was written and is not acknowledged yet. Should the feed not take it, the change is not
    /// acknowledged either; other processes then meet it when what they remember is too old.
    /// </summary>
    public Task Publish(string id)
    {
        stamps.Advance(id);
        return feed.AppendAsync(id);
    }

    /// <summary>Tells of something new, which only who has asked for it in vain can remember.</summary>
    public void PublishFirst(string id) => stamps.Advance(id);
}
