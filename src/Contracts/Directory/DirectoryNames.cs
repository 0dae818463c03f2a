using System.Text;

namespace OrleansLinks.Directory;

/// <summary>How names are compared when lists are searched: anywhere in the name, in any case, in the letters of any script.</summary>
public static class DirectoryNames
{
    /// <summary>
    /// A name, or a part of one, in the form in which they are compared. It is made here and not in the databases, which know different
    /// letters.
    /// </summary>
    /// <remarks>
    /// Compatibility forms of a letter, such as those of full and half width, are one (NFKC, https://unicode.org/reports/tr15/). Through
    /// upper to lower case, since some letters have two lower cases, such as the Greek sigma; and composed once more, since what has no
    /// composed upper case may have a lower one.
    /// </remarks>
    /// <exception cref="ArgumentException">The text has half of a surrogate pair.</exception>
    public static string Fold(string text) =>
        text.Normalize(NormalizationForm.FormKC).ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormKC);

    /// <summary>Whether a name has a part that was folded.</summary>
    public static bool Match(string name, string folded) => Fold(name).Contains(folded, StringComparison.Ordinal);
}
