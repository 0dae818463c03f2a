using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components.Rendering;
using OrleansLinks.WebConsole;

namespace OrleansLinks.ConsoleTests.Texts;

public sealed partial class HardCodedTextTests
{
    /// <summary>What elements and components show or have spoken.</summary>
    private static readonly HashSet<string> Shown = new(StringComparer.OrdinalIgnoreCase)
    {
        "title", "alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "label", "text", "helperText", "errorText", "ariaLabel", "lead",
        "of", "yesText", "noText", "cancelText", "requiredError", "adornmentText", "adornmentAriaLabel", "header", "caption", "checkedLabel", "summary",
    };

    [Fact]
    public void No_page_has_a_text_that_is_not_of_the_texts()
    {
        var found = typeof(ConsoleHost).Assembly.GetTypes().SelectMany(type => Instructions.In(type).SelectMany(method => TextsIn(method).Select(text => $"{type.FullName}: {text}")));
        found.AreNone();
    }

    [Fact]
    public void Texts_that_are_looked_for_are_found()
    {
        Assert.Equal(["Heading", "Spoken", "Said"], Instructions.In(typeof(Sample)).SelectMany(TextsIn));
    }

    [Fact]
    public void No_message_is_written_where_it_is_shown() => Message().Matches(TextFiles.Console).Select(match => match.Value).AreNone();

    private static IEnumerable<string> TextsIn(IReadOnlyList<Instruction> method)
    {
        for (var at = 0; at < method.Count; at++)
        {
            if (method[at].Called is not { } called || called.DeclaringType != typeof(RenderTreeBuilder) || ValueBefore(method, at) is not { Text: { } value } literal)
            {
                continue;
            }

            var texts = called.Name switch
            {
                nameof(RenderTreeBuilder.AddContent) => [value],
                nameof(RenderTreeBuilder.AddMarkupContent) => TextsOf(value),
                nameof(RenderTreeBuilder.AddAttribute) or nameof(RenderTreeBuilder.AddComponentParameter) when Shown.Contains(literal.Before?.Text ?? "") => [value],
                _ => Array.Empty<string>(),
            };
            foreach (var text in texts.Where(text => Letter().IsMatch(text) && !Example().IsMatch(text)))
            {
                yield return text;
            }
        }
    }

    /// <summary>What a call was given last, where that was a text as it stands.</summary>
    private static Instruction? ValueBefore(IReadOnlyList<Instruction> method, int at)
    {
        var before = at - 1;
        while (before > 0 && method[before].Called?.Name == "TypeCheck")
        {
            before--;
        }

        return before >= 0 && method[before].Text is not null ? method[before] : null;
    }

    private static string[] TextsOf(string markup) =>
    [
        .. Tag().Replace(markup, "\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(WebUtility.HtmlDecode)!,
        .. Attribute().Matches(markup).Where(attribute => Shown.Contains(attribute.Groups[1].Value)).Select(attribute => attribute.Groups[2].Value),
    ];

    [GeneratedRegex(@"\p{L}")]
    private static partial Regex Letter();

    // What addresses and the like look like is no language.
    [GeneratedRegex(@"^(https://|[a-z]+\.example\.com|utm_\S+)$")]
    private static partial Regex Example();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("([a-z-]+)=\"([^\"]*)\"")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"(Snackbar\.Add|ShowMessageBoxAsync|ShowAsync<\w+>)\(\s*\$?""[^""]*\p{L}[^""]*""")]
    private static partial Regex Message();

    private static class Sample
    {
        public static void Render(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, "<h1 class=\"big\">Heading</h1>");
            builder.AddAttribute(1, "aria-label", "Spoken");
            builder.AddAttribute(2, "class", "narrow");
            builder.AddContent(3, "Said");
            builder.AddContent(4, "→ ");
        }
    }
}
