namespace OrleansLinks.Api.Tests.Access;

public sealed class PartnerPrivacyTests(RunningHost host)
{
    [Fact]
    public async Task A_brand_that_adds_the_partner_of_another_does_not_learn_how_to_reach_it()
    {
        var world = await World.Make(host);
        var other = await World.Make(host);
        var partner = await other.MakePartner();

        var added = (await world.Brand.Put($"/campaigns/{world.CampaignId}/participants/{partner}")).Expect(200);
        var read = (await world.Brand.Get($"/partners/{partner}")).Expect(200);
        var participants = await world.Brand.GetAll($"/campaigns/{world.CampaignId}/participants", 50);
        var known = await world.Brand.GetAll("/partners", 50);

        foreach (var seen in new[] { added.Json, read.Json, participants.Single(one => one["id"]!.ToString() == partner), known.Single(one => one["id"]!.ToString() == partner) })
        {
            Assert.False(seen.ContainsKey("email") || seen.ContainsKey("locale") || seen.ContainsKey("createdByProgramId"), seen.ToJsonString());
        }

        Assert.Equal("partner@example.net", (await other.Brand.Get($"/partners/{partner}"))["email"]);
    }
}
