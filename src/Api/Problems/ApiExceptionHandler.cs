using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Json;
using OrleansLinks.Redirect;

namespace OrleansLinks.Problems;

/// <summary>
/// Turns exceptions into problem details: requests that cannot be read into 400 with the field's name, infrastructure
/// that does not answer into 503, and anything else, which is a bug, into 500 without its details.
/// </summary>
internal sealed partial class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    private const long MillisecondsBetweenRemarks = 1000;

    private long _toldAt = -MillisecondsBetweenRemarks;
    private long _untold;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!ApiProblems.AreFor(httpContext))
        {
            await ShowVisitor(httpContext, exception);
            return true;
        }

        var problem = exception switch
        {
            BadHttpRequestException bad => Explain(bad),

            // The framework's way to say that it does not know the charset of the content type.
            InvalidOperationException when httpContext.Request.ContentType?.Contains("charset", StringComparison.OrdinalIgnoreCase) == true
                && exception.Message.Contains("charset", StringComparison.Ordinal) => ApiProblems.ContentTypeNotSupported(),
            // Its connection was given up before it was all there, since the program ends: nobody hears the answer.
            OperationCanceledException { InnerException: ConnectionAbortedException } => ApiProblems.Unavailable(httpContext),
            _ when Infrastructure.Fails(exception) => Unavailable(httpContext, exception),
            _ => Bug(exception),
        };
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>A visitor gets a page, of the status that the API would answer.</summary>
    private Task ShowVisitor(HttpContext context, Exception exception)
    {
        if (exception is BadHttpRequestException bad)
        {
            return VisitorPages.Failed(context, bad.StatusCode);
        }

        var problem = Infrastructure.Fails(exception) ? Unavailable(context, exception) : Bug(exception);
        return VisitorPages.Failed(context, problem.StatusCode);
    }

    private static ProblemHttpResult Explain(BadHttpRequestException exception)
    {
        if (exception.InnerException is JsonException json)
        {
            return ExplainJson(json);
        }

        if (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return ApiProblems.BodyTooLarge();
        }

        if (exception.StatusCode == StatusCodes.Status415UnsupportedMediaType)
        {
            return ApiProblems.ContentTypeNotSupported();
        }

        var parameter = ParameterName().Match(exception.Message);
        var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Groups[1].Value);
        return parameter.Success
            ? ApiProblems.Malformed("parameter_invalid", name, $"The value of {name} cannot be read: it is no value of the type that /docs says.")
            : ApiProblems.Malformed("body_required", "body", "The request needs a body in JSON.");
    }

    private static ProblemHttpResult ExplainJson(JsonException exception)
    {
        var field = FieldOf(NestedJson.PathOf(exception));
        var unknown = UnknownProperty().Match(exception.Message);
        var duplicate = DuplicateProperty().Match(exception.Message);
        if (unknown.Success)
        {
            field = field.EndsWith(unknown.Groups[1].Value, StringComparison.Ordinal) ? field : $"{field}.{unknown.Groups[1].Value}".TrimStart('.');
            return ApiProblems.Malformed("unknown_field", field, $"There is no field {field} here; the API's document at /docs lists the fields.");
        }

        if (duplicate.Success)
        {
            return ApiProblems.Malformed("duplicate_field", duplicate.Groups[1].Value, $"The field {duplicate.Groups[1].Value} is there twice.");
        }

        var missing = MissingProperty().Match(exception.Message);
        if (missing.Success)
        {
            field = $"{field}.{missing.Groups[1].Value}".TrimStart('.');
            return ApiProblems.Malformed("field_required", field, $"{field} is required.");
        }

        // Messages of our own converters say what is expected; those of the serializer speak of .NET types.
        var ours = exception.Message.Contains(" is written like ", StringComparison.Ordinal) ? exception.Message.Split(" Path:")[0] : null;
        if (field.Length == 0)
        {
            return ApiProblems.Malformed("malformed_json", "body", ours ?? $"The body is not the JSON that is expected here (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}).");
        }

        return ApiProblems.Malformed("field_malformed", field, ours ?? $"The value of {field} has the wrong type or is not one of the allowed words.");
    }

    /// <summary>The field that a path in a body names; an array on its own is a batch, and holds its items.</summary>
    private static string FieldOf(string path) =>
        path.StartsWith("$[", StringComparison.Ordinal) ? "items" + path[1..] : path.TrimStart('$').TrimStart('.');

    private ProblemHttpResult Unavailable(HttpContext context, Exception exception)
    {
        // While something is away, this is every request that needs it: a line a second will do.
        var now = Environment.TickCount64;
        var last = Interlocked.Read(ref _toldAt);
        if (now - last < MillisecondsBetweenRemarks || Interlocked.CompareExchange(ref _toldAt, now, last) != last)
        {
            Interlocked.Increment(ref _untold);
        }
        else
        {
            LogUnavailable(logger, context.Request.Method, context.Request.Path, Interlocked.Exchange(ref _untold, 0), exception.GetType().Name, exception.Message.ReplaceLineEndings(" "));
            LogWhy(logger, exception);
        }

        return ApiProblems.Unavailable(context);
    }

    private ProblemHttpResult Bug(Exception exception)
    {
        LogBug(logger, exception);
        return ApiProblems.Create(StatusCodes.Status500InternalServerError, "internal_error", "This is a fault of the system; it has been logged.");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Something behind the API does not answer: {Method} {Path} ({Untold} others since the last remark): {Exception}: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string method, string path, long untold, string exception, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Why something behind the API does not answer")]
    private static partial void LogWhy(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed by a fault of ours")]
    private static partial void LogBug(ILogger logger, Exception exception);

    [GeneratedRegex("parameter \"[^\"]* (\\w+)\"")]
    private static partial Regex ParameterName();

    [GeneratedRegex("The JSON property '([^']*)' could not be mapped")]
    private static partial Regex UnknownProperty();

    [GeneratedRegex("missing required properties including: '([^']*)'")]
    private static partial Regex MissingProperty();

    [GeneratedRegex("Duplicate property '([^']*)'")]
    private static partial Regex DuplicateProperty();
}
