using System.Diagnostics;

namespace OrleansLinks.Processes;

/// <summary>The programs of a release.</summary>
/// <param name="Edge">The program that serves.</param>
/// <param name="Silo">The program that only runs actors.</param>
internal sealed record Release(string Edge, string Silo)
{
    /// <summary>What is under test.</summary>
    public static readonly Release Current = new(Repository.Edge, Repository.Silo);

    /// <summary>
    /// The release before, which <c>tests/previous-release</c> names by its commit: built from the repository's history, once, in
    /// <c>artifacts</c>.
    /// </summary>
    public static async Task<Release> Previous()
    {
        var script = Path.Combine(Repository.Root, "tests", "previous-release.sh");
        using var build = Process.Start(new ProcessStartInfo("bash", [script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = build.StandardOutput.ReadToEndAsync();
        var complained = build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, $"{script} failed.\n{await said}\n{await complained}");
        var folder = (await said).TrimEnd();
        return new Release(Path.Combine(folder, "OrleansLinks.Api.dll"), Path.Combine(folder, "OrleansLinks.Silo.dll"));
    }
}
