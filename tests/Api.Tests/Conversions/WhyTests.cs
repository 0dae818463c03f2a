using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Conversions;

/// <summary>Every decision about a conversion can be read.</summary>
public sealed class WhyTests(RunningHost host)
{
    [Fact]
    public async Task A_paid_conversion_tells_each_decision_with_the_version_of_the_settings_at_the_click()
    {
        var world = await World.Make(host, Terms("""{ "model": "percentage", "rate": "10", "maxPayout": { "amount": "7.00", "currency": "EUR" }, "cap": { "conversions": 5 } }"""));
        var version = (await world.Brand.Get($"/campaigns/{world.CampaignId}")).Expect(200).Json["version"]!.GetValue<long>();
        var clickId = await Click(world);
        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", World.Parse("""{ "payForPerformance": { "terms": { "model": "percentage", "rate": "50" } } }"""))).Expect(200);
        var id = (await world.Convert(clickId, "100.00")).Expect(201)["id"];

        var steps = await Why(world.Partner, id);

        Assert.Equal(
            [("click", "found"), ("program", "same"), ("attributionWindow", "within"), ("clickClass", "inTerms"), ("terms", "percentage"), ("cap", "within"), ("payout", "7.00 EUR"), ("lock", "pending")],
            steps.Select(step => (Text(step, "rule"), Text(step, "outcome"))));
        Assert.Equal(("10", "7.00 EUR"), (Text(steps[4]["inputs"]!, "rate"), Text(steps[4]["inputs"]!, "maxPayout")));
        Assert.Equal("5", Text(steps[5]["inputs"]!, "conversions"));
        Assert.Equal(("30", "Europe/Berlin"), (Text(steps[7]["inputs"]!, "lockingPeriodDays"), Text(steps[7]["inputs"]!, "timeZone")));
        Assert.All(steps.Where(step => step["settingsVersion"] is not null), step => Assert.InRange(step["settingsVersion"]!.GetValue<long>(), 1, version));
    }

    [Fact]
    public async Task What_is_not_paid_tells_the_decision_that_ended_it()
    {
        var world = await World.Make(host, Terms("""{ "model": "fixed", "amount": { "amount": "2.00", "currency": "EUR" }, "cap": { "conversions": 1 } }"""));
        var clickId = await Click(world);
        (await world.Convert(clickId)).Expect(201);
        var capped = (await world.Convert(clickId)).Expect(201)["id"];
        var waiting = (await world.Convert("clk_" + World.Absent)).Expect(202)["id"];
        var other = await World.Make(host);
        var foreign = (await world.Convert(await Click(other))).Expect(201)["id"];
        var early = World.ConversionBody(clickId);
        early["occurredAt"] = DateTimeOffset.UtcNow.AddHours(-1).ToString("O");
        var beforeClick = (await world.Brand.Post("/conversions", early)).Expect(201)["id"];
        var link = await world.MakeLink();
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);
        var outside = (await world.Convert(World.ClickIdOf(await world.Click(link["trackingUrl"])))).Expect(201)["id"];

        Assert.Equal("cap_reached", Outcome(await Why(world.Brand, capped), "cap"));
        Assert.Equal("0.00 EUR", Outcome(await Why(world.Brand, capped), "payout"));
        Assert.Equal(("click", "waiting"), Only(await Why(world.Brand, waiting)));
        Assert.Equal("click_of_other_program", Outcome(await Why(world.Brand, foreign), "program"));
        Assert.DoesNotContain(other.ProgramId, (await world.Brand.Get($"/conversions/{foreign}/why")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("clickedAt", (await world.Brand.Get($"/conversions/{foreign}/why")).Text, StringComparison.Ordinal);
        Assert.Equal("before_click", Outcome(await Why(world.Brand, beforeClick), "attributionWindow"));
        Assert.Equal("campaign_not_active", Outcome(await Why(world.Brand, outside), "clickClass"));
    }

    [Fact]
    public async Task What_an_adjustment_would_pay_beyond_the_cap_is_told()
    {
        var world = await World.Make(host, Terms("""{ "model": "percentage", "rate": "10", "cap": { "payout": { "amount": "10.00", "currency": "EUR" } } }"""));
        var id = (await world.Convert(await Click(world), "50.00")).Expect(201)["id"];
        (await world.Brand.Post($"/conversions/{id}/adjust", new { amount = new { amount = "200.00", currency = "EUR" } })).Expect(200);

        var steps = await Why(world.Partner, id);

        Assert.Equal(("cap_reached", "5.00 EUR"), (Outcome(steps, "cap"), Outcome(steps, "payout")));
        Assert.Equal("20.00 EUR", Text(steps.Single(step => Text(step, "rule") == "cap")["inputs"]!, "payoutWithoutCap"));
    }

    private static async Task<string> Click(World world) => World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));

    private static async Task<JsonObject[]> Why(ApiClient client, string id) =>
        [.. (await client.Get($"/conversions/{id}/why")).Expect(200).Json["steps"]!.AsArray().Select(step => step!.AsObject())];

    private static (string, string) Only(JsonObject[] steps) => Assert.Single(steps) is var step ? (Text(step, "rule"), Text(step, "outcome")) : default;

    private static string Outcome(JsonObject[] steps, string rule) => Text(steps.Single(step => Text(step, "rule") == rule), "outcome");

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static Action<JsonObject> Terms(string terms) => body => body["payForPerformance"] = World.Parse($$"""{ "enabled": true, "terms": {{terms}} }""");
}
