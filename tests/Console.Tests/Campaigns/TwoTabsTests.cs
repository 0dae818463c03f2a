using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Campaigns;

public sealed class TwoTabsTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Who_saves_a_campaign_second_loses_nothing_that_was_typed_and_is_told_what_differs()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Twice open", "Type twice");
        var (first, second) = (await OpenWindow("brand"), await OpenWindow("brand"));
        await first.Go($"campaigns/{task.Campaign}/edit");
        await second.Go($"campaigns/{task.Campaign}/edit");
        await Type(second, "Campaigns.Name", "The second name");

        await Type(first, "Campaigns.Name", "The first name");
        await first.Page.Locator("[data-step=tracking]").ClickAsync();
        await Type(first, "Campaigns.Window", "21");
        await first.Button("Common.Save").ClickAsync();
        await first.Page.WaitForURLAsync($"**/console/campaigns/{task.Campaign}");

        await second.Button("Common.Save").ClickAsync();
        await Expect(second.Page.Locator("[data-newer]")).ToContainTextAsync(second.Words["Common.ChangedDiffers", second.Words["Campaigns.Name"]]);
        await Expect(Field(second, "Campaigns.Name")).ToHaveValueAsync("The second name");
        await second.Button("Common.Save").ClickAsync();
        await second.Page.WaitForURLAsync($"**/console/campaigns/{task.Campaign}");
        var saved = await World.Read($"/campaigns/{task.Campaign}");
        Assert.Equal(("The second name", 21), (saved.Text("name"), saved.GetProperty("tracking").GetProperty("attributionWindowDays").GetInt32()));
    }

    [Fact]
    public async Task Who_saves_a_campaign_second_can_go_on_with_what_the_first_one_has_saved()
    {
        var task = await World.MakeTask("performance", "partnerChoice", "Twice open again", "Type twice again");
        var window = await OpenWindow("brand");
        await window.Go($"campaigns/{task.Campaign}/edit");
        await Type(window, "Campaigns.Name", "Typed here");
        await Site.Instance.Operator.Patch($"/campaigns/{task.Campaign}", new { name = "Saved elsewhere" });
        await window.Button("Common.Save").ClickAsync();
        await window.Button("Common.LoadNewest").ClickAsync();
        await Expect(Field(window, "Campaigns.Name")).ToHaveValueAsync("Saved elsewhere");
        await Expect(window.Page.Locator("[data-newer]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Who_saves_a_program_second_loses_nothing_that_was_typed()
    {
        var program = (await Site.Instance.Operator.Post("/programs", new { name = "Twice a program", defaultLandingPage = "https://www.example.com/", currency = "EUR", timeZone = "Europe/Berlin" })).Id();
        var window = await OpenWindow("operator");
        await window.Go($"programs/{program}");
        await Type(window, "Programs.Name", "Typed here");
        await Site.Instance.Operator.Patch($"/programs/{program}", new { name = "Saved elsewhere", clickIdParameter = "cid" });
        await window.Button("Common.Save").ClickAsync();
        await Expect(window.Page.Locator("[data-newer]")).ToContainTextAsync(window.Words["Common.ChangedDiffers", window.Words["Programs.Name"]]);
        await Expect(Field(window, "Programs.Name")).ToHaveValueAsync("Typed here");
        await Expect(Field(window, "Programs.ClickIdParameter")).ToHaveValueAsync("cid");
    }

    private static ILocator Field(Window window, string label) => window.Main.GetByLabel(window.Words[label], new() { Exact = true });

    private static async Task Type(Window window, string label, string text)
    {
        await Field(window, label).FillAsync(text);
        await Field(window, label).BlurAsync();
    }
}
