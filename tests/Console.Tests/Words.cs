using System.Globalization;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.ConsoleTests;

/// <summary>The console's texts in a language, so that tests speak of what a user reads.</summary>
/// <param name="tag">The language's tag.</param>
internal sealed class Words(string tag)
{
    private static readonly PageTexts Texts = new();

    /// <summary>The tags of all languages.</summary>
    public static IReadOnlyList<string> Tags { get; } = [.. Languages.All.Select(language => language.Tag)];

    /// <summary>The language's tag.</summary>
    public string Tag => tag;

    /// <summary>What a browser of that language's speakers asks for.</summary>
    public string Locale => tag switch { "en" => "en-US", "zh-Hans" => "zh-CN", _ => "ja-JP" };

    /// <summary>A text.</summary>
    public string this[string key] => Find(key) ?? throw new InvalidOperationException($"There is no text {key}.");

    /// <summary>A text with values in it.</summary>
    public string this[string key, params object[] values] => Speak(() => Texts[key, values]);

    /// <summary>A text, or null where there is none.</summary>
    public string? Find(string key) => Speak(() => Texts.Find(key));

    /// <summary>Whatever is written by the language's rules.</summary>
    public T Speak<T>(Func<T> write)
    {
        var (culture, texts) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(tag);
            return write();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, texts);
        }
    }
}
