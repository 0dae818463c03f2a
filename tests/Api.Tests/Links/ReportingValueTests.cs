namespace OrleansLinks.Api.Tests.Links;

/// <summary>Sub IDs are the partner's, Param is the brand's, Shared ID is for both.</summary>
public sealed class ReportingValueTests(RunningHost host)
{
    private static readonly string[] ReportingFields = ["subId1", "subId2", "subId3", "sharedId", "param"];

    [Fact]
    public async Task A_brand_sets_no_sub_id_and_a_partner_no_param()
    {
        var world = await World.Make(host);
        foreach (var field in new[] { "subId1", "subId2", "subId3" })
        {
            (await world.TryLink(Body(field, "x"), Who.Brand)).ExpectProblem(422, "sub_id_is_partners", field);
            (await world.TryLink(Body(field, "x"), Who.Operator)).ExpectProblem(422, "sub_id_is_partners", field);
        }

        (await world.TryLink(Body("param", "x"), Who.Partner)).ExpectProblem(422, "param_is_brands", "param");
    }

    [Theory]
    [InlineData("subId1", Who.Partner)]
    [InlineData("subId2", Who.Partner)]
    [InlineData("subId3", Who.Partner)]
    [InlineData("sharedId", Who.Partner)]
    [InlineData("sharedId", Who.Brand)]
    [InlineData("param", Who.Brand)]
    public async Task A_value_has_at_most_255_characters_and_none_of_control(string field, Who who)
    {
        var world = await World.Make(host);
        var longest = new string('é', 255);
        Assert.Equal(longest, (await world.TryLink(Body(field, longest), who)).Expect(201)[field]);
        (await world.TryLink(Body(field, longest + "é"), who)).ExpectProblem(422, "reporting_value_too_long", field);
        (await world.TryLink(Body(field, "a\u0000b"), who)).ExpectProblem(422, "reporting_value_invalid", field);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("regular")]
    public async Task A_partners_sub_ids_are_seen_by_the_partner_alone(string form)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(new { form, landingPage = World.Page, subId1 = "secret-1", subId2 = "secret-2", subId3 = "secret-3", sharedId = "both" });
        var click = World.ClickIdOf(await world.Click(link["trackingUrl"]));

        await ExpectSeen(world, Who.Partner, link["id"], click, ["secret-1", "secret-2", "secret-3", "both"], []);
        await ExpectSeen(world, Who.Brand, link["id"], click, ["both"], ["secret-"]);
        await ExpectSeen(world, Who.Operator, link["id"], click, ["both"], ["secret-"]);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("regular")]
    public async Task A_brands_param_is_seen_by_the_brand_alone(string form)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(new { form, landingPage = World.Page, sharedId = "both", param = "secret" }, Who.Brand);
        var click = World.ClickIdOf(await world.Click(link["trackingUrl"]));

        await ExpectSeen(world, Who.Brand, link["id"], click, ["secret", "both"], []);
        await ExpectSeen(world, Who.Partner, link["id"], click, ["both"], ["secret"]);
    }

    [Fact]
    public async Task A_regular_link_carries_its_values_at_its_end_and_never_in_the_shareable_url()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(new { form = "regular", landingPage = World.Page, subId1 = "blog", subId2 = "top banner", subId3 = "a&b", sharedId = "spring" });
        Assert.EndsWith("&subId1=blog&subId2=top%20banner&subId3=a%26b&sharedId=spring", link["trackingUrl"], StringComparison.Ordinal);
        Assert.Equal(link["trackingUrl"].Replace("&subId1=blog&subId2=top%20banner&subId3=a%26b&sharedId=spring", "", StringComparison.Ordinal), link["shareableUrl"]);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("regular")]
    public async Task Values_in_the_clicked_url_win_over_those_of_the_link(string form)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(new { form, landingPage = World.Page, subId1 = "kept-1", subId2 = "kept-2", sharedId = "kept-s" });
        var url = link["shareableUrl"];
        var separator = form == "short" ? '?' : '&';
        var click = World.ClickIdOf(await world.Click($"{url}{separator}SUBID1=clicked-1&SharedID=clicked%20s&subId3=clicked-3&PARAM=clicked-p"));

        var partners = await world.ReadClick(click, Who.Partner);
        Assert.Equal(["clicked-1", "kept-2", "clicked-3", "clicked s", null], ReportingFields.Select(field => partners[field]?.GetValue<string>()));
        var brands = await world.ReadClick(click, Who.Brand);
        Assert.Equal([null, null, null, "clicked s", "clicked-p"], ReportingFields.Select(field => brands[field]?.GetValue<string>()));
    }

    [Fact]
    public async Task A_clicked_value_is_made_to_fit_and_the_visitor_meets_no_error()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var click = World.ClickIdOf(await world.Click($"{link["trackingUrl"]}?subId1={new string('x', 5_000)}&subId2=a%00b%0D%0Ac&subId3=%ED%A0%80&sharedId="));
        var seen = await world.ReadClick(click, Who.Partner);
        Assert.Equal(new string('x', 255), seen["subId1"]!.GetValue<string>());
        Assert.Equal("abc", seen["subId2"]!.GetValue<string>());
        Assert.Null(seen["sharedId"]);
    }

    private static Dictionary<string, string> Body(string field, string value) => new() { ["landingPage"] = World.Page, [field] = value };

    /// <summary>Checks all the places where a side meets a link's values.</summary>
    private static async Task ExpectSeen(World world, Who who, string linkId, string clickId, string[] seen, string[] hidden)
    {
        Answer[] places =
        [
            await world.As(who).Get($"/links/{linkId}"),
            await world.As(who).Get($"/tasks/{world.TaskId}/links"),
            await world.As(who).Get($"/clicks/{clickId}"),
            await world.As(who).Get($"/tasks/{world.TaskId}/clicks"),
        ];
        foreach (var place in places)
        {
            place.Expect(200);
            Assert.All(seen, value => Assert.Contains(value, place.Text, StringComparison.Ordinal));
            Assert.All(hidden, value => Assert.DoesNotContain(value, place.Text, StringComparison.Ordinal));
        }
    }
}
