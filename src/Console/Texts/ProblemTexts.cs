using System.Text.RegularExpressions;
using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Texts;

/// <summary>
/// What is wrong, in the language of the page: the text <c>Problems.{code}.{field}</c>, else <c>Problems.{code}</c>, else
/// what the API says, in English. Of a field such as <c>landing.savedPages[2].url</c>, numbers are left out.
/// </summary>
/// <param name="texts">The console's texts.</param>
public sealed partial class ProblemTexts(PageTexts texts)
{
    /// <summary>What is wrong, as a whole.</summary>
    public string Of(ApiProblem problem) =>
        problem.Errors is { Count: > 0 } errors && problem.Code == "validation_failed"
            ? string.Join(" ", errors.Keys.Select(field => Of(problem, field)))
            : texts.Find($"Problems.{problem.Code}") ?? problem.Detail ?? texts["Problems.unknown"];

    /// <summary>What is wrong with a field; null where nothing is.</summary>
    public string? Of(ApiProblem? problem, string field)
    {
        if (problem?.Errors?.GetValueOrDefault(field) is not { } messages)
        {
            return null;
        }

        return texts.Find($"Problems.{problem.Code}.{Index().Replace(field, "")}") ?? texts.Find($"Problems.{problem.Code}") ?? string.Join(" ", messages);
    }

    /// <summary>What is wrong with none of the fields that the page shows; null where it is with one of them.</summary>
    public string? OfOthers(ApiProblem? problem, params string[] fields) =>
        problem is null || fields.Any(field => problem.Errors?.ContainsKey(field) == true) ? null : Of(problem);

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();
}
