using System.Globalization;
using System.Text;

namespace OrleansLinks.WebConsole.Texts;

/// <summary>Numbers as people type them.</summary>
internal static class TypedNumber
{
    // Groups of digits are no part of it: what parts them in one language is the point in another.
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Reads a number as it is written in the language of the page, also with digits of full width.</summary>
    /// <returns>Whether the text is one.</returns>
    public static bool TryRead(string text, out decimal number)
    {
        number = 0m;

        // Half a surrogate pair cannot be normalised.
        return !OrleansLinks.Texts.HasForbiddenCharacters(text)
            && decimal.TryParse(text.Normalize(NormalizationForm.FormKC).Trim(), Style, CultureInfo.CurrentCulture, out number);
    }

    /// <summary>Writes a number as it is typed.</summary>
    public static string? Write(decimal? number) => number?.ToString("0.####", CultureInfo.CurrentCulture);
}
