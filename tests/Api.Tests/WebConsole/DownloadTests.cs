using System.Net;
using System.Text.RegularExpressions;

namespace OrleansLinks.Api.Tests.WebConsole;

/// <summary>Files that a browser saves from the console.</summary>
public sealed partial class DownloadTests(RunningHost host)
{
    [Theory]
    [InlineData("reports/performance?groupBy=day,link")]
    [InlineData("exports/clicks?")]
    [InlineData("exports/conversions?")]
    public async Task A_file_is_what_the_api_answers_to_the_key_in_whatever_language_the_page_is(string path)
    {
        var world = await World.Make(host);
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));
        await world.Convert(clickId);

        foreach (var who in new[] { Who.Brand, Who.Partner })
        {
            var session = await SignIn(world.As(who).Key!);
            var ofApi = (await world.As(who).SendRaw(HttpMethod.Get, $"{ApiClient.Base}/{path}", null, ("Accept", "text/csv"))).Expect(200);
            foreach (var language in new[] { "en", "ja", "zh-CN" })
            {
                using var file = await Get($"/console/download/{path}", session, language);

                Assert.Equal(HttpStatusCode.OK, file.StatusCode);
                Assert.Equal("text/csv", file.Content.Headers.ContentType?.MediaType);
                Assert.EndsWith(".csv", file.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
                Assert.Empty(file.Content.Headers.ContentLanguage);
                Assert.Equal(ofApi.Text, await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            }
        }
    }

    [Fact]
    public async Task A_session_opens_no_other_path_of_the_api()
    {
        var world = await World.Make(host);
        var session = await SignIn(world.Brand.Key!);

        foreach (var path in new[] { "keys", "campaigns", $"programs/{world.ProgramId}", "reports", "exports" })
        {
            using var answer = await Get($"/console/download/{path}", session);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in_and_back()
    {
        using var answer = await Get("/console/download/exports/clicks?limit=1", "");

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/console/sign-in?returnTo=download%2Fexports%2Fclicks%3Flimit%3D1", answer.Headers.Location?.OriginalString);
    }

    /// <summary>Signs in with the form, as a browser does.</summary>
    /// <returns>The session's cookie.</returns>
    private async Task<string> SignIn(string key)
    {
        using var page = await Get("/console/sign-in", "");
        var token = Token().Match(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/console/sign-in", UriKind.Relative))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "sign-in", ["__RequestVerificationToken"] = token, ["Key"] = key }),
        };
        request.Headers.Add("Cookie", Cookies(page));
        using var signedIn = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        return Cookies(signedIn);
    }

    private async Task<HttpResponseMessage> Get(string path, string cookies, string? language = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("Accept", "text/html,*/*;q=0.8");
        if (cookies.Length > 0)
        {
            request.Headers.Add("Cookie", cookies);
        }

        if (language is not null)
        {
            request.Headers.Add("Accept-Language", language);
        }

        return await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Cookies(HttpResponseMessage answer) =>
        string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Where(cookie => !cookie.EndsWith('=')));

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
