using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

// Each test runs a program, some of them two, and several load it: one at a time, so that none starves another.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace OrleansLinks.Host;

/// <summary>Where the files under test are.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>The program, as built with this test's configuration.</summary>
    public static string Program { get; } = Path.Combine(
        Root, typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Program").Value!);

    public static string RunScript { get; } = Path.Combine(Root, "run.sh");

    public static string Walkthrough { get; } = Path.Combine(Root, "examples", "walkthrough.sh");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OrleansLinks.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run from within the repository.");
        }

        return folder;
    }
}
