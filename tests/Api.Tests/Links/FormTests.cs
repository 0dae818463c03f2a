namespace OrleansLinks.Api.Tests.Links;

/// <summary>Short and regular links.</summary>
public sealed class FormTests(RunningHost host)
{
    [Fact]
    public async Task A_link_is_short_unless_the_caller_says_regular()
    {
        var world = await World.Make(host);
        var settings = (await world.Partner.Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!;
        Assert.Equal(["short", "regular"], settings["forms"]!.AsArray().Select(form => form!.GetValue<string>()));
        Assert.Equal("short", settings["defaultForm"]!.GetValue<string>());

        var link = await world.MakeLink();
        Assert.Equal("short", link["form"]);
        Assert.True(link["code"].Length >= 7);
        Assert.Equal($"{host.Address}/{link["code"]}", link["trackingUrl"]);
        Assert.Equal(link["trackingUrl"], link["shareableUrl"]);
        Assert.Equal(("active", world.TaskId, world.CampaignId, world.PartnerId, "partner"), (link["state"], link["taskId"], link["campaignId"], link["partnerId"], link["createdBy"]));
        Assert.Equal($"/api/v1/links/{link["id"]}", link.Location);
        Assert.Equal("brand", (await world.MakeLink(who: Who.Brand))["createdBy"]);
        Assert.Equal("brand", (await world.MakeLink(who: Who.Operator))["createdBy"]);
    }

    [Fact]
    public async Task A_regular_link_names_partner_task_campaign_and_page()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink("regular");
        Assert.Equal("regular", link["form"]);
        Assert.False(link.Json.ContainsKey("code"));
        Assert.StartsWith($"{host.Address}/c/{world.PartnerId}/{world.TaskId}/{world.CampaignId}?u={Uri.EscapeDataString(World.Page)}", link["trackingUrl"], StringComparison.Ordinal);
        await world.ExpectLeadsTo(link["trackingUrl"], World.Page, null);
    }

    [Fact]
    public async Task Links_of_a_creator_campaign_are_short()
    {
        var world = await World.Make(host, campaign => campaign["kind"] = "creator");
        var settings = (await world.Partner.Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!;
        Assert.Equal(["short"], settings["forms"]!.AsArray().Select(form => form!.GetValue<string>()));
        (await world.TryLink(new { form = "regular", landingPage = World.Page })).ExpectProblem(422, "form_not_available", "form");
        (await world.TryLink(new { form = "regular", landingPage = World.Page }, Who.Brand)).ExpectProblem(422, "form_not_available", "form");
        Assert.Equal("short", (await world.MakeLink())["form"]);
        Assert.Equal("short", (await world.MakeLink("short"))["form"]);
    }

    [Fact]
    public async Task Links_begin_with_the_programs_own_tracking_host()
    {
        var world = await World.Make(host, program: body => body["trackingHost"] = "Go.Example.com");
        var link = await world.MakeLink();
        Assert.Equal($"https://go.example.com/{link["code"]}", link["trackingUrl"]);
        Assert.StartsWith("https://go.example.com/c/", (await world.MakeLink("regular"))["trackingUrl"], StringComparison.Ordinal);
        await world.ExpectLeadsTo($"/{link["code"]}", World.Page, null);
    }
}
