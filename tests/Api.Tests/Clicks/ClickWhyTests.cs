using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Clicks;

/// <summary>Every decision about a click can be read, by the settings of its time.</summary>
public sealed class ClickWhyTests(RunningHost host)
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    [Fact]
    public async Task A_click_in_terms_tells_each_decision_also_after_the_settings_have_changed()
    {
        var world = await World.Make(host);
        var version = await Version(world);
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"], Browser));
        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", World.Parse("""{ "landing": { "mode": "programDefault" } }"""))).Expect(200);
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);

        foreach (var side in new[] { world.Brand, world.Partner, world.Operator })
        {
            var steps = await Why(side, clickId);
            Assert.Equal(
                [("link", "short"), ("gates", "open"), ("landingPage", "typedPage"), ("class", "inTerms"), ("unique", "unique"), ("bot", "visitor")],
                steps.Select(step => (Text(step, "rule"), Text(step, "outcome"))));
            Assert.Equal(("active", "true", "true", "true"), (Input(steps, "gates", "campaignStatus"), Input(steps, "gates", "tracking"), Input(steps, "gates", "payForPerformance"), Input(steps, "gates", "participating")));
            Assert.Equal(("partnerChoice", World.Page), (Input(steps, "landingPage", "landingMode"), Input(steps, "landingPage", "page")));
            Assert.Equal(version, steps[1]["settingsVersion"]!.GetValue<long>());
        }
    }

    [Fact]
    public async Task A_click_while_the_campaign_was_paused_tells_so_also_when_it_runs_again()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);
        var version = await Version(world);
        var clickId = World.ClickIdOf(await world.Click(link["trackingUrl"]));
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/activate")).Expect(200);

        var steps = await Why(world.Partner, clickId);

        Assert.Equal(("campaign_not_active", "campaign_not_active", "outsideTerms"), (Outcome(steps, "gates"), Outcome(steps, "landingPage"), Outcome(steps, "class")));
        Assert.Equal(("paused", "campaign_not_active"), (Input(steps, "gates", "campaignStatus"), Input(steps, "class", "reason")));
        Assert.Equal(version, steps[1]["settingsVersion"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_page_that_the_program_no_longer_permitted_is_told_with_the_domains_of_then()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.Brand.Patch($"/programs/{world.ProgramId}", World.Parse("""{ "permittedDomains": ["www.example.com"] }"""))).Expect(200);
        var clickId = World.ClickIdOf(await world.Click(link["trackingUrl"]));
        (await world.Brand.Patch($"/programs/{world.ProgramId}", World.Parse("""{ "permittedDomains": ["elsewhere.example"] }"""))).Expect(200);

        var steps = await Why(world.Partner, clickId);

        Assert.Equal(("open", "landing_page_not_allowed"), (Outcome(steps, "gates"), Outcome(steps, "landingPage")));
        Assert.Equal(
            ("www.example.com", World.Page, World.DefaultPage, "2"),
            (Input(steps, "landingPage", "permittedDomains"), Input(steps, "landingPage", "linkPage"), Input(steps, "landingPage", "page"), Input(steps, "landingPage", "programVersion")));
    }

    [Fact]
    public async Task A_visitor_that_comes_again_a_crawler_and_a_link_made_by_hand_are_told_apart()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await world.Click(link["trackingUrl"], Browser);
        var again = World.ClickIdOf(await world.Click(link["trackingUrl"], Browser));
        var crawler = World.ClickIdOf(await world.Click(link["trackingUrl"], "Googlebot/2.1"));
        var byHand = World.ClickIdOf(await world.Click($"/c/{world.PartnerId}/{world.TaskId}/{world.CampaignId}", Browser));

        Assert.Equal("repeat", Outcome(await Why(world.Brand, again), "unique"));
        Assert.Equal(("unique", "bot"), (Outcome(await Why(world.Brand, crawler), "unique"), Outcome(await Why(world.Brand, crawler), "bot")));
        Assert.Equal(("handMade", "programDefault"), (Outcome(await Why(world.Brand, byHand), "link"), Outcome(await Why(world.Brand, byHand), "landingPage")));
    }

    [Fact]
    public async Task Strangers_and_clicks_that_are_not_there_are_not_found()
    {
        var world = await World.Make(host);
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));
        var stranger = await World.Make(host);

        (await stranger.Brand.Get($"/clicks/{clickId}/why")).ExpectProblem(404, "not_found");
        (await stranger.Partner.Get($"/clicks/{clickId}/why")).ExpectProblem(404, "not_found");
        (await world.Brand.Get($"/clicks/clk_{World.Absent}/why")).ExpectProblem(404, "not_found");
        (await world.Brand.Get("/clicks/nonsense/why")).ExpectProblem(404, "not_found");
    }

    private static async Task<long> Version(World world) => (await world.Brand.Get($"/campaigns/{world.CampaignId}")).Expect(200).Json["version"]!.GetValue<long>();

    private static async Task<JsonObject[]> Why(ApiClient client, string clickId) =>
        [.. (await client.Get($"/clicks/{clickId}/why")).Expect(200).Json["steps"]!.AsArray().Select(step => step!.AsObject())];

    private static string Outcome(JsonObject[] steps, string rule) => Text(Step(steps, rule), "outcome");

    private static string? Input(JsonObject[] steps, string rule, string name) => Step(steps, rule)["inputs"]![name]?.GetValue<string>();

    private static JsonObject Step(JsonObject[] steps, string rule) => steps.Single(step => Text(step, "rule") == rule);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
