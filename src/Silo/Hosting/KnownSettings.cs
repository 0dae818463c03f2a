using System.Globalization;
using System.Reflection;

namespace OrleansLinks.Hosting;

/// <summary>The settings that a program knows: option classes by their sections, whose properties are the settings.</summary>
/// <param name="sections">Them; the name of the section is empty for settings outside of sections.</param>
public sealed class KnownSettings(params (string Section, Type Options)[] sections)
{
    // What .NET and OpenTelemetry read themselves.
    private static readonly string[] Foreign = ["Logging:", "OTEL_"];

    /// <summary>Them, by their names, with their defaults.</summary>
    public IReadOnlyList<(string Name, PropertyInfo Property, object? Default)> All { get; } = [.. sections.SelectMany(static section =>
    {
        var defaults = Activator.CreateInstance(section.Options);
        return section.Options.GetProperties().Select(property => (NameOf(section.Section, property), property, property.GetValue(defaults)));
    })];

    /// <summary>The name of a setting.</summary>
    /// <param name="section">The name of its section.</param>
    /// <param name="property">Its property.</param>
    public static string NameOf(string section, MemberInfo property)
    {
        var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
        return section.Length > 0 ? $"{section}:{name}" : name;
    }

    /// <summary>Reads a command line that has settings alone, each with a value, without which those that are true or false are true.</summary>
    /// <param name="args">It, without a command.</param>
    /// <returns>The same with all values.</returns>
    /// <exception cref="StartupException">It has something else; the message says what.</exception>
    public string[] Read(string[] args)
    {
        var read = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var (argument, name) = (args[i], args[i].Split('=', 2)[0]);
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                throw new StartupException($"'{argument}' is not a setting: give --Name VALUE or --Name=VALUE, as --help shows.");
            }

            var setting = Find(name);
            if (setting is null && !Foreign.Any(prefix => name[2..].StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                throw new StartupException($"There is no setting {name}: --help lists them.");
            }

            read.Add(argument);
            if (name != argument)
            {
                continue;
            }

            if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                read.Add(args[++i]);
            }
            else if (setting?.PropertyType == typeof(bool))
            {
                read.Add(bool.TrueString);
            }
            else
            {
                throw new StartupException($"The setting {name} has no value: give {name} VALUE or {name}=VALUE.");
            }
        }

        return [.. read];
    }

    /// <summary>Looks whether its sections have settings alone, wherever they come from.</summary>
    /// <param name="configuration">What was given.</param>
    /// <exception cref="StartupException">One has something else; the message says what.</exception>
    public void Check(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            throw new StartupException("The settings Kestrel:Endpoints are not used here: give Http:Address and Http:Port.");
        }

        foreach (var (section, options) in sections.Where(known => known.Section.Length > 0))
        {
            var names = options.GetProperties().Select(property => property.Name);
            if (configuration.GetSection(section).GetChildren().FirstOrDefault(child => !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            {
                throw new StartupException($"There is no setting {unknown.Path} ({unknown.Path.Replace(":", "__", StringComparison.Ordinal)} in the environment): --help lists them.");
            }
        }
    }

    /// <summary>Prints them.</summary>
    public void Print(TextWriter output)
    {
        foreach (var (name, _, value) in All)
        {
            var shorthand = Settings.Switches.FirstOrDefault(entry => entry.Value == name).Key;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {shorthand ?? $"--{name}",-32}{value}").TrimEnd());
        }
    }

    private PropertyInfo? Find(string argument)
    {
        var name = Settings.Switches.GetValueOrDefault(argument, argument[2..]);
        return All.FirstOrDefault(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Property;
    }
}
