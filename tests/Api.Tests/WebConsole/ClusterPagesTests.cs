using System.Net;
using System.Text.RegularExpressions;

namespace OrleansLinks.Api.Tests.WebConsole;

public sealed partial class ClusterPagesTests(RunningHost host)
{
    private const string Dashboard = "/console/orleans/";

    [Fact]
    public async Task The_operator_reads_Orleans_dashboard_which_loads_nothing_from_elsewhere()
    {
        using var operatorsBrowser = await SignIn(host.OperatorKey);
        using var page = await Get(operatorsBrowser, Dashboard);
        var html = await Read(page);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("http", Sources().Matches(html).Select(match => match.Groups[1].Value[..Math.Min(4, match.Groups[1].Length)]));
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        await Eventually.Is(
            async () =>
            {
                using var counters = await Get(operatorsBrowser, $"{Dashboard}DashboardCounters");
                return (await Read(counters)).Contains("\"totalActiveHostCount\":1", StringComparison.Ordinal);
            },
            "the silo on the dashboard that is looked at for the first time",
            TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task The_dashboard_shows_no_log()
    {
        using var operatorsBrowser = await SignIn(host.OperatorKey);
        using var log = await Get(operatorsBrowser, $"{Dashboard}Trace");
        Assert.NotEqual(HttpStatusCode.OK, log.StatusCode);
    }

    [Theory]
    [InlineData(Dashboard)]
    [InlineData($"{Dashboard}DashboardCounters")]
    [InlineData($"{Dashboard}index.min.js")]
    public async Task Nobody_else_gets_the_dashboard(string path)
    {
        using var anyone = Browser();
        using var asked = await Get(anyone, path);
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.StartsWith("/console/sign-in", asked.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var world = await World.Make(host);
        using var brand = await SignIn(world.Brand.Key!);
        using var refused = await Get(brand, path);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task Who_holds_a_revoked_key_is_led_to_the_sign_in_and_not_back()
    {
        var key = await host.Operator.Post("/keys", new { role = "operator", name = "Leaves soon" });
        using var browser = await SignIn(key["key"]);
        await host.Operator.Delete($"/keys/{key["id"]}");

        using var asked = await Get(browser, Dashboard);
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        using var signIn = await Get(browser, asked.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, signIn.StatusCode);
    }

    [Fact]
    public async Task Who_is_signed_in_goes_on_from_the_sign_in()
    {
        using var browser = await SignIn(host.OperatorKey);
        using var signIn = await Get(browser, "/console/sign-in?returnTo=keys");
        Assert.Equal(HttpStatusCode.Redirect, signIn.StatusCode);
        Assert.EndsWith("/console/keys", signIn.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static Uri Path(string path) => new(path, UriKind.RelativeOrAbsolute);

    private static Task<HttpResponseMessage> Get(HttpClient browser, string path) => browser.GetAsync(Path(path), TestContext.Current.CancellationToken);

    private static Task<string> Read(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = new Uri(host.Address) };

    private async Task<HttpClient> SignIn(string key)
    {
        var browser = Browser();
        var form = await browser.GetStringAsync(Path("/console/sign-in"), TestContext.Current.CancellationToken);
        using var content = new FormUrlEncodedContent(
        [
            .. Hidden().Matches(form).Select(match => KeyValuePair.Create(match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value))),
            KeyValuePair.Create("Key", key),
        ]);
        using var answer = await browser.PostAsync(Path("/console/sign-in"), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"(?:src|href)=""([^""]+)""")]
    private static partial Regex Sources();
}
