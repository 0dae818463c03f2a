using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansLinks.Json;
using OrleansLinks.WebConsole.Security;

namespace OrleansLinks.WebConsole.Client;

/// <summary>Calls the API with the key of who is signed in.</summary>
/// <param name="pipeline">The API.</param>
/// <param name="session">Who is signed in.</param>
public sealed class ApiClient(ApiPipeline pipeline, ConsoleSession session)
{
    private static readonly JsonSerializerOptions Json = MakeJson();

    /// <summary>Reads something.</summary>
    /// <param name="path">The path behind <c>/api/v1</c>, with its query.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ApiAnswer<T>> Get<T>(string path, CancellationToken cancellationToken = default)
        where T : class => Call<T>(HttpMethods.Get, path, null, null, cancellationToken);

    /// <summary>Creates something, or has something done. A second call with the same <paramref name="act"/> does nothing twice.</summary>
    /// <param name="path">The path behind <c>/api/v1</c>.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="act">Names what the user does, so that a second click on a button is not a second act.</param>
    public Task<ApiAnswer<T>> Post<T>(string path, object? body = null, Guid? act = null)
        where T : class => Call<T>(HttpMethods.Post, path, body, request =>
        {
            if (act is { } id)
            {
                request.Headers["Idempotency-Key"] = id.ToString("N");
            }
        });

    /// <summary>Changes something.</summary>
    /// <param name="path">The path behind <c>/api/v1</c>.</param>
    /// <param name="body">The fields to change.</param>
    /// <param name="version">The version that the user saw; null to change whichever is there.</param>
    public Task<ApiAnswer<T>> Patch<T>(string path, object body, long? version = null)
        where T : class => Call<T>(HttpMethods.Patch, path, body, request =>
        {
            if (version is { } seen)
            {
                request.Headers.IfMatch = $"\"{seen}\"";
            }
        });

    /// <summary>Puts something in its place.</summary>
    /// <param name="path">The path behind <c>/api/v1</c>.</param>
    public Task<ApiAnswer<T>> Put<T>(string path)
        where T : class => Call<T>(HttpMethods.Put, path);

    /// <summary>Takes something away.</summary>
    /// <param name="path">The path behind <c>/api/v1</c>.</param>
    public Task<ApiAnswer<Nothing>> Delete(string path) => Call<Nothing>(HttpMethods.Delete, path);

    private async Task<ApiAnswer<T>> Call<T>(
        string method, string path, object? body = null, Action<HttpRequest>? prepare = null, CancellationToken cancellationToken = default)
        where T : class
    {
        var key = await session.GetKey();
        using var answer = new MemoryStream();
        var status = await pipeline.Send(
            request =>
            {
                var (local, query) = path.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? (path[..at], path[at..]) : (path, "");
                request.Method = method;
                request.Scheme = "http";
                request.Host = new HostString("localhost");
                request.Path = PathString.FromUriComponent($"/api/v1{local}");
                request.QueryString = new QueryString(query);
                request.Headers.Authorization = $"Bearer {key}";
                request.Headers.Accept = MediaTypeNames.Application.Json;
                if (body is not null)
                {
                    var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json);
                    request.ContentType = MediaTypeNames.Application.Json;
                    request.ContentLength = bytes.Length;
                    request.Body = new MemoryStream(bytes);
                }

                prepare?.Invoke(request);
            },
            answer,
            cancellationToken);
        answer.Position = 0;
        if (status is >= 200 and < 300)
        {
            var value = answer.Length == 0 ? (T)(object)new Nothing() : JsonSerializer.Deserialize<T>(answer, Json)!;
            return new ApiAnswer<T>(value, null);
        }

        var problem = answer.Length == 0 ? null : JsonSerializer.Deserialize<ApiProblem>(answer, Json);
        if (status == StatusCodes.Status401Unauthorized)
        {
            session.End();
        }

        return new ApiAnswer<T>(null, problem ?? new ApiProblem(status, "request_refused", null, null));
    }

    private static JsonSerializerOptions MakeJson()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);

        // A client takes what a newer server adds.
        options.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip;
        options.RespectRequiredConstructorParameters = false;

        // What is null in a change clears the field.
        options.DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never;
        return options;
    }
}
