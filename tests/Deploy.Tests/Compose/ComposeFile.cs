using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace OrleansLinks.Deploy.Compose;

// What of the Compose specification is used here; a field that is not is an error when it is read.
#pragma warning disable CA1812 // Made by who reads YAML.

/// <summary><c>deploy/compose/compose.yaml</c>, with the values of <c>.env.example</c> and, where it leaves them out, of the test.</summary>
internal sealed partial class ComposeFile
{
    public const string Password = "the-password-of-the-database";

    public static readonly string Folder = Path.Combine(Repository.Root, "deploy", "compose");

    public string Name { get; set; } = "";

    public Dictionary<string, Service> Services { get; set; } = [];

    public Dictionary<string, Network> Networks { get; set; } = [];

    public Dictionary<string, object> Volumes { get; set; } = [];

    /// <summary>The services that run one of our programs.</summary>
    public IEnumerable<(string Name, Service Service, ProgramKind Program)> Programs =>
        from service in Services
        from program in ProgramKind.All
        where service.Value.Image.Contains($"orleanslinks/{program.Name}:", StringComparison.Ordinal)
        select (service.Key, service.Value, program);

    public static ComposeFile Read()
    {
        // Merges are undone, what is only there to be merged is left out, and the rest is read by field.
        var everything = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(new StringReader(File.ReadAllText(Path.Combine(Folder, "compose.yaml"))))));
        var own = everything.Where(one => !one.Key.StartsWith("x-", StringComparison.Ordinal)).ToDictionary(one => one.Key, one => one.Value);
        var text = new SerializerBuilder().DisableAliases().Build().Serialize(own);
        return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build().Deserialize<ComposeFile>(Fill(text, Variables()));
    }

    /// <summary>Where on this machine what a container has at that path is; null where it is in a volume of its own.</summary>
    public static string? OnThisMachine(Service service, string path) => service.Volumes
        .Select(volume => volume.Split(':'))
        .Where(parts => parts[0].StartsWith('.') && (path == parts[1] || path.StartsWith($"{parts[1]}/", StringComparison.Ordinal)))
        .Select(parts => Path.GetFullPath(Path.Combine(Folder, parts[0] + path[parts[1].Length..])))
        .SingleOrDefault();

    private static Dictionary<string, string> Variables()
    {
        var variables = File.ReadLines(Path.Combine(Folder, ".env.example"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);

        // What whoever copies it has to fill in.
        foreach (var empty in variables.Where(one => one.Value.Length == 0).Select(one => one.Key).ToArray())
        {
            variables[empty] = empty == Instance.OperatorKeyVariable ? Instance.OperatorKey : Password;
        }

        return variables;
    }

    /// <summary>Puts variables in, as Compose does.</summary>
    private static string Fill(string text, Dictionary<string, string> variables) => Variable().Replace(text, used => (variables.GetValueOrDefault(used.Groups[1].Value, ""), used.Groups[2].Value) switch
    {
        ({ Length: > 0 } value, _) => value,
        (_, ":-") => used.Groups[3].Value,
        _ => throw new InvalidOperationException($".env.example says nothing of {used.Groups[1].Value}."),
    });

    [GeneratedRegex(@"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")]
    private static partial Regex Variable();
}

internal sealed class Service
{
    public string Image { get; set; } = "";

    public string PullPolicy { get; set; } = "";

    public string Restart { get; set; } = "";

    public string User { get; set; } = "";

    public bool ReadOnly { get; set; }

    public List<string> CapDrop { get; set; } = [];

    public List<string> SecurityOpt { get; set; } = [];

    public List<string> Tmpfs { get; set; } = [];

    public string MemLimit { get; set; } = "";

    public string ShmSize { get; set; } = "";

    public Dictionary<string, Dependency> DependsOn { get; set; } = [];

    public Dictionary<string, string?> Environment { get; set; } = [];

    public object? Networks { get; set; }

    public List<string> Ports { get; set; } = [];

    public List<string> Volumes { get; set; } = [];

    public List<string> Command { get; set; } = [];

    public string StopGracePeriod { get; set; } = "10s";

    public HealthCheck? Healthcheck { get; set; }

    /// <summary>The address that it always has; null when it is given one.</summary>
    public string? Address =>
        (Networks as Dictionary<object, object>)?.Values.OfType<Dictionary<object, object>>().Select(network => network.GetValueOrDefault("ipv4_address") as string).SingleOrDefault();

    /// <summary>Its environment, over that of its program's image; what is to come from the caller's own is left out.</summary>
    public async Task<Dictionary<string, string>> EnvironmentWith(ProgramKind program)
    {
        var environment = new Dictionary<string, string>((await Deploy.Image.Of(program)).Environment);
        foreach (var (name, value) in Environment)
        {
            if (value is not null)
            {
                environment[name] = value;
            }
        }

        return environment;
    }
}

internal sealed class Dependency
{
    public string Condition { get; set; } = "";
}

internal sealed class HealthCheck
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public string StartPeriod { get; set; } = "";

    public string StartInterval { get; set; } = "";

    public int Retries { get; set; }
}

internal sealed class Network
{
    public AddressRules Ipam { get; set; } = new();
}

internal sealed class AddressRules
{
    public List<AddressRange> Config { get; set; } = [];
}

internal sealed class AddressRange
{
    public string Subnet { get; set; } = "";

    public string Gateway { get; set; } = "";
}
