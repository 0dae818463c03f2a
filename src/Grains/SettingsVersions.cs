using OrleansLinks.History;

namespace OrleansLinks;

/// <summary>How actors keep the versions of their settings.</summary>
internal static class SettingsVersions
{
    /// <summary>
    /// Keeps the settings that a change brings, before it is made: those of a version that was never come to are not looked at, and
    /// are replaced when it is. What was changed before all versions were kept, its present version is kept with the next.
    /// </summary>
    /// <param name="history">Where to.</param>
    /// <param name="before">The settings of now, since their entity was made.</param>
    /// <param name="after">The settings that come.</param>
    public static async Task KeepAsync(this ISettingsHistory history, SettingsVersion before, SettingsVersion after)
    {
        if (await history.FindAsync(before.Id, before.Version) is not null)
        {
            await history.AddAsync(after);
            return;
        }

        // Older versions that are known say what held until now: this one must not come before them.
        var isFirst = await history.FindAtAsync(before.Id, after.Since, before.Version) is null;
        await history.AddAsync(isFirst ? before : before with { Since = after.Since }, after);
    }
}
