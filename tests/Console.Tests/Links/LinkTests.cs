namespace OrleansLinks.ConsoleTests.Links;

public sealed class LinkTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task A_page_of_another_host_is_refused_while_it_is_typed_and_when_it_is_sent()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Own hosts alone", "Stay at home");
        var window = await OpenWindow("partner");
        var page = new TaskPage(window);
        await window.Go($"tasks/{task.Id}");
        await page.TypeLandingPage("https://elsewhere.example/");
        await Expect(page.Faults).ToContainTextAsync(window.Words["Problems.landing_page_domain_not_permitted"]);
        await page.CreateLink();
        await Expect(page.Faults).ToContainTextAsync(window.Words["Problems.landing_page_domain_not_permitted"]);
        await page.TypeLandingPage("not an address");
        await Expect(page.Faults).ToContainTextAsync(window.Words["Problems.landing_page_invalid"]);
        await page.TypeLandingPage("");
        await page.CreateLink();
        await Expect(page.Faults).ToContainTextAsync(window.Words["Problems.landing_page_required"]);
        await page.TypeLandingPage("https://www.example.com/home");
        await Expect(page.Faults).ToHaveCountAsync(0);
        await page.CreateLink();
        await page.CreatedLink();
    }

    [Fact]
    public async Task A_task_says_which_gate_is_shut_and_offers_no_link()
    {
        var window = await OpenWindow("partner");
        await window.Go(World.Fill("tasks/{shutTask}"));
        await Expect(window.Page.Locator("[data-gate]")).ToContainTextAsync(window.Words["Problems.campaign_not_active"]);
        await Expect(window.Button("Links.Create")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_link_that_is_disabled_is_asked_about_and_can_be_enabled_again()
    {
        var task = await World.MakeTask("performance", "programDefault", "On and off", "Switch it");
        var window = await OpenWindow("brand");
        var page = new TaskPage(window);
        await window.Go($"tasks/{task.Id}");
        var link = await page.GeneratedLink();
        await window.Button("Links.Disable").ClickAsync();
        await Expect(window.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog)).ToContainTextAsync(window.Words["Links.DisableText"]);
        await window.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog).GetByText(window.Words["Links.Disable"], new() { Exact = true }).ClickAsync();
        await Expect(window.Button("Links.Enable")).ToBeVisibleAsync();
        Assert.Equal(System.Net.HttpStatusCode.Gone, await Site.Instance.Operator.StatusOfLink(link));
        await window.Button("Links.Enable").ClickAsync();
        await Expect(window.Button("Links.Disable")).ToBeVisibleAsync();
        Assert.Equal(System.Net.HttpStatusCode.Found, await Site.Instance.Operator.StatusOfLink(link));
    }

    [Fact]
    public async Task The_link_of_a_task_is_not_offered_while_it_is_disabled()
    {
        var task = await World.MakeTask("performance", "programDefault", "Off at the top", "Do not hand it out");
        var window = await OpenWindow("brand");
        await window.Go($"tasks/{task.Id}");
        var panel = window.Page.Locator(".link-panel");
        await Expect(panel.Locator(".copy-button")).ToHaveCountAsync(1);
        await window.Button("Links.Disable").ClickAsync();
        await window.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog).GetByText(window.Words["Links.Disable"], new() { Exact = true }).ClickAsync();
        await Expect(panel).ToContainTextAsync(window.Words["Links.DisabledNow"]);
        await Expect(panel.Locator(".copy-button, .qr-button")).ToHaveCountAsync(0);

        // The partner cannot undo it, and is told who has done it.
        var partner = await OpenWindow("partner");
        await partner.Go($"tasks/{task.Id}");
        await Expect(partner.Page.Locator(".link-panel")).ToContainTextAsync(partner.Words["Links.DisabledByBrand"]);
        await Expect(partner.Page.Locator(".link-panel .copy-button, .link-panel .gate-button")).ToHaveCountAsync(0);

        await panel.Locator(".gate-button").ClickAsync();
        await Expect(panel.Locator(".copy-button")).ToHaveCountAsync(1);
        await Expect(window.Button("Links.Disable")).ToBeVisibleAsync();
    }
}
