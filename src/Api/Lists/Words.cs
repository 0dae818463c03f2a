using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Problems;

namespace OrleansLinks.Lists;

/// <summary>Words of an enumeration in a query, spelled as in JSON.</summary>
internal static class Words
{
    /// <summary>Reads a word; null when there is none.</summary>
    public static ProblemHttpResult? Read<T>(string parameter, string? word, out T? value)
        where T : struct, Enum
    {
        value = null;
        if (string.IsNullOrEmpty(word))
        {
            return null;
        }

        foreach (var known in Enum.GetValues<T>())
        {
            if (NameOf(known) == word)
            {
                value = known;
                return null;
            }
        }

        return ApiProblems.Malformed(
            "parameter_invalid", parameter, $"{parameter} is one of {string.Join(", ", Enum.GetValues<T>().Select(NameOf))}.");
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
