using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace OrleansLinks.Hosting;

public sealed class SettingsTests
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

    [Fact]
    public void The_readme_lists_every_setting_with_its_default()
    {
        var rows = File.ReadLines(Path.Combine(Repository(), "README.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Split('`')[1], cells => cells[2].Trim('`'));

        var expected = Options.SelectMany(option => option.Defaults.GetType().GetProperties().Select(property => (
            Name: string.Join(':', new[] { option.Section, property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name }.Where(part => part.Length > 0)),
            Default: property.GetValue(option.Defaults) switch { null => "", bool flag => flag ? "true" : "false", var value => value.ToString()! })));

        Assert.Equal(expected.OrderBy(setting => setting.Name), rows.Select(row => (Name: row.Key, Default: row.Value)).OrderBy(setting => setting.Name));
    }

    private static string Repository([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
