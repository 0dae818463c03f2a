using System.Net;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using OrleansLinks.Hosting;
using OrleansLinks.WebConsole;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Deploy;

/// <summary>One of the two programs, as who deploys it sees it: its image, and the environment that it reads.</summary>
/// <param name="Name">What manifests call it.</param>
/// <param name="Project">The folder of its project, from the repository's.</param>
/// <param name="Dll">The file that the image starts.</param>
/// <param name="Sections">The sections of settings that it reads.</param>
internal sealed record ProgramKind(string Name, string Project, string Dll, IReadOnlyDictionary<string, Func<IConfiguration, object>> Sections)
{
    /// <summary>What is read by others than the program's options: .NET, OpenTelemetry, and, for these, the names of pods.</summary>
    private static readonly string[] OfOthers = ["ASPNETCORE_HTTP_PORTS", "DOTNET_", "OTEL_", "POD_", "NODE_"];

    public static ProgramKind Silo { get; } = new("silo", "src/Silo", "OrleansLinks.Silo.dll", SectionsOf(
        Section<HttpOptions>("Http"), Section<DatabaseOptions>("Database"), Section<ClusterSettings>("Cluster"), Section<ShutdownOptions>("Shutdown"), Section<WebhookOptions>("Webhooks")));

    public static ProgramKind Edge { get; } = new("edge", "src/Api", "OrleansLinks.Api.dll", SectionsOf(
        Section<HttpOptions>("Http"), Section<DatabaseOptions>("Database"), Section<ClusterSettings>("Cluster"), Section<ShutdownOptions>("Shutdown"), Section<WebhookOptions>("Webhooks"),
        Section<DataOptions>("Data"), Section<TrackingOptions>("Tracking"), Section<ClickOptions>("Clicks"), Section<RedirectOptions>("Redirect"), Section<GeoOptions>("Geo"),
        Section<ConsoleOptions>("Console"), Section<StartOptions>("")));

    public static IReadOnlyList<ProgramKind> All { get; } = [Silo, Edge];

    /// <summary>Reads an environment as the program does, but that a name which it does not know is an error.</summary>
    /// <exception cref="InvalidOperationException">It has a name that the program does not read, or a value that cannot be read.</exception>
    /// <exception cref="StartupException">The program would not start with it.</exception>
    public ProgramSettings Read(IReadOnlyDictionary<string, string> environment)
    {
        var settings = environment.Where(one => !OfOthers.Any(prefix => one.Key.StartsWith(prefix, StringComparison.Ordinal))).ToArray();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(one => KeyValuePair.Create(one.Key.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value)))
            .Build();
        foreach (var (name, _) in settings)
        {
            var parts = name.Split("__");
            if (parts.Length > 1 ? !Sections.ContainsKey(parts[0]) : !Sections.ContainsKey(""))
            {
                throw new InvalidOperationException($"The {Name} reads no setting {name}.");
            }
        }

        return new ProgramSettings(Sections.Values.Select(read => read(configuration)).ToDictionary(options => options.GetType()));
    }

    /// <summary>The ports at which it listens with these settings: HTTP first.</summary>
    public IReadOnlyList<int> PortsIn(ProgramSettings settings) =>
        this == Silo ? [settings.Get<HttpOptions>().Port, settings.Get<ClusterSettings>().SiloPort, settings.Get<ClusterSettings>().GatewayPort] : [settings.Get<HttpOptions>().Port];

    private static Dictionary<string, Func<IConfiguration, object>> SectionsOf(params (string Name, Func<IConfiguration, object> Read)[] sections) =>
        sections.ToDictionary(section => section.Name, section => section.Read, StringComparer.Ordinal);

    private static (string Name, Func<IConfiguration, object> Read) Section<T>(string name)
        where T : class, new() => (name, configuration =>
    {
        if (name.Length == 0)
        {
            // The binder would take sections for settings here.
            var known = typeof(T).GetProperties().Select(property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name);
            if (configuration.GetChildren().FirstOrDefault(one => one.Value is not null && !known.Contains(one.Key, StringComparer.Ordinal)) is { } unknown)
            {
                throw new InvalidOperationException($"No setting is called {unknown.Key}.");
            }
        }
        else
        {
            configuration.GetSection(name).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true);
        }

        return configuration.Read<T>(name);
    });
}

/// <summary>What a program has read.</summary>
internal sealed record ProgramSettings(IReadOnlyDictionary<Type, object> Options)
{
    public T Get<T>() => (T)Options[typeof(T)];

    /// <summary>Within what time the program ends itself: a second after both, if nothing else does.</summary>
    public TimeSpan EndsWithin => TimeSpan.FromSeconds(Get<ShutdownOptions>().DrainSeconds + Get<ShutdownOptions>().TimeoutSeconds + 1);

    /// <summary>Checks what is looked at only when the program starts.</summary>
    /// <exception cref="StartupException">It would not start.</exception>
    public void Check()
    {
        Get<DatabaseOptions>().ToPostgres();
        if (Options.ContainsKey(typeof(ClickOptions)))
        {
            Get<ClickOptions>().ToSettings(Get<DataOptions>().Folder).Check();
            Startup.OriginOf(Get<HttpOptions>(), Get<TrackingOptions>());
        }

        foreach (var proxy in Get<HttpOptions>().TrustedProxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Assert.True(System.Net.IPNetwork.TryParse(proxy, out _) || IPAddress.TryParse(proxy, out _), $"{proxy} is neither an address nor a network.");
        }
    }
}
