using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OrleansLinks.Processes;

/// <summary>Calls the API with one key, and follows links without following where they lead.</summary>
internal sealed class Client : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _origin;

    public Client(string origin, string key)
    {
        _origin = origin;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Child.Patience };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    }

    /// <summary>A body as it is sent.</summary>
    public static string Json(object body) => JsonSerializer.Serialize(body);

    public Task<JsonElement> Get(string path) => Call(HttpMethod.Get, path);

    public Task<JsonElement> Post(string path, object? body = null, string? idempotencyKey = null) => Call(
        HttpMethod.Post, path, body switch { null => null, string json => json, _ => Json(body) }, idempotencyKey);

    public Task<JsonElement> Patch(string path, object body) => Call(HttpMethod.Patch, path, Json(body));

    public Task<JsonElement> Delete(string path) => Call(HttpMethod.Delete, path);

    /// <summary>With which status the API answers.</summary>
    public Task<HttpStatusCode> StatusOf(string path) => StatusOfLink($"{_origin}/api/v1{path}");

    /// <summary>With which status a link, or anything else of an instance, answers.</summary>
    public async Task<HttpStatusCode> StatusOfLink(string url)
    {
        using var response = await _http.GetAsync(url);
        return response.StatusCode;
    }

    public Task<JsonElement> Put(string path) => Call(HttpMethod.Put, path);

    /// <summary>All things on a list.</summary>
    public async Task<List<JsonElement>> List(string path, int limit = 500)
    {
        var items = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Get($"{path}?limit={limit}{(cursor.Length == 0 ? "" : $"&cursor={cursor}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return items;
    }

    /// <summary>Clicks a link; answers where it leads.</summary>
    /// <exception cref="HttpRequestException">The instance did not answer.</exception>
    public Task<string> Click(string trackingUrl) => Follow(HttpMethod.Get, trackingUrl);

    /// <summary>Clicks a link; answers where it leads, or null when the answer was another one.</summary>
    public async Task<string?> TryClick(string trackingUrl, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(trackingUrl, cancellationToken);
        return response.StatusCode == HttpStatusCode.Found ? response.Headers.Location!.OriginalString : null;
    }

    /// <summary>Asks where a link leads, which counts no click.</summary>
    /// <exception cref="HttpRequestException">The instance did not answer.</exception>
    public Task<string> Peek(string trackingUrl) => Follow(HttpMethod.Head, trackingUrl);

    /// <summary>
    /// Whether an exception says that the instance is gone. A connection that is reset between its making and the client's
    /// look at its other end comes out as a bare <see cref="SocketException"/>.
    /// </summary>
    public static bool IsGone(Exception exception) => exception is HttpRequestException or IOException or SocketException;

    public void Dispose() => _http.Dispose();

    private async Task<string> Follow(HttpMethod method, string trackingUrl)
    {
        using var request = new HttpRequestMessage(method, trackingUrl);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    private async Task<JsonElement> Call(HttpMethod method, string path, string? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, $"{_origin}/api/v1{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path} answered {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}");
        return answer.Length == 0 ? default : JsonElement.Parse(answer);
    }
}

internal static class JsonElementReading
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static string Id(this JsonElement element) => element.Text("id");

    public static long Number(this JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
