namespace OrleansLinks.ConsoleTests.Links;

/// <summary>The four ways to a link, in every language: create, copy, click, and see the click on the page.</summary>
public sealed class FourWaysTests(Site site) : BrowserTest(site)
{
    private const string LandingPage = "https://www.example.com/tents/two-persons?colour=green";

    public static TheoryData<string> AllLanguages => [.. Words.Tags];

    [Theory]
    [MemberData(nameof(AllLanguages))]
    public async Task A_brand_creates_a_link_for_a_partner_in_a_performance_campaign(string language)
    {
        var task = await World.MakeTask("performance", "partnerChoice", $"Performance, {language}", $"Tents, {language}");
        var window = await OpenWindow("brand", language);
        var page = await window.ThroughCampaignManager("Nav.Performance", task);
        await page.TypeLandingPage(LandingPage);
        await page.ChooseForm("Links.Regular");
        await page.CreateLink();
        var link = await page.CreatedLink();
        Assert.StartsWith($"{Site.Origin}/c/{task.Partner}/{task.Id}/{task.Campaign}?", link, StringComparison.Ordinal);
        Assert.Equal(link, await page.Copy());
        await LeadsThereAndCounts(page, link, LandingPage);
    }

    [Theory]
    [MemberData(nameof(AllLanguages))]
    public async Task A_brand_creates_a_link_for_a_creator_and_has_no_choice_of_its_form(string language)
    {
        var task = await World.MakeTask("creator", "savedPages", $"Creators, {language}", $"Jackets, {language}");
        var window = await OpenWindow("brand", language);
        var page = await window.ThroughCampaignManager("Nav.Creators", task);
        await page.ChooseSavedPage(ConsoleTests.World.SavedPage.Name);
        await Expect(page.Forms).ToHaveCountAsync(0);
        await page.CreateLink();
        var link = await page.CreatedLink();
        Assert.Matches($"^{Site.Origin}/[A-Za-z0-9]{{7,}}$", link);
        Assert.Equal(link, await page.Copy());
        await LeadsThereAndCounts(page, link, ConsoleTests.World.SavedPage.Url);
    }

    [Theory]
    [MemberData(nameof(AllLanguages))]
    public async Task A_partner_creates_a_link_from_its_task(string language)
    {
        var task = await World.MakeTask("performance", "partnerChoice", $"Partners, {language}", $"Stoves, {language}");
        var window = await OpenWindow("partner", language);
        var page = await window.ThroughFindCampaigns(task);
        await page.TypeLandingPage(LandingPage);
        await page.ChooseForm("Links.Short");
        await page.CreateLink();
        var link = await page.CreatedLink();
        Assert.Matches($"^{Site.Origin}/[A-Za-z0-9]{{7,}}$", link);
        Assert.Equal(link, await page.Copy());
        await LeadsThereAndCounts(page, link, LandingPage);
    }

    [Theory]
    [MemberData(nameof(AllLanguages))]
    public async Task A_partner_creates_a_link_with_values_of_its_own_on_the_dashboard(string language)
    {
        var task = await World.MakeTask("performance", "partnerChoice", $"Widget, {language}", $"Ropes, {language}");
        var window = await OpenWindow("partner", language);
        var page = await window.ThroughTheWidget(task);
        await page.TypeLandingPage(LandingPage);
        await page.ChooseForm("Links.Short");
        await page.SetValues(subId1: "newsletter", subId2: "märz", subId3: "三月", sharedId: "tents-2");
        await page.CreateLink();
        var link = await page.CreatedLink();
        Assert.Equal(link, await page.Copy());

        using var partner = new Client(Site.Origin, task.PartnerKey);
        var made = Assert.Single(await partner.List($"/tasks/{task.Id}/links"));
        Assert.Equal(
            ("newsletter", "märz", "三月", "tents-2"), (made.Text("subId1"), made.Text("subId2"), made.Text("subId3"), made.Text("sharedId")));
        Assert.DoesNotContain("newsletter", made.Text("shareableUrl"), StringComparison.Ordinal);

        await window.Follow(window.Words["Discover.ViewTask"]);
        await LeadsThereAndCounts(await window.IsAt(task), link, LandingPage);
    }

    [Fact]
    public async Task The_link_of_a_campaign_with_one_page_is_there_when_its_task_is_opened()
    {
        var task = await World.MakeTask("performance", "programDefault", "By itself", "Banner by itself");
        var window = await OpenWindow("partner");
        var page = new TaskPage(window);
        await window.Go($"tasks/{task.Id}");
        var link = await page.GeneratedLink();
        Assert.Equal(link, await page.Copy());
        await LeadsThereAndCounts(page, link, "https://www.example.com/start");
    }

    /// <summary>Who clicks the link comes to the page, and the number of clicks on the page moves.</summary>
    private async Task LeadsThereAndCounts(TaskPage page, string link, string landingPage)
    {
        await Expect(page.Clicks).ToHaveTextAsync("0");
        Assert.StartsWith(
            $"{landingPage}{(landingPage.Contains('?', StringComparison.Ordinal) ? "&" : "?")}clickid=clk_", await Site.Instance.Operator.Click(link), StringComparison.Ordinal);
        await page.ClicksBecome("1");
    }
}
