using System.Net;
using System.Text.RegularExpressions;

namespace OrleansLinks.ConsoleTests;

/// <summary>A browser that runs no script and follows no redirect, for what servers and browsers say to each other.</summary>
internal sealed partial class PlainBrowser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _http;
    private readonly Uri _console;

    public PlainBrowser(string origin)
    {
        _console = new Uri($"{origin}/console/");
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, CookieContainer = _cookies }) { Timeout = Child.Patience };
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    /// <summary>Signs in with a key; answers the session's cookie.</summary>
    public static async Task<Microsoft.Playwright.Cookie> SessionOf(string origin, string key)
    {
        using var browser = new PlainBrowser(origin);
        using var answer = await browser.SignIn(key);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var session = browser._cookies.GetCookies(browser._console).Single(cookie => cookie.Name == "orleanslinks.session");
        return new() { Name = session.Name, Value = session.Value, Domain = browser._console.Host, Path = "/console", HttpOnly = true };
    }

    /// <summary>Asks for a path under the console's.</summary>
    public Task<HttpResponseMessage> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    /// <summary>Sends a form to a path under the console's.</summary>
    public Task<HttpResponseMessage> Post(string path, Dictionary<string, string> form, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, new FormUrlEncodedContent(form), headers);

    /// <summary>Types a key into the sign-in page and sends it.</summary>
    public async Task<HttpResponseMessage> SignIn(string key, string query = "", params (string Name, string Value)[] headers)
    {
        using var page = await Get($"sign-in{query}", headers);
        var form = FieldsOf(await page.Content.ReadAsStringAsync());
        form["Key"] = key;
        return await Post($"sign-in{query}", form, headers);
    }

    /// <summary>Where an answer leads, as a browser understands it.</summary>
    public static Uri TargetOf(HttpResponseMessage answer) => new(answer.RequestMessage!.RequestUri!, answer.Headers.Location!);

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_console, path)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request);
    }

    private static Dictionary<string, string> FieldsOf(string html) => HiddenField().Matches(html)
        .ToDictionary(field => field.Groups["name"].Value, field => WebUtility.HtmlDecode(field.Groups["value"].Value));

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();
}
