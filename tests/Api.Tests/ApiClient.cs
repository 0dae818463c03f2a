using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests;

/// <summary>Calls the host over HTTP with a key, or without one.</summary>
public sealed class ApiClient(HttpClient http, string? key)
{
    public const string Base = "/api/v1";

    public string? Key => key;

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Post(string path, object? body = null, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, body, headers);

    public Task<Answer> Patch(string path, object? body, params (string Name, string Value)[] headers) => Send(HttpMethod.Patch, path, body, headers);

    public Task<Answer> Put(string path) => Send(HttpMethod.Put, path);

    public Task<Answer> Delete(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Delete, path, null, headers);

    /// <summary>Calls a path of the API.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path behind <see cref="Base"/>.</param>
    /// <param name="body">Text as it is, anything else as JSON; null for none.</param>
    /// <param name="headers">More headers.</param>
    public Task<Answer> Send(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendRaw(method, Base + path, body is null ? null : Json(Write(body)), headers);

    /// <summary>Calls any path with any content.</summary>
    public async Task<Answer> SendRaw(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.RelativeOrAbsolute)) { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var bytes = response.Content.Headers.ContentType?.MediaType == EventWatch.MediaType
            ? Encoding.UTF8.GetBytes((await new EventWatch(await response.Content.ReadAsStreamAsync()).Next()).Data)
            : await response.Content.ReadAsByteArrayAsync();
        return new Answer($"{method} {path}", response, bytes);
    }

    /// <summary>Begins to watch a stream of server-sent events.</summary>
    public async Task<EventWatch> Watch(string path, long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Base + path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        if (lastEventId is { } id)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(EventWatch.MediaType, response.Content.Headers.ContentType?.MediaType);
        return new EventWatch(await response.Content.ReadAsStreamAsync(), response);
    }

    /// <summary>Reads a list to its end.</summary>
    public async Task<JsonObject[]> GetAll(string path, int limit)
    {
        var items = new List<JsonObject>();
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = (await Get($"{path}{separator}limit={limit}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).Expect(200).Json;
            var onPage = page["items"]!.AsArray();
            Assert.InRange(onPage.Count, 0, limit);
            items.AddRange(onPage.Select(item => item!.AsObject()));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return [.. items];
    }

    public static HttpContent Json(string text) => Json(Encoding.UTF8.GetBytes(text));

    public static HttpContent Json(byte[] bytes) => new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static string Write(object body) => body switch
    {
        string text => text,
        JsonNode node => node.ToJsonString(),
        _ => JsonSerializer.Serialize(body, JsonSerializerOptions.Web),
    };
}

/// <summary>An answer, read to its end.</summary>
public sealed class Answer
{
    private readonly string _request;
    private readonly byte[] _body;

    public Answer(string request, HttpResponseMessage response, byte[] body)
    {
        _request = request;
        _body = body;
        Status = (int)response.StatusCode;
        ContentType = response.Content.Headers.ContentType?.MediaType;
        Headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
    }

    public int Status { get; }

    public string? ContentType { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public string Text => Encoding.UTF8.GetString(_body);

    public JsonObject Json => JsonNode.Parse(_body)?.AsObject() ?? throw new InvalidOperationException($"{this} has no JSON object.");

    public JsonObject[] Items => [.. Json["items"]!.AsArray().Select(item => item!.AsObject())];

    public string? Code => ContentType == "application/problem+json" ? Json["code"]?.GetValue<string>() : null;

    public string? Location => Headers.GetValueOrDefault("Location");

    public string? ETag => Headers.GetValueOrDefault("ETag");

    /// <summary>The fields that a problem blames.</summary>
    public string[] Fields => ContentType == "application/problem+json" && Json["errors"] is JsonObject errors ? [.. errors.Select(error => error.Key)] : [];

    public string this[string field] => Json[field]?.ToString() ?? throw new InvalidOperationException($"{this} has no {field}.");

    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"Expected {status}: {this}");
        return this;
    }

    /// <summary>Checks that it is a problem by that status and code, which blames that field, if one is to blame.</summary>
    public Answer ExpectProblem(int status, string code, string? field = null)
    {
        Expect(status);
        AssertIsProblem();
        Assert.True(Code == code, $"Expected the code {code}: {this}");
        Assert.True(field is null || Fields.Contains(field), $"Expected {field} to be blamed: {this}");
        return this;
    }

    /// <summary>Checks that exactly those fields are blamed.</summary>
    public void ExpectFields(params string[] fields) => Assert.Equal(fields, Fields);

    /// <summary>Checks the form of a problem: RFC 9457 with a snake_case code, and nothing of the inside of the program.</summary>
    public void AssertIsProblem()
    {
        Assert.True(ContentType == "application/problem+json", $"Expected problem details: {this}");
        Assert.True(Code is { Length: > 0 } code && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'), $"Expected a snake_case code: {this}");
        Assert.True(Json["status"]!.GetValue<int>() == Status, $"Expected the status in the body: {this}");
        Assert.False(string.IsNullOrWhiteSpace(Json["detail"]?.GetValue<string>()), $"Expected a detail: {this}");
        Assert.False(string.IsNullOrWhiteSpace(Json["title"]?.GetValue<string>()), $"Expected a title: {this}");
        Assert.DoesNotContain("System.", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("OrleansLinks.", Text, StringComparison.Ordinal);
    }

    public override string ToString() => $"{_request} answered {Status} {ContentType} {(Text.Length > 600 ? Text[..600] + "…" : Text)}";
}
