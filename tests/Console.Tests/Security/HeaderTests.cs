using System.Net;

namespace OrleansLinks.ConsoleTests.Security;

public sealed class HeaderTests(Site site)
{
    private static readonly string[] OwnSources = ["'self'", "'none'", "'unsafe-inline'", "data:"];

    [Theory]
    [InlineData("sign-in", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.Redirect)]
    [InlineData("no-such-page", HttpStatusCode.Redirect)]
    [InlineData("_content/no-such-file.js", HttpStatusCode.Redirect)]
    [InlineData("_content/OrleansLinks.Console/console.js", HttpStatusCode.OK)]
    [InlineData("console.json", HttpStatusCode.OK)]
    public async Task Browsers_are_told_to_run_nothing_but_our_files_and_to_frame_nothing(string path, HttpStatusCode status)
    {
        using var browser = new PlainBrowser(site.Origin);
        using var answer = await browser.Get(path);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy")).Split(';', StringSplitOptions.TrimEntries)
            .ToDictionary(directive => directive.Split(' ')[0], directive => directive.Split(' ')[1..]);
        Assert.Equal(["'none'"], policy["default-src"]);
        Assert.Equal(["'self'"], policy["script-src"]);
        Assert.Equal(["'none'"], policy["frame-ancestors"]);
        Assert.Equal(["'self'"], policy["base-uri"]);
        Assert.Equal(["'self'"], policy["form-action"]);
        Assert.Equal(["'self'"], policy["connect-src"]);
        Assert.All(policy.Values.SelectMany(sources => sources), source => Assert.Contains(source, OwnSources));
        Assert.Equal(["style-src"], policy.Where(directive => directive.Value.Contains("'unsafe-inline'")).Select(directive => directive.Key));
    }

    [Fact]
    public async Task Pages_are_kept_in_no_shared_cache()
    {
        using var browser = new PlainBrowser(site.Origin);
        (await browser.SignIn(site.World.KeyOf("brand"))).Dispose();
        using var answer = await browser.Get($"tasks/{site.World["task"]}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl is { NoStore: true } or { NoCache: true } or { Private: true }, $"{answer.Headers.CacheControl}");
    }
}
