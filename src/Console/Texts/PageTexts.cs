using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;

namespace OrleansLinks.WebConsole.Texts;

/// <summary>
/// The console's texts in the language of the page. A key names its file and the text in it: <c>Campaigns.New</c> is the
/// text <c>New</c> of <c>Texts/Campaigns.resx</c>, and of <c>Campaigns.ja.resx</c> in Japanese.
/// </summary>
public sealed class PageTexts
{
    private static readonly SearchValues<char> Directions = SearchValues.Create("\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u061C");

    private readonly ConcurrentDictionary<string, ResourceManager> _files = new();
    private readonly ConcurrentDictionary<(string Language, string Key), string> _texts = new();

    /// <summary>A text.</summary>
    /// <exception cref="InvalidOperationException">There is no such text.</exception>
    public string this[string key] => Find(key) ?? throw new InvalidOperationException($"There is no text {key}.");

    /// <summary>
    /// A text with values in it, which are written as the language of the page does. Marks of direction in names are left out, which
    /// would turn the words around them.
    /// </summary>
    public string this[string key, params object?[] values] =>
        string.Format(CultureInfo.CurrentCulture, this[key], [.. values.Select(value => value is string text ? WithoutDirections(text) : value)]);

    /// <summary>A text without marks that turn the direction of what follows.</summary>
    public static string WithoutDirections(string text) =>
        text.AsSpan().ContainsAny(Directions) ? string.Concat(text.Where(letter => !Directions.Contains(letter))) : text;

    /// <summary>A text, or null where there is none.</summary>
    public string? Find(string key)
    {
        // Pages ask for the same ones again with each move of what they show.
        var place = (CultureInfo.CurrentUICulture.Name, key);
        if (!_texts.TryGetValue(place, out var text) && Read(key) is { } found)
        {
            _texts[place] = text = found;
        }

        return text;
    }

    private string? Read(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        var file = _files.GetOrAdd(key[..dot], name => new ResourceManager($"OrleansLinks.WebConsole.Texts.{name}", typeof(PageTexts).Assembly));
        try
        {
            return file.GetString(key[(dot + 1)..], CultureInfo.CurrentUICulture);
        }
        catch (MissingManifestResourceException)
        {
            return null;
        }
    }
}
