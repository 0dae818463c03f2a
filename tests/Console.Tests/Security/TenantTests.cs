using System.Net;

namespace OrleansLinks.ConsoleTests.Security;

public sealed class TenantTests(Site site) : BrowserTest(site)
{
    public static TheoryData<string, string> ForeignPages { get; } = new MatrixTheoryData<string, string>(
        ["otherBrand", "otherPartner"],
        [
            "tasks/{task}", "tasks/{defaultTask}", "campaigns/{campaign}", "campaigns/{campaign}/tasks", "campaigns/{campaign}/edit",
            "programs/{program}", "programs/{program}/campaigns/performance", "programs/{program}/campaigns/creators/new", "discover/campaigns/{campaign}",
        ]);

    private static readonly string[] Secrets = ["Alpenglow", "Spring sale", "spring tents", "Keep the banner", "Always on", "Ridge Journal", "/tents"];

    [Theory]
    [MemberData(nameof(ForeignPages))]
    public async Task Who_opens_the_address_of_somebody_elses_page_finds_nothing_there(string who, string path)
    {
        var window = await OpenWindow(who);
        window.Expect("status of 404");
        await window.Go(World.Fill(path));
        await Expect(window.Main).ToContainTextAsync(window.Words["Common.NotFoundTitle"]);
        var content = await window.Page.ContentAsync();
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, content, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("otherBrand")]
    [InlineData("otherPartner")]
    public async Task The_code_of_somebody_elses_link_is_not_drawn(string who)
    {
        using var browser = new PlainBrowser(Site.Origin);
        (await browser.SignIn(World.KeyOf(who))).Dispose();
        using var answer = await browser.Get($"qr/{World["link"]}.svg");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_partners_of_a_task_see_its_page()
    {
        var window = await OpenWindow("partner");
        await window.Go($"tasks/{World["task"]}");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("Write about the spring tents");
    }
}
