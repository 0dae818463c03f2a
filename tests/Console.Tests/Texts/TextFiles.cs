using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OrleansLinks.ConsoleTests.Texts;

/// <summary>The console's texts as they are written down, and the sources that use them.</summary>
internal static partial class TextFiles
{
    private static readonly string Folder = Path.Combine(Repository.Root, "src", "Console", "Texts");

    /// <summary>The texts by language and by key.</summary>
    public static ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> ByLanguage { get; } =
        Words.Tags.ToImmutableDictionary(tag => tag, tag => System.IO.Directory.GetFiles(Folder, "*.resx")
            .Where(file => LanguageOf(file) == tag)
            .SelectMany(file => XDocument.Load(file).Root!.Elements("data").Select(data => KeyValuePair.Create(
                $"{Path.GetFileName(file).Split('.')[0]}.{data.Attribute("name")!.Value}", data.Element("value")!.Value)))
            .ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>The texts in English.</summary>
    public static ImmutableSortedDictionary<string, string> English => ByLanguage["en"];

    /// <summary>The console's sources.</summary>
    public static string Console { get; } = Read("Console", "*.razor") + Read("Console", "*.cs");

    /// <summary>The sources of all that decides, and of the API that says so.</summary>
    public static string Api { get; } = Read("Contracts", "*.cs") + Read("Grains", "*.cs") + Read("Api", "*.cs");

    /// <summary>The keys that the console's sources name.</summary>
    public static ImmutableSortedSet<string> Named { get; } = [.. Key().Matches(Console).Select(match => match.Groups[1].Value).Where(key => Files.Contains(key.Split('.')[0]))];

    /// <summary>The keys that the console's sources put together, with a star in place of what is put in.</summary>
    public static ImmutableSortedSet<string> Composed { get; } =
        [.. ComposedKey().Matches(Console).Select(match => Hole().Replace(match.Groups[1].Value, "*")).Where(key => key.Contains('*', StringComparison.Ordinal) && Files.Contains(key.Split('.')[0]))];

    private static ImmutableHashSet<string> Files => [.. English.Keys.Select(key => key.Split('.')[0])];

    private static string LanguageOf(string file) => Path.GetFileName(file).Split('.') is [_, var tag, _] ? tag : "en";

    private static string Read(string project, string pattern) => string.Join(
        '\n',
        System.IO.Directory.GetFiles(Path.Combine(Repository.Root, "src", project), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText));

    [GeneratedRegex("\"([A-Z][A-Za-z]+\\.[A-Za-z][A-Za-z0-9_.]*)\"")]
    private static partial Regex Key();

    [GeneratedRegex("\\$\"([A-Z][A-Za-z]+\\.(?:[A-Za-z0-9_.]|\\{[^{}]+\\})+)\"")]
    private static partial Regex ComposedKey();

    [GeneratedRegex(@"\{[^{}]+\}")]
    private static partial Regex Hole();
}
