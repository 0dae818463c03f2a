using System.Runtime.Versioning;

namespace OrleansLinks.Host;

[UnsupportedOSPlatform("windows")]
public sealed class RunScriptTests
{
    // What the script calls beside dotnet.
    private static readonly string[] Tools = ["cat", "cut", "dirname", "grep", "mktemp", "paste", "rm", "sed"];

    [Fact]
    public async Task Help_tells_the_options()
    {
        var ended = await Child.Run(Repository.RunScript, ["--help"]);
        Assert.Equal(0, ended.ExitCode);
        Assert.Empty(ended.Errors);
        Assert.All(["--port", "--address", "--data", "--demo"], option => Assert.Contains(option, ended.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--prot", "--prot", "8080")]
    [InlineData("serve", "serve")]
    [InlineData("--port", "--port")]
    [InlineData("--data", "--demo", "--data")]
    [InlineData("Http:Port", "--Http:Port")]
    public async Task A_wrong_option_is_named(string named, params string[] arguments) =>
        (await Child.Run(Repository.RunScript, arguments)).IsOneLineThatNames(named);

    [Fact]
    public async Task A_missing_SDK_is_named()
    {
        using var path = PathWithout();
        (await Child.Run("/bin/bash", [Repository.RunScript], new Dictionary<string, string?> { ["PATH"] = path.Path }))
            .IsOneLineThatNames("the .NET SDK 10 is missing");
    }

    [Fact]
    public async Task An_SDK_that_is_too_old_is_named_with_its_version()
    {
        using var path = PathWithout();
        await File.WriteAllTextAsync(path.File("dotnet"), "#!/bin/sh\necho '9.0.100 [/sdk]'\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path.File("dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await Child.Run("/bin/bash", [Repository.RunScript], new Dictionary<string, string?> { ["PATH"] = path.Path }))
            .IsOneLineThatNames("found: 9.0.100");
    }

    [Fact]
    public async Task It_builds_and_starts_the_program_and_ends_it_on_Ctrl_C()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();

        // A process group of its own, as the terminal makes it. Tests in the background ignore the signal; it must not.
        await using var script = Child.Start(
            "env",
            ["--default-signal=INT", "setsid", Repository.RunScript, "--port", $"{port}", "--data", folder.Path, "--demo"],
            new Dictionary<string, string?> { [Instance.OperatorKeyVariable] = Instance.OperatorKey });
        await script.WaitForOutput("which tasks the demo has", line => line.Contains("tsk_", StringComparison.Ordinal), count: 12);
        using (var client = new Client($"http://127.0.0.1:{port}", Instance.OperatorKey))
        {
            Assert.Single(await client.List("/programs"));
        }

        script.AskGroup(Child.Signal.Interrupt);
        var ended = await script.WaitForEnd(Instance.StopsWithin);

        Assert.True(ended.ExitCode is 0 or 130, $"It ended with {ended.ExitCode}.");
        Assert.Empty(ended.Errors);
    }

    /// <summary>A folder for PATH with the tools but no dotnet.</summary>
    private static TemporaryFolder PathWithout()
    {
        var folder = new TemporaryFolder();
        foreach (var tool in Tools)
        {
            var places = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(place => Path.Combine(place, tool));
            File.CreateSymbolicLink(folder.File(tool), places.First(File.Exists));
        }

        return folder;
    }
}
