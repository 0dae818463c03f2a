using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace OrleansLinks;

/// <summary>Collects what is wrong with the fields of a request, and checks the fields that many things have.</summary>
internal sealed class FieldErrors
{
    private readonly ImmutableArray<FieldError>.Builder _errors = ImmutableArray.CreateBuilder<FieldError>();

    public bool Any => _errors.Count > 0;

    public Refusal ToRefusal() => Refusal.Invalid(_errors.ToImmutable());

    public void Add(string field, string message) => _errors.Add(new FieldError(field, message));

    /// <summary>A text of 1 to <paramref name="max"/> characters without control characters; "" where it is not.</summary>
    public string Text(string field, string? value, int max)
    {
        var text = value?.Trim() ?? "";
        if (text.Length == 0)
        {
            Add(field, $"{field} is required: 1 to {max} characters.");
            return "";
        }

        return OptionalText(field, text, max) ?? "";
    }

    /// <summary>A text of at most <paramref name="max"/> characters without control characters, or null for none.</summary>
    public string? OptionalText(string field, string? value, int max, bool lineBreaks = false)
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length > max)
        {
            Add(field, $"{field} has {text.Length} characters; at most {max} are allowed.");
            return null;
        }

        if (Texts.HasForbiddenCharacters(text, lineBreaks))
        {
            Add(field, $"{field} contains control characters or broken Unicode; remove them.");
            return null;
        }

        return text;
    }
}

/// <summary>Checks on texts that come from outside.</summary>
internal static class Texts
{
    /// <summary>Whether a text has control characters (line breaks and tabs aside, if allowed) or half a surrogate pair.</summary>
    public static bool HasForbiddenCharacters(ReadOnlySpan<char> text, bool lineBreaks = false)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) && !(lineBreaks && c is '\n' or '\r' or '\t'))
            {
                return true;
            }

            if (char.IsSurrogate(c))
            {
                if (!char.IsHighSurrogate(c) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }

    /// <summary>The text without its control characters and halves of surrogate pairs.</summary>
    public static string WithoutForbiddenCharacters(ReadOnlySpan<char> text)
    {
        var kept = new StringBuilder(text.Length);
        while (Rune.DecodeFromUtf16(text, out var rune, out var used) is var status && used > 0)
        {
            if (status == OperationStatus.Done && !Rune.IsControl(rune))
            {
                kept.Append(text[..used]);
            }

            text = text[used..];
        }

        return kept.ToString();
    }
}
