using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OrleansLinks.Hosting;

public sealed partial class SettingsTests
{
    /// <summary>
    /// The table is made of the option classes and their docstrings: where it is not what the file has, the message is what the file
    /// is to have.
    /// </summary>
    [Fact]
    public void The_documentation_lists_every_setting_with_its_default_and_meaning()
    {
        var file = Path.Combine(Repository(), "docs", "operations", "settings.md");
        var written = File.ReadLines(file).Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        var expected = EdgeHost.Known.All.Select(setting => Row(setting.Name, setting.Property, setting.Default)).ToArray();

        Assert.True(expected.SequenceEqual(written), $"The table of {file} is to be:\n{string.Join('\n', expected)}");
    }

    private static string Row(string name, PropertyInfo property, object? byDefault)
    {
        var shorthand = Settings.Switches.Where(entry => entry.Value == name).Select(entry => $" (`{entry.Key}`)").FirstOrDefault("");
        var value = byDefault switch { null or "" => "", bool flag => flag ? "`true`" : "`false`", var some => $"`{some}`" };
        return $"| `{name}`{shorthand} | {value} | {Meaning(property)} |";
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
