using System.Globalization;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Layout;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Conversions;

/// <summary>What conversions, and the decisions about them, are called on the page.</summary>
internal static class ConversionTexts
{
    /// <summary>The class that marks a state.</summary>
    public static string MarkOf(ConversionState state) => state switch
    {
        ConversionState.Approved => "good",
        ConversionState.Reversed or ConversionState.Unmatched => "bad",
        _ => "wait",
    };

    /// <summary>Why a conversion is unmatched or not paid; null where it is neither.</summary>
    public static string? NoteOf(PageTexts texts, ConversionOf conversion) =>
        conversion.State == ConversionState.Unmatched && conversion.Reason is { } reason ? ReasonOf(texts, reason)
        : conversion.Class == ClickClass.OutsideTerms ? texts["Conversions.OutsideTerms", ReasonOf(texts, conversion.Reason ?? "click_outside_terms")]
        : null;

    /// <summary>What a decision came to.</summary>
    public static string OutcomeOf(PageTexts texts, WhyStep step) =>
        texts.Find($"Conversions.Outcome_{step.Rule}_{step.Outcome}") ?? MoneyOf(step.Outcome) ?? ReasonOf(texts, step.Outcome);

    /// <summary>What a decision rests on.</summary>
    public static IEnumerable<(string Name, string Value)> InputsOf(PageTexts texts, Viewer viewer, WhyStep step) => step.Inputs
        .Where(input => input.Key != "programId")
        .Select(input => (texts.Find($"Conversions.Input_{step.Rule}_{input.Key}") ?? texts.Find($"Conversions.Input_{input.Key}") ?? input.Key, ValueOf(texts, viewer, input.Key, input.Value)));

    /// <summary>By how much a change moved amount and payout; null where by nothing.</summary>
    public static string? MovesOf(PageTexts texts, ConversionChange change) =>
        change.Amount.Amount == 0m && change.Payout.Amount == 0m ? null : texts["Conversions.Moves", Signed(change.Amount), Signed(change.Payout)];

    private static string Signed(Money money) => money.Amount > 0m ? $"+{Viewer.Money(money)}" : Viewer.Money(money);

    private static string ReasonOf(PageTexts texts, string code) => texts.Find($"Conversions.Reason_{code}") ?? texts.Find($"Problems.{code}") ?? code;

    private static string ValueOf(PageTexts texts, Viewer viewer, string name, string value) =>
        MoneyOf(value)
        ?? (name == "rate" ? texts["Conversions.Percent", decimal.Parse(value, CultureInfo.InvariantCulture)] : null)
        ?? (DateTimeOffset.TryParseExact(value, ApiTexts.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? viewer.Time(time) : null)
        ?? (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Viewer.Number(number) : value);

    private static string? MoneyOf(string text) =>
        text.Split(' ') is [var amount, { Length: 3 } currency] && decimal.TryParse(amount, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)
            ? Viewer.Money(new Money(value, currency))
            : null;
}
