using System.Reflection;

namespace OrleansLinks.Processes;

/// <summary>Where the files under test are.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The program that serves, with the actors in it or not, as built with these tests' configuration.</summary>
    public static string Edge { get; } = Built("Edge");

    /// <summary>The program that only runs actors.</summary>
    public static string Silo { get; } = Built("Silo");

    public static string RunScript { get; } = Path.Combine(Root, "run.sh");

    public static string Walkthrough { get; } = Path.Combine(Root, "examples", "walkthrough.sh");

    public static string Shop { get; } = Path.Combine(Root, "examples", "shop.sh");

    private static string Built(string program) => Path.Combine(
        Root, typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == program).Value!);

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
