using Microsoft.AspNetCore.Http;
using OrleansLinks.WebConsole.Security;

namespace OrleansLinks.WebConsole.Client;

/// <summary>Calls the API with the key of who is signed in. Paths are those behind <c>/api/v1</c>.</summary>
/// <param name="pipeline">The API.</param>
/// <param name="session">Who is signed in.</param>
public sealed class ApiClient(ApiPipeline pipeline, ConsoleSession session)
{
    /// <summary>Reads something.</summary>
    /// <param name="path">The path, with its query.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ApiAnswer<T>> Get<T>(string path, CancellationToken cancellationToken = default)
        where T : class => Call<T>(HttpMethods.Get, path, null, null, cancellationToken);

    /// <summary>Creates something, or has something done.</summary>
    /// <param name="path">The path.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="act">Names what the user does: a second click on the same button is not a second act.</param>
    public Task<ApiAnswer<T>> Post<T>(string path, object? body = null, Guid? act = null)
        where T : class => Call<T>(HttpMethods.Post, path, body, act is { } id ? headers => headers["Idempotency-Key"] = id.ToString("N") : null);

    /// <summary>Changes something.</summary>
    /// <param name="path">The path.</param>
    /// <param name="body">The fields to change.</param>
    /// <param name="version">The version that the user saw; null to change whichever is there.</param>
    public Task<ApiAnswer<T>> Patch<T>(string path, object body, long? version = null)
        where T : class => Call<T>(HttpMethods.Patch, path, body, version is { } seen ? headers => headers.IfMatch = $"\"{seen}\"" : null);

    /// <summary>Puts something in its place.</summary>
    /// <param name="path">The path.</param>
    public Task<ApiAnswer<T>> Put<T>(string path)
        where T : class => Call<T>(HttpMethods.Put, path);

    /// <summary>Takes something away.</summary>
    /// <param name="path">The path.</param>
    public Task<ApiAnswer<Nothing>> Delete(string path) => Call<Nothing>(HttpMethods.Delete, path);

    private async Task<ApiAnswer<T>> Call<T>(
        string method, string path, object? body = null, Action<IHeaderDictionary>? prepare = null, CancellationToken cancellationToken = default)
        where T : class
    {
        var answer = await session.FindKey() is { } key
            ? await pipeline.Call<T>(method, path, key, body, prepare, cancellationToken)
            : new ApiAnswer<T>(null, new ApiProblem(StatusCodes.Status401Unauthorized, "key_invalid", null, null));
        if (answer.Problem is { Status: StatusCodes.Status401Unauthorized })
        {
            session.End();
        }

        return answer;
    }
}
