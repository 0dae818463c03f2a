using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Configuration;

namespace OrleansLinks.Hosting;

public sealed partial class SettingsTests
{
    private static readonly (string Section, object Defaults)[] Options =
    [
        ("Http", new HttpOptions()),
        ("Data", new DataOptions()),
        ("Tracking", new TrackingOptions()),
        ("Geo", new GeoOptions()),
        ("Clicks", new ClickOptions()),
        ("Redirect", new RedirectOptions()),
        ("Webhooks", new Webhooks.WebhookOptions()),
        ("Database", new DatabaseOptions()),
        ("Cluster", new ClusterSettings()),
        ("Shutdown", new ShutdownOptions()),
        ("Console", new WebConsole.ConsoleOptions()),
        ("Export", new Transfer.ExportOptions()),
        ("Import", new Transfer.ImportOptions()),
        ("", new StartOptions()),
    ];

    /// <summary>
    /// The table is made of the option classes and their docstrings: where it is not what the file has, the message is what the file
    /// is to have.
    /// </summary>
    [Fact]
    public void The_documentation_lists_every_setting_with_its_default_and_meaning()
    {
        var file = Path.Combine(Repository(), "docs", "operations", "settings.md");
        var written = File.ReadLines(file).Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        var expected = Options.SelectMany(option => option.Defaults.GetType().GetProperties().Select(property => Row(option.Section, option.Defaults, property))).ToArray();

        Assert.True(expected.SequenceEqual(written), $"The table of {file} is to be:\n{string.Join('\n', expected)}");
    }

    private static string Row(string section, object defaults, PropertyInfo property)
    {
        var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
        var full = section.Length > 0 ? $"{section}:{name}" : name;
        var shorthand = Settings.Switches.Where(entry => entry.Value == full).Select(entry => $" (`{entry.Key}`)").FirstOrDefault("");
        var value = property.GetValue(defaults) switch { null or "" => "", bool flag => flag ? "`true`" : "`false`", var some => $"`{some}`" };
        return $"| `{full}`{shorthand} | {value} | {Meaning(property)} |";
    }

    private static string Meaning(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var docs = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
        var summary = docs.Descendants("member").Single(member => member.Attribute("name")!.Value == $"P:{type.FullName}.{property.Name}").Element("summary")!;
        return SpacePattern().Replace(string.Concat(summary.Nodes().Select(node => node is XElement { Name.LocalName: "c" } code ? $"`{code.Value}`" : node.ToString())), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex SpacePattern();

    private static string Repository([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
