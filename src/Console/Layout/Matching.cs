using System.Globalization;

namespace OrleansLinks.WebConsole.Layout;

/// <summary>Finds things in lists by what is typed.</summary>
internal static class Matching
{
    /// <summary>Those that have all typed words in what is shown of them; all where nothing is typed or the chosen one stands there.</summary>
    public static Task<IEnumerable<string>> Find(IEnumerable<string> all, Func<string, string> show, string? typed, string? chosen)
    {
        var words = typed is null || (chosen is not null && typed == show(chosen)) ? [] : typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Task.FromResult<IEnumerable<string>>([.. all.Where(one => words.All(word => Has(show(one), word)))]);
    }

    private static bool Has(string text, string word) =>
        CultureInfo.CurrentCulture.CompareInfo.IndexOf(text.Replace('_', ' '), word.Replace('_', ' '), CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace | CompareOptions.IgnoreWidth) >= 0;
}
