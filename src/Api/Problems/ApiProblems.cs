using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OrleansLinks.Problems;

/// <summary>
/// Errors of the API as problem details (RFC 9457) with a stable <c>code</c>, and <c>errors</c> by field.
/// </summary>
internal static class ApiProblems
{
    /// <summary>Seconds after which a client should try again when something behind the API does not answer.</summary>
    public const int RetryAfterSeconds = 2;

    /// <summary>Whether a request is for the API, which answers problems; everyone else is a visitor, and gets pages.</summary>
    public static bool AreFor(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    public static ProblemHttpResult Of(Refusal refusal) => Create(StatusOf(refusal.Kind), refusal.Code, refusal.Message, refusal.Errors);

    public static ProblemHttpResult NotFound(string what) => Of(Refusal.NotFound(what));

    public static ProblemHttpResult Malformed(string code, string field, string message) =>
        Create(StatusCodes.Status400BadRequest, code, message, [new FieldError(field, message)]);

    public static ProblemHttpResult BodyTooLarge() => Create(
        StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is larger than this path takes.", [new FieldError("body", "Send a smaller body.")]);

    public static ProblemHttpResult ContentTypeNotSupported() => Create(
        StatusCodes.Status415UnsupportedMediaType, "content_type_not_supported", "Send the body as application/json.", [new FieldError("Content-Type", "Send application/json.")]);

    /// <summary>Something behind the API does not answer: with the header that says when to try again.</summary>
    public static ProblemHttpResult Unavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Create(StatusCodes.Status503ServiceUnavailable, "unavailable", "The system cannot carry this out at the moment and nothing is acknowledged. Try again shortly.");
    }

    public static ProblemHttpResult Create(int status, string code, string message, ImmutableArray<FieldError> errors = default)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (!errors.IsDefaultOrEmpty)
        {
            extensions["errors"] = ByField(errors);
        }

        return TypedResults.Problem(message, statusCode: status, title: TitleOf(status), type: $"urn:orleanslinks:error:{code}", extensions: extensions);
    }

    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.StaleVersion => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    public static Dictionary<string, string[]> ByField(ImmutableArray<FieldError> errors) =>
        errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray());

    private static string TitleOf(int status) => status switch
    {
        400 => "The request is malformed.",
        401 => "A valid access key is needed.",
        403 => "The access key does not allow this.",
        404 => "Not found.",
        405 => "The method is not allowed here.",
        406 => "There is no such representation.",
        409 => "The present state does not allow this.",
        412 => "The version is not the current one.",
        413 => "The request is too large.",
        415 => "The content type is not supported.",
        422 => "A rule does not allow this.",
        503 => "Not available at the moment.",
        _ => "Something went wrong.",
    };
}
