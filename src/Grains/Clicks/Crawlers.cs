using System.Buffers;
using System.Text.RegularExpressions;

namespace OrleansLinks.Clicks;

/// <summary>
/// Tells crawlers and link previews by what they call themselves. The patterns are those of
/// https://github.com/monperrus/crawler-user-agents; see NOTICE.md.
/// </summary>
public static partial class Crawlers
{
    private static readonly SearchValues<string> Words;
    private static readonly Regex Patterns;

    // The list counts these among crawlers, but they are browsers inside apps, in which people follow links.
    private static readonly string[] InAppBrowsers = ["MetaIAB Facebook"];

    static Crawlers()
    {
        using var resource = typeof(Crawlers).Assembly.GetManifestResourceStream("crawler-user-agents.txt")
            ?? throw new InvalidOperationException("The list of crawlers is not in the assembly.");
        using var reader = new StreamReader(resource);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Except(InAppBrowsers);

        // Nearly all patterns are plain words, which are searched all at once; the others are one expression, whose time
        // grows with the length of the text alone. A limit of time would take a visitor for a crawler on a busy machine.
        var isWord = lines.ToLookup(line => PlainWord().IsMatch(line));
        Words = SearchValues.Create([.. isWord[true].Select(Regex.Unescape)], StringComparison.Ordinal);
        Patterns = new Regex(string.Join('|', isWord[false]), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>Whether a user agent says that it is a crawler. One that says nothing does not.</summary>
    public static bool Match(string? userAgent) =>
        !string.IsNullOrEmpty(userAgent) && (userAgent.AsSpan().ContainsAny(Words) || Patterns.IsMatch(userAgent));

    [GeneratedRegex(@"\A(?:[A-Za-z0-9 _:;,@=<>~!'&%-]|\\[./() +_:-])+\z")]
    private static partial Regex PlainWord();
}
