using System.Text.RegularExpressions;

namespace OrleansLinks.ConsoleTests.Texts;

public sealed partial class ProblemTests
{
    /// <summary>Refusals of what the console never asks for, and words that are written like codes and are none.</summary>
    private static readonly string[] NotMet =
    [
        // The body, the query and the headers of a request, which the console writes by itself.
        "malformed_json", "body_required", "body_too_large", "content_type_not_supported", "unknown_field", "duplicate_field", "field_required", "field_malformed",
        "parameter_invalid", "limit_invalid", "cursor_invalid", "search_invalid", "not_acceptable", "if_match_invalid", "idempotency_key_invalid", "method_not_allowed",
        "request_refused", "batch_size", "batch_refused", "program_required",

        // Settings that the console offers nobody whom they are refused.
        "sub_id_is_partners", "param_is_brands", "group_not_visible", "regular_link_page_fixed",

        // Webhooks, postbacks and reported conversions, which are for programs.
        "too_many_webhooks", "signature_invalid", "no_success",

        // Why a conversion is paid or not; texts of their own.
        "no_terms", "before_click", "outside_window", "click_outside_terms", "click_of_other_program", "click_not_found", "cap_reached", "partner_unknown",
        "landing_page_not_allowed", "saved_page_removed",

        // What becomes of redirects, in the metrics.
        "in_terms", "outside_terms",

        // Fields of the database of countries.
        "country_code", "iso_code",
    ];

    [Fact]
    public void Every_refusal_that_the_console_can_meet_has_a_text() =>
        Codes.Where(code => !TextFiles.English.ContainsKey($"Problems.{code}") && !NotMet.Contains(code)
            && !TextFiles.English.Keys.Any(key => key.StartsWith($"Problems.{code}.", StringComparison.Ordinal))).AreNone();

    [Fact]
    public void What_is_said_not_to_be_met_is_in_the_sources_and_has_no_text() =>
        NotMet.Where(code => !Codes.Contains(code) || TextFiles.English.ContainsKey($"Problems.{code}")).AreNone();

    [Fact]
    public void No_text_is_of_a_refusal_that_there_is_not()
    {
        var problems = TextFiles.English.Keys.Where(key => key.StartsWith("Problems.", StringComparison.Ordinal)).Select(key => key["Problems.".Length..].Split('.'));
        problems
            .Where(problem => !TextFiles.Api.Contains($"\"{problem[0]}\"", StringComparison.Ordinal) && !TextFiles.Named.Contains($"Problems.{problem[0]}")
                || problem.Length > 1 && !TextFiles.Api.Contains(problem[^1], StringComparison.OrdinalIgnoreCase))
            .Select(problem => string.Join('.', problem)).AreNone();
    }

    private static HashSet<string> Codes { get; } = [.. Code().Matches(TextFiles.Api).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("\"([a-z]+(?:_[a-z]+)+)\"")]
    private static partial Regex Code();
}
