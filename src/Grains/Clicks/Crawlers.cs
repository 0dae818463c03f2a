using System.Buffers;
using System.Collections.Concurrent;
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

    // User agents repeat; what one is found to be is remembered, for so many.
    private const int MaxKnown = 10_000;
    private static readonly ConcurrentDictionary<string, bool> Known = new();

    static Crawlers()
    {
        using var resource = typeof(Crawlers).Assembly.GetManifestResourceStream("crawler-user-agents.txt")
            ?? throw new InvalidOperationException("The list of crawlers is not in the assembly.");
        using var reader = new StreamReader(resource);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // Nearly all patterns are plain words, which are searched all at once; the others are one expression.
        var isWord = lines.ToLookup(line => PlainWord().IsMatch(line));
        Words = SearchValues.Create([.. isWord[true].Select(Regex.Unescape)], StringComparison.Ordinal);
        Patterns = new Regex(string.Join('|', isWord[false]), RegexOptions.CultureInvariant | RegexOptions.Compiled, TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Whether a user agent says that it is a crawler. One that says nothing does not.</summary>
    public static bool Match(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent))
        {
            return false;
        }

        if (Known.TryGetValue(userAgent, out var isCrawler))
        {
            return isCrawler;
        }

        if (Known.Count >= MaxKnown)
        {
            Known.Clear();
        }

        return Known[userAgent] = Find(userAgent);
    }

    private static bool Find(string userAgent)
    {
        try
        {
            return userAgent.AsSpan().ContainsAny(Words) || Patterns.IsMatch(userAgent);
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    [GeneratedRegex(@"\A(?:[A-Za-z0-9 _:;,@=<>~!'&%-]|\\[./() +_:-])+\z")]
    private static partial Regex PlainWord();
}
