using System.Text.RegularExpressions;

namespace OrleansLinks.Api.Tests.OpenApi;

/// <summary>The interactive page needs no other host than this one.</summary>
public sealed partial class DocsPageTests(RunningHost host)
{
    [Fact]
    public async Task The_docs_lead_to_a_page_that_names_no_other_host()
    {
        var start = await host.Anyone.SendRaw(HttpMethod.Get, "/docs");
        Assert.Equal("docs/", start.Expect(302).Location);
        var page = (await host.Anyone.SendRaw(HttpMethod.Get, "/docs/")).Expect(200);
        Assert.Equal("text/html", page.ContentType);
        Assert.Contains("openapi/v1.json", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("//", page.Text.Replace(host.Address, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"withDefaultFonts\":false", page.Text, StringComparison.Ordinal);
        Assert.Contains("\"telemetry\":false", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_browser_is_told_to_load_nothing_from_another_host()
    {
        var page = (await host.Anyone.SendRaw(HttpMethod.Get, "/docs/")).Expect(200);
        var policy = page.Headers["Content-Security-Policy"].Split(';', StringSplitOptions.TrimEntries).ToDictionary(rule => rule.Split(' ')[0], rule => rule.Split(' ')[1..]);
        Assert.Superset(new HashSet<string> { "default-src", "connect-src", "form-action", "base-uri" }, policy.Keys.ToHashSet());
        Assert.All(policy.Values.SelectMany(sources => sources), source => Assert.Contains(source, (string[])["'self'", "'none'", "'unsafe-inline'", "data:", "blob:"]));
        Assert.Equal(["'self'"], policy["connect-src"]);
        Assert.Equal(["'self'"], policy["default-src"]);
    }

    [Fact]
    public async Task The_scripts_of_the_page_come_from_this_host_and_import_none_from_another()
    {
        var page = (await host.Anyone.SendRaw(HttpMethod.Get, "/docs/")).Expect(200);
        var sources = Source().Matches(page.Text).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(sources);
        foreach (var source in sources)
        {
            var script = (await host.Anyone.SendRaw(HttpMethod.Get, "/docs/" + source)).Expect(200);
            Assert.NotEmpty(script.Text);
            Assert.DoesNotMatch(Foreign(), script.Text);
        }
    }

    [GeneratedRegex("""(?:src|href)\s*=\s*["']([^"']+)["']""")]
    private static partial Regex Source();

    // Whatever loads by itself: modules, workers, requests, style sheets.
    [GeneratedRegex("""(?:\bimport\s*\(|\bfrom\s*|\bimportScripts\s*\(|\bnew\s+Worker\s*\(|\bfetch\s*\(|@import\s+(?:url\s*\()?)\s*["'`]https?://""")]
    private static partial Regex Foreign();
}
