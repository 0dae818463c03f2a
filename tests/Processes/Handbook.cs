namespace OrleansLinks.Processes;

/// <summary>The commands of <c>docs/operations/backup.md</c>, which tests run as they are written there, with other places.</summary>
internal static class Handbook
{
    public const string Export = "OrleansLinks.Api export --data /var/lib/orleanslinks --to /backup/monday";
    public const string Restore = "OrleansLinks.Api --data /var/lib/orleanslinks-restored";
    public const string ExportEdge = "OrleansLinks.Api export --Database:Provider Postgres --data /var/lib/orleanslinks-edge --to /backup/monday/edge-1";
    public const string Dump = "pg_dump --format=custom --file=/backup/monday/database.dump orleanslinks";
    public const string CreateDatabase = "createdb --owner=orleanslinks orleanslinks_restored";
    public const string RestoreDatabase = "pg_restore --exit-on-error --dbname=orleanslinks_restored /backup/monday/database.dump";

    public const string RestoredSilo =
        "OrleansLinks.Silo --Database:Provider Postgres --Database:ConnectionString \"$RESTORED\" --Cluster:ClusterId restored";

    public const string RestoredEdge =
        "OrleansLinks.Api --Database:Provider Postgres --Database:ConnectionString \"$RESTORED\" --Cluster:ClusterId restored --Cluster:Mode Client --data /var/lib/orleanslinks-restored";

    public const string ExportToMove = "OrleansLinks.Api export --data /var/lib/orleanslinks --to /backup/move";
    public const string Import = "OrleansLinks.Api import --from /backup/move --Database:Provider Postgres --Database:ConnectionString \"$DATABASE\"";
    public const string Silo = "OrleansLinks.Silo --Database:Provider Postgres --Database:ConnectionString \"$DATABASE\"";

    public const string Edge =
        "OrleansLinks.Api --Database:Provider Postgres --Database:ConnectionString \"$DATABASE\" --Cluster:Mode Client --data /var/lib/orleanslinks-edge";

    /// <summary>All of them, in their order.</summary>
    public static readonly string[] Commands = [Export, Restore, ExportEdge, Dump, CreateDatabase, RestoreDatabase, RestoredSilo, RestoredEdge, ExportToMove, Import, Silo, Edge];

    /// <summary>The commands that the handbook has.</summary>
    public static IEnumerable<string> Written()
    {
        var isCommand = false;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "operations", "backup.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCommand = line == "```sh";
            }
            else if (isCommand)
            {
                yield return line;
            }
        }
    }

    /// <summary>Runs a command in a shell, and checks that it does what it should.</summary>
    public static async Task<Ended> Run(string command, IReadOnlyDictionary<string, string?>? environment = null, params (string Written, string Meant)[] places)
    {
        var ended = await Try(command, environment, places);
        Assert.True(ended.ExitCode == 0, $"{command} ended with {ended.ExitCode}.\n{ended.Output}\n{ended.Errors}");
        return ended;
    }

    /// <summary>Runs a command in a shell.</summary>
    public static Task<Ended> Try(string command, IReadOnlyDictionary<string, string?>? environment = null, params (string Written, string Meant)[] places) =>
        Child.Run("bash", ["-c", $"OrleansLinks.Api() {{ dotnet '{Repository.Edge}' \"$@\"; }}; {Meant(command, places)}"], environment);

    /// <summary>The arguments of a command that starts a program.</summary>
    /// <param name="command">The command.</param>
    /// <param name="places">What is written, and what is meant by it.</param>
    public static string[] ArgumentsOf(string command, params (string Written, string Meant)[] places) => [.. command.Split(' ')[1..].Select(word => Meant(word.Trim('"'), places))];

    private static string Meant(string text, (string Written, string Meant)[] places) =>
        places.Aggregate(text, (meant, place) => meant.Replace(place.Written, place.Meant, StringComparison.Ordinal));
}
