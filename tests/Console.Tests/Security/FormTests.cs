using System.Net;

namespace OrleansLinks.ConsoleTests.Security;

public sealed class FormTests(Site site)
{
    public static TheoryData<string> ForeignPlaces { get; } =
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "..//evil.example", "../../..//evil.example",
        "javascript:alert(1)", "/health/live", "../docs", "\t//evil.example", "https:evil.example", "%2F%2Fevil.example", "%2e%2e/docs",
        ".//evil.example", "./https://evil.example", "x/../https://evil.example", "./javascript:alert(1)",
    ];

    [Theory]
    [MemberData(nameof(ForeignPlaces))]
    public async Task Who_signs_in_is_sent_to_no_place_outside_the_console(string place)
    {
        using var browser = new PlainBrowser(site.Origin);
        using var answer = await browser.SignIn(site.World.KeyOf("brand"), $"?returnTo={Uri.EscapeDataString(place)}");
        IsWithinTheConsole(answer);
    }

    [Theory]
    [MemberData(nameof(ForeignPlaces))]
    public async Task Who_chooses_a_language_is_sent_to_no_place_outside_the_console(string place)
    {
        using var browser = new PlainBrowser(site.Origin);
        using var answer = await browser.Get($"language/ja?returnTo={Uri.EscapeDataString(place)}");
        IsWithinTheConsole(answer);
    }

    [Fact]
    public async Task A_key_that_another_site_sends_is_refused()
    {
        using var browser = new PlainBrowser(site.Origin);
        using var answer = await browser.Post("sign-in", new() { ["_handler"] = "sign-in", ["Key"] = site.World.KeyOf("brand") });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(CookiesOf(answer), cookie => cookie.StartsWith("orleanslinks.session", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sign_out_that_another_site_sends_is_refused()
    {
        using var browser = new PlainBrowser(site.Origin);
        (await browser.SignIn(site.World.KeyOf("brand"))).Dispose();
        using var answer = await browser.Post("sign-out", []);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(CookiesOf(answer));
    }

    [Fact]
    public async Task Cookies_stay_on_encrypted_connections_when_the_proxy_says_that_it_is_one()
    {
        var encrypted = ("X-Forwarded-Proto", "https");
        using var browser = new PlainBrowser(site.Origin);
        using var page = await browser.Get("sign-in", encrypted);
        using var language = await browser.Get("language/ja", encrypted);
        foreach (var cookie in CookiesOf(page).Concat(CookiesOf(language)))
        {
            IsGuarded(cookie, isEncrypted: true);
        }

        // The cookies are not sent over this connection, which is none, so the form is refused; with it plain, it is taken.
        using var plain = new PlainBrowser(site.Origin);
        using var signedIn = await plain.SignIn(site.World.KeyOf("brand"));
        IsGuarded(Assert.Single(CookiesOf(signedIn), cookie => cookie.StartsWith("orleanslinks.session=", StringComparison.Ordinal)), isEncrypted: false);
    }

    [Fact]
    public async Task A_session_that_begins_on_an_encrypted_connection_has_a_cookie_for_such_connections_alone()
    {
        using var browser = new PlainBrowser(site.Origin);
        using var page = await browser.Get("sign-in");
        using var answer = await browser.SignIn(site.World.KeyOf("brand"), "", ("X-Forwarded-Proto", "https"), ("Cookie", CookiesOf(page)[0].Split(';')[0]));
        IsGuarded(Assert.Single(CookiesOf(answer), cookie => cookie.StartsWith("orleanslinks.session=", StringComparison.Ordinal)), isEncrypted: true);
    }

    private static void IsWithinTheConsole(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var target = PlainBrowser.TargetOf(answer);
        Assert.Equal(answer.RequestMessage!.RequestUri!.Authority, target.Authority);
        Assert.StartsWith("/console/", target.AbsolutePath, StringComparison.Ordinal);
    }

    private static void IsGuarded(string cookie, bool isEncrypted)
    {
        var attributes = cookie.Split("; ").Skip(1).Select(attribute => attribute.ToLowerInvariant()).ToArray();
        Assert.Contains("httponly", attributes);
        Assert.Contains("path=/console", attributes);
        Assert.Contains(attributes, attribute => attribute is "samesite=lax" or "samesite=strict");
        Assert.Equal(isEncrypted, attributes.Contains("secure"));
    }

    private static string[] CookiesOf(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [];
}
