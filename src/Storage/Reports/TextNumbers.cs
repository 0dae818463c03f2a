namespace OrleansLinks.Reports;

/// <summary>Numbers texts in the order in which they come, from 1; 0 is no text.</summary>
internal sealed class TextNumbers
{
    private readonly OrderedDictionary<string, int> _texts = new(StringComparer.Ordinal);

    /// <summary>The texts, in the order of their numbers.</summary>
    public IReadOnlyCollection<string> All => _texts.Keys;

    /// <summary>As many lists of texts as a segment has.</summary>
    public static TextNumbers[] ForSegment() => [.. Enumerable.Range(0, ReportSegment.TextLists).Select(_ => new TextNumbers())];

    /// <summary>The number of a text.</summary>
    public int Of(string? text)
    {
        if (text is null)
            return 0;

        _texts.TryAdd(text, 0, out var number);
        return number + 1;
    }

    /// <summary>The text of a number.</summary>
    public string? TextOf(int number) => number == 0 ? null : _texts.GetAt(number - 1).Key;
}
