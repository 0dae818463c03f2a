using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Json;

namespace OrleansLinks.WebConsole.Client;

/// <summary>
/// The API of this very process. The console is a client of it like any other: what a key may see and do, and what is
/// wrong with what was typed, is decided in one place.
/// </summary>
/// <param name="services">The process's services.</param>
public sealed class ApiPipeline(IServiceProvider services)
{
    private static readonly JsonSerializerOptions Json = MakeJson();

    private RequestDelegate? _next;

    /// <summary>Takes everything that comes behind; the first thing in the process's pipeline.</summary>
    /// <param name="next">What comes behind.</param>
    public RequestDelegate Capture(RequestDelegate next) => _next = next;

    /// <summary>Has the API answer a request of a browser that came to the console, as it is.</summary>
    /// <param name="context">The browser's request.</param>
    /// <param name="path">The path of the API that it is for.</param>
    /// <param name="key">The key to call with.</param>
    public Task Forward(HttpContext context, PathString path, string key)
    {
        context.Request.PathBase = PathString.Empty;
        context.Request.Path = path;
        context.Request.Headers.Authorization = $"Bearer {key}";
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        return Run(context);
    }

    /// <summary>Reads something.</summary>
    /// <param name="path">The path behind <c>/api/v1</c>, with its query.</param>
    /// <param name="key">The key to call with.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ApiAnswer<T>> Get<T>(string path, string key, CancellationToken cancellationToken)
        where T : class => Call<T>(HttpMethods.Get, path, key, null, null, cancellationToken);

    /// <summary>Calls the API.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path behind <c>/api/v1</c>, with its query.</param>
    /// <param name="key">The key to call with.</param>
    /// <param name="body">The body, written as JSON; null for none.</param>
    /// <param name="prepare">Adds to the request's headers.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ApiAnswer<T>> Call<T>(
        string method, string path, string key, object? body, Action<IHeaderDictionary>? prepare, CancellationToken cancellationToken)
        where T : class
    {
        await using var scope = services.CreateAsyncScope();
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        context.Response.Body = answer;
        Write(context.Request, method, path, key, body);
        prepare?.Invoke(context.Request.Headers);
        await Run(context);
        return Read<T>(context.Response.StatusCode, answer);
    }

    private static void Write(HttpRequest request, string method, string path, string key, object? body)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        request.Method = method;
        request.Scheme = "http";
        request.Host = new HostString("localhost");
        request.Path = PathString.FromUriComponent($"/api/v1{(query < 0 ? path : path[..query])}");
        request.QueryString = new QueryString(query < 0 ? "" : path[query..]);
        request.Headers.Authorization = $"Bearer {key}";
        request.Headers.Accept = MediaTypeNames.Application.Json;
        if (body is not null)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json);
            request.ContentType = MediaTypeNames.Application.Json;
            request.ContentLength = bytes.Length;
            request.Body = new MemoryStream(bytes);
            request.HttpContext.Features.Set<IHttpRequestBodyDetectionFeature>(HasBody.Instance);
        }
    }

    private static ApiAnswer<T> Read<T>(int status, MemoryStream body)
        where T : class
    {
        body.Position = 0;
        if (status is >= 200 and < 300)
        {
            return new ApiAnswer<T>(body.Length == 0 ? (T)(object)new Nothing() : JsonSerializer.Deserialize<T>(body, Json), null);
        }

        return new ApiAnswer<T>(null, (body.Length == 0 ? null : JsonSerializer.Deserialize<ApiProblem>(body, Json)) ?? new ApiProblem(status, "request_refused", null, null));
    }

    private Task Run(HttpContext context) => _next?.Invoke(context) ?? throw new InvalidOperationException("The API is not there yet.");

    private static JsonSerializerOptions MakeJson()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);

        // A client takes what a newer server adds, and null in a change clears a field.
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.RespectRequiredConstructorParameters = false;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        return options;
    }

    /// <summary>Endpoints look for a body only where a server says that there is one.</summary>
    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public static readonly HasBody Instance = new();

        public bool CanHaveBody => true;
    }
}
