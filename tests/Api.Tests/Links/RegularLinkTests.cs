namespace OrleansLinks.Api.Tests.Links;

/// <summary>A regular link says all that is needed to follow it.</summary>
public sealed class RegularLinkTests(RunningHost host)
{
    [Fact]
    public async Task It_works_without_a_stored_link()
    {
        var world = await World.Make(host);
        var url = $"{Base(world)}?u={Uri.EscapeDataString(World.Page)}";
        await world.ExpectLeadsTo(url, World.Page, null);
        var click = Assert.Single(await world.Brand.GetAll($"/tasks/{world.TaskId}/clicks", 50));
        Assert.False(click.ContainsKey("linkId"));
        Assert.Equal((world.TaskId, world.CampaignId, world.PartnerId, world.ProgramId), (click["taskId"]!.ToString(), click["campaignId"]!.ToString(), click["partnerId"]!.ToString(), click["programId"]!.ToString()));
    }

    [Fact]
    public async Task Its_parameters_match_in_any_case()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink("regular");
        var click = World.ClickIdOf(await world.Click($"{Base(world)}?U={Uri.EscapeDataString(World.Page)}&LINKID={link["id"]}&subid1=one&SUBID2=two&SHAREDid=both"));
        var seen = await world.ReadClick(click, Who.Partner);
        Assert.Equal((link["id"], "one", "two", "both", World.Page), (seen["linkId"]!.ToString(), seen["subId1"]!.ToString(), seen["subId2"]!.ToString(), seen["sharedId"]!.ToString(), seen["landingPage"]!.ToString()));
    }

    [Fact]
    public async Task It_is_unknown_when_its_parts_do_not_belong_together()
    {
        var world = await World.Make(host);
        var other = await World.Make(host);
        var u = $"?u={Uri.EscapeDataString(World.Page)}";
        (await world.Click($"/c/{other.PartnerId}/{world.TaskId}/{world.CampaignId}{u}")).Expect(404);
        (await world.Click($"/c/{world.PartnerId}/{world.TaskId}/{other.CampaignId}{u}")).Expect(404);
        (await world.Click($"/c/{world.PartnerId}/{other.TaskId}/{world.CampaignId}{u}")).Expect(404);
        (await world.Click($"/c/{world.PartnerId.ToUpperInvariant()}/{world.TaskId}/{world.CampaignId}{u}")).Expect(404);
        Assert.Empty(await world.Brand.GetAll($"/tasks/{world.TaskId}/clicks", 50));
    }

    [Fact]
    public async Task A_link_of_another_task_that_its_url_names_is_ignored()
    {
        var world = await World.Make(host);
        var other = await World.Make(host);
        var foreign = await other.MakeLink(new { form = "regular", landingPage = World.Page, sharedId = "foreign" });
        var shortLink = await world.MakeLink();
        (await other.Partner.Delete($"/links/{foreign["id"]}")).Expect(204);
        foreach (var id in new[] { foreign["id"], shortLink["id"], "lnk_NoSuchLink1", "lnk_", "nonsense", "" })
        {
            var click = await world.ReadClick(World.ClickIdOf(await world.Click($"{Base(world)}?u={Uri.EscapeDataString(World.Page)}&linkId={id}")));
            Assert.False(click.ContainsKey("linkId"));
            Assert.False(click.ContainsKey("sharedId"));
        }

        Assert.Equal(0, (await other.Brand.Get($"/links/{foreign["id"]}/counters")).Json["clicks"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://user@shop.example.com/")]
    [InlineData("//evil.example/")]
    [InlineData("%00")]
    public async Task A_page_in_its_url_that_is_not_allowed_leads_to_the_default_page_outside_terms(string page)
    {
        var world = await World.Make(host);
        await world.ExpectLeadsTo($"{Base(world)}?u={(page == "%00" ? page : Uri.EscapeDataString(page))}", World.DefaultPage, "landing_page_not_allowed");
    }

    [Fact]
    public async Task Without_a_page_it_leads_to_the_default_page()
    {
        var world = await World.Make(host);
        await world.ExpectLeadsTo(Base(world), World.DefaultPage, null);
    }

    private string Base(World world) => $"{host.Address}/c/{world.PartnerId}/{world.TaskId}/{world.CampaignId}";
}
