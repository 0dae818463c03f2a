using Microsoft.Extensions.Localization;
using MudBlazor;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Layout;

/// <summary>The component library's own texts, such as those that only a screen reader says, in the language of the page.</summary>
/// <param name="texts">The console's texts.</param>
internal sealed class LibraryTexts(PageTexts texts) : MudLocalizer
{
    public override LocalizedString this[string key] => texts.Find($"Library.{key}") is { } text
        ? new LocalizedString(key, text)
        : new LocalizedString(key, key, resourceNotFound: true);
}
