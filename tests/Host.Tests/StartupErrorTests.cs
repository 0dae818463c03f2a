using System.Net;
using System.Net.Sockets;

namespace OrleansLinks.Host;

/// <summary>What keeps the program from starting is said in one line that names it.</summary>
public sealed class StartupErrorTests
{
    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await Refuses($"127.0.0.1:{port}", ["--port", $"{port}", "--data", folder.Path]);
        await Refuses("Http:Port", ["--port", $"{port}", "--data", folder.Path]);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await Refuses(Path.Combine(file, "data"), ["--port", FreePort(), "--data", Path.Combine(file, "data")]);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_named() => await Refuses("/proc/self/data", ["--port", FreePort(), "--data", "/proc/self/data"]);

    [Fact]
    public async Task A_data_folder_of_an_installation_over_SQLite_is_no_edge_s_over_PostgreSQL()
    {
        using var folder = new TemporaryFolder();
        foreach (var database in new[] { "grains.db", "links.db" })
        {
            await File.WriteAllTextAsync(folder.File(database), "", TestContext.Current.CancellationToken);
        }

        await Refuses(folder.Path, ["--port", FreePort(), "--data", folder.Path, "--Cluster:Mode", "Client", "--Database:Provider", "Postgres", "--Database:ConnectionString", $"Host={folder.Path}"]);
    }

    [Fact]
    public async Task A_data_folder_that_is_in_use_is_named()
    {
        using var folder = new TemporaryFolder();
        await using var other = await Instance.Start(folder.Path);
        await Refuses(folder.Path, ["--port", FreePort(), "--data", folder.Path]);
        await Refuses("in use", ["--port", FreePort(), "--data", folder.Path]);
    }

    [Fact]
    public async Task A_journal_folder_that_is_in_use_is_named()
    {
        using var folder = new TemporaryFolder();
        using var another = new TemporaryFolder();
        await using var other = await Instance.Start(folder.Path);
        var journal = folder.File("journal");
        await Refuses(journal, ["--port", FreePort(), "--data", another.Path, "--Clicks:JournalFolder", journal]);
        await Refuses("in use", ["--port", FreePort(), "--data", another.Path, "--Clicks:JournalFolder", journal]);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_is_named()
    {
        using var folder = new TemporaryFolder();
        var database = folder.File("links.db");
        await File.WriteAllTextAsync(database, new string('x', 8192), TestContext.Current.CancellationToken);
        await Refuses(database, ["--port", FreePort(), "--data", folder.Path]);
    }

    [Fact]
    public async Task A_setting_that_is_malformed_is_named_on_the_command_line_and_in_the_environment()
    {
        using var folder = new TemporaryFolder();
        await Refuses("Clicks:Durability", ["--port", FreePort(), "--data", folder.Path, "--Clicks:Durability", "nonsense"]);
        await Refuses("Database:Provder", ["--port", FreePort(), "--data", folder.Path], new() { ["Database__Provder"] = "Postgres" });
    }

    [Fact]
    public async Task Help_lists_the_commands_and_the_settings_with_their_defaults()
    {
        var ended = await Child.Run("dotnet", [Repository.Edge, "--help"]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains("export, import, health", ended.Output, StringComparison.Ordinal);
        Assert.Matches("--port +8080\n", ended.Output);
        Assert.Matches("--Clicks:Durability +Disk\n", ended.Output);
    }

    [Fact]
    public async Task An_operator_key_that_is_too_short_is_named_and_not_shown()
    {
        using var folder = new TemporaryFolder();
        var error = await Refuses(
            Instance.OperatorKeyVariable, ["--port", FreePort(), "--data", folder.Path], new() { [Instance.OperatorKeyVariable] = "pass-word" });
        Assert.DoesNotContain("pass-word", error, StringComparison.Ordinal);
    }

    private static string FreePort() => $"{Instance.FreePort()}";

    private static async Task<string> Refuses(string named, string[] arguments, Dictionary<string, string?>? environment = null)
    {
        var ended = await Child.Run("dotnet", [Repository.Edge, .. arguments], environment);
        ended.IsOneLineThatNames(named);
        return ended.Errors;
    }
}
