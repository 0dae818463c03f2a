using System.Text.Json;
using OrleansLinks.History;

namespace OrleansLinks.Programs;

/// <summary>The versions that a program has had.</summary>
internal sealed class ProgramHistory(ISettingsHistory history)
{
    /// <summary>As <see cref="SettingsVersions.KeepAsync"/>.</summary>
    public Task Keep(ProgramInfo before, ProgramInfo after, DateTimeOffset now) =>
        history.KeepAsync(VersionOf(before, before.CreatedAt), VersionOf(after, now));

    /// <summary>The program as it was at a version; null where that is not known.</summary>
    public async Task<ProgramInfo?> Find(ProgramInfo current, long version)
    {
        if (version >= current.Version)
        {
            return version == current.Version ? current : null;
        }

        return await history.FindAsync(current.Id, version) is { } kept ? JsonSerializer.Deserialize<ProgramInfo>(kept.Settings) : null;
    }

    private static SettingsVersion VersionOf(ProgramInfo program, DateTimeOffset since) =>
        new(program.Id, program.Version, since, JsonSerializer.Serialize(program));
}
