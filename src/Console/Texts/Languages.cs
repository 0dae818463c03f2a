using System.Globalization;

namespace OrleansLinks.WebConsole.Texts;

/// <summary>A language of the console.</summary>
/// <param name="Tag">Its BCP 47 tag.</param>
/// <param name="Name">What its speakers call it.</param>
public sealed record Language(string Tag, string Name);

/// <summary>The languages of the console.</summary>
public static class Languages
{
    /// <summary>All of them; the first is for those whose browser asks for none of them.</summary>
    public static readonly IReadOnlyList<Language> All = [new("en", "English"), new("zh-Hans", "简体中文"), new("ja", "日本語")];

    /// <summary>The language of the page.</summary>
    public static Language Current => Of(CultureInfo.CurrentUICulture);

    /// <summary>The language that a culture belongs to.</summary>
    public static Language Of(CultureInfo culture)
    {
        for (var one = culture; one.Name.Length > 0; one = one.Parent)
        {
            if (All.FirstOrDefault(language => language.Tag == one.Name) is { } found)
            {
                return found;
            }
        }

        return All[0];
    }
}
