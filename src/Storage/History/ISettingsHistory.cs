using System.Collections.Immutable;
using OrleansLinks.Storage;

namespace OrleansLinks.History;

/// <summary>The settings that something had.</summary>
/// <param name="Id">Whose they are.</param>
/// <param name="Version">Its version that they came with, from 1.</param>
/// <param name="Since">From when on they hold, to the millisecond.</param>
/// <param name="Settings">The settings, as JSON.</param>
public sealed record SettingsVersion(string Id, long Version, DateTimeOffset Since, string Settings);

/// <summary>
/// All versions of the settings of campaigns and programs, so that what was decided by them can be explained, and paid, later. Who
/// asks says up to which version they have come: a version that was written down and never came to be is not looked at.
/// </summary>
public interface ISettingsHistory
{
    /// <summary>Keeps versions, all or none; one that is there by its number is replaced.</summary>
    Task AddAsync(params ImmutableArray<SettingsVersion> versions);

    /// <summary>The settings of a version; null where they are not known.</summary>
    Task<SettingsVersion?> FindAsync(string id, long version);

    /// <summary>The settings that held at a time, of those up to a version; null where none are known.</summary>
    Task<SettingsVersion?> FindAtAsync(string id, DateTimeOffset at, long maxVersion);
}

/// <summary>Versions of settings as rows, whichever database they are in.</summary>
internal static class SettingsRows
{
    /// <summary>The columns that <see cref="Read"/> reads.</summary>
    public const string Columns = "version, since, settings";

    public static SettingsVersion Read(string id, IRow row) => new(id, row.Int64(), row.Time(), row.Text());

    /// <summary>An id of any kind as the 128 bits that it spells; ids of all kinds differ.</summary>
    public static Guid Key(string id) => EntityId.Parse(id, id[..(id.IndexOf('_', StringComparison.Ordinal) + 1)]);
}
