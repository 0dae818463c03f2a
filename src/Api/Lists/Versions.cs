using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Problems;

namespace OrleansLinks.Lists;

/// <summary>Marks an endpoint that changes a thing only at the version that <c>If-Match</c> names, if it names one.</summary>
internal sealed record ConditionalMetadata;

internal static class EndpointConditions
{
    /// <summary>Marks an endpoint whose handler calls <see cref="Versions.ReadExpected"/>.</summary>
    public static RouteHandlerBuilder Conditional(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new ConditionalMetadata());
}

/// <summary>Versions of things as ETags, and what a change expects of them by <c>If-Match</c>.</summary>
internal static class Versions
{
    /// <summary>Says the version of the thing that is answered.</summary>
    public static void Tell(HttpContext context, long version) => context.Response.Headers.ETag = $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>Reads the version that a change expects; null when it does not care.</summary>
    public static ProblemHttpResult? ReadExpected(HttpContext context, out long? version)
    {
        version = null;
        var header = context.Request.Headers.IfMatch.ToString();
        if (header.Length == 0 || header == "*")
        {
            return null;
        }

        if (long.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            version = number;
            return null;
        }

        return ApiProblems.Malformed("if_match_invalid", "If-Match", "If-Match is the ETag of the thing as it was read, such as \"3\".");
    }
}
