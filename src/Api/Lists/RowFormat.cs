using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using OrleansLinks.Problems;

namespace OrleansLinks.Lists;

/// <summary>A format in which rows are answered.</summary>
/// <param name="Word">What <c>format</c> in a query calls it; also how names of its files end.</param>
/// <param name="MediaType">What <c>Accept</c> calls it.</param>
internal sealed record RowFormat(string Word, string MediaType)
{
    /// <summary>RFC 4180, with a header.</summary>
    public static RowFormat Csv { get; } = new("csv", "text/csv");

    /// <summary>An object a line (https://github.com/ndjson/ndjson-spec).</summary>
    public static RowFormat Ndjson { get; } = new("ndjson", "application/x-ndjson");

    /// <summary>One JSON document; <see cref="RowStream"/> does not write it.</summary>
    public static RowFormat Json { get; } = new("json", "application/json");

    /// <summary>Chooses the format that a request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="word">Its <c>format</c>, which goes before <c>Accept</c>, since who follows a link in a browser cannot set that; null when it has none.</param>
    /// <param name="offered">What there is; the first is for those who do not care.</param>
    /// <param name="format">The format.</param>
    /// <returns>The problem when there is none that was asked for.</returns>
    public static ProblemHttpResult? Choose(HttpRequest request, string? word, ReadOnlySpan<RowFormat> offered, out RowFormat format)
    {
        format = offered[0];
        if (!string.IsNullOrEmpty(word))
        {
            foreach (var one in offered)
            {
                if (one.Word == word)
                {
                    format = one;
                    return null;
                }
            }

            return ApiProblems.Malformed("parameter_invalid", "format", $"format is {Or(offered, one => one.Word)}.");
        }

        if (request.Headers.Accept.Count == 0)
        {
            return null;
        }

        // Of what is wanted equally, what is named goes before what a wildcard covers.
        var wanted = request.GetTypedHeaders().Accept
            .Where(one => one.Quality is not 0)
            .OrderByDescending(one => one.Quality ?? 1)
            .ThenBy(one => one.MatchesAllTypes ? 2 : one.MatchesAllSubTypes ? 1 : 0);
        foreach (var one in wanted)
        {
            foreach (var candidate in offered)
            {
                if (new MediaTypeHeaderValue(candidate.MediaType).IsSubsetOf(new MediaTypeHeaderValue(one.MediaType)))
                {
                    format = candidate;
                    return null;
                }
            }
        }

        var remedy = $"Accept {Or(offered, one => one.MediaType)}, or say format={Or(offered, one => one.Word)}.";
        return ApiProblems.Create(StatusCodes.Status406NotAcceptable, "not_acceptable", remedy, [new FieldError("Accept", remedy)]);
    }

    private static string Or(ReadOnlySpan<RowFormat> offered, Func<RowFormat, string> name) => string.Join(" or ", offered.ToArray().Select(name));
}
