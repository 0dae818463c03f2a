using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace OrleansLinks.Deploy;

/// <summary>The image that <c>dotnet publish -t:PublishContainer</c> makes of a program, as its project describes it.</summary>
internal sealed record Image(string Base, string Repository, string Tag, int User, IReadOnlyList<int> Ports, IReadOnlyDictionary<string, string> Environment)
{
    private static readonly ConcurrentDictionary<ProgramKind, Lazy<Task<Image>>> Known = new();

    /// <summary>What manifests call it.</summary>
    public string Name => $"{Repository}:{Tag}";

    public static Task<Image> Of(ProgramKind program) => Known.GetOrAdd(program, one => new(() => Ask(one))).Value;

    private static async Task<Image> Ask(ProgramKind program)
    {
        var asked = await Child.Run("dotnet",
        [
            "msbuild", Path.Combine(OrleansLinks.Processes.Repository.Root, program.Project), "-t:ComputeContainerConfig", "-p:Configuration=Release",
            "-getProperty:ContainerBaseImage", "-getProperty:ContainerRepository", "-getProperty:ContainerImageTag", "-getProperty:ContainerUser",
            "-getItem:ContainerPort", "-getItem:ContainerEnvironmentVariable",
        ]);
        Assert.True(asked.ExitCode == 0, $"{asked.Output}\n{asked.Errors}");
        var answer = JsonElement.Parse(asked.Output);
        var properties = answer.GetProperty("Properties");
        return new Image(
            properties.Text("ContainerBaseImage"),
            properties.Text("ContainerRepository"),
            properties.Text("ContainerImageTag"),
            int.Parse(properties.Text("ContainerUser"), CultureInfo.InvariantCulture),
            [.. Items("ContainerPort").Select(port => int.Parse(port.Text("Identity"), CultureInfo.InvariantCulture))],
            Items("ContainerEnvironmentVariable").ToDictionary(one => one.Text("Identity"), one => one.Text("Value")));

        IEnumerable<JsonElement> Items(string name) => answer.GetProperty("Items").GetProperty(name).EnumerateArray();
    }
}
