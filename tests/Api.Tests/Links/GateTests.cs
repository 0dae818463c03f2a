using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>A link can be created only while every gate is open.</summary>
public sealed class GateTests(RunningHost host)
{
    private static readonly Dictionary<string, (Func<World, Task> Shut, Func<World, Task> Open, string Code)> GatesByName = new()
    {
        ["paused"] = (w => Move(w, "pause"), w => Move(w, "activate"), "campaign_not_active"),
        ["not started"] = (w => Set(w, "startsAt", "2096-01-01T00:00:00Z"), w => Set(w, "startsAt", null), "campaign_not_started"),
        ["ended"] = (w => Set(w, "endsAt", "2020-01-01T00:00:00Z"), w => Set(w, "endsAt", null), "campaign_ended"),
        ["tracking off"] = (w => Set(w, "tracking", World.Parse("""{ "clicksAndConversions": false }""")), w => Set(w, "tracking", World.Parse("""{ "clicksAndConversions": true }""")), "tracking_off"),
        ["pay for performance off"] = (w => Set(w, "payForPerformance", World.Parse("""{ "enabled": false }""")), w => Set(w, "payForPerformance", World.Parse("""{ "enabled": true }""")), "pay_for_performance_off"),
        ["partner not participating"] = (
            async w => (await w.Brand.Delete($"/campaigns/{w.CampaignId}/participants/{w.PartnerId}")).Expect(204),
            async w => (await w.Brand.Put($"/campaigns/{w.CampaignId}/participants/{w.PartnerId}")).Expect(200),
            "partner_not_participating"),
        ["partner inactive"] = (w => SetState(w, "inactive"), w => SetState(w, "active"), "partner_not_participating"),
    };

    public static TheoryData<string> Gates => [.. GatesByName.Keys];

    [Theory]
    [MemberData(nameof(Gates))]
    public async Task A_link_is_refused_while_a_gate_is_shut_and_the_task_says_which(string gate)
    {
        var world = await World.Make(host);
        var (shut, open, code) = GatesByName[gate];
        await shut(world);

        foreach (var who in new[] { Who.Brand, Who.Partner })
        {
            (await world.TryLink(new { landingPage = World.Page }, who)).ExpectProblem(422, code);
            var settings = (await world.As(who).Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!;
            Assert.False(settings["canCreate"]!.GetValue<bool>());
            Assert.Equal([code], settings["blockedBy"]!.AsArray().Select(one => one!.GetValue<string>()));
        }

        await open(world);
        await world.MakeLink();
        Assert.True((await world.Partner.Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!["canCreate"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("draft")]
    [InlineData("completed")]
    public async Task A_link_is_refused_in_a_draft_and_in_a_completed_campaign(string status)
    {
        var world = await World.Make(host);
        var campaign = await world.MakeCampaign(active: false);
        var task = await world.MakeTask(campaign, world.PartnerId);
        if (status == "completed")
        {
            (await world.Brand.Post($"/campaigns/{campaign}/complete")).Expect(200);
        }

        (await world.Partner.Post($"/tasks/{task}/links", new { landingPage = World.Page })).ExpectProblem(422, "campaign_not_active");
        Assert.Equal(status, (await world.Brand.Get($"/campaigns/{campaign}"))["status"]);
    }

    [Fact]
    public async Task A_task_names_all_gates_that_are_shut()
    {
        var world = await World.Make(host);
        foreach (var gate in GatesByName.Keys.Where(gate => gate is not "not started" and not "partner inactive"))
        {
            await GatesByName[gate].Shut(world);
        }

        var settings = (await world.Partner.Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!;
        Assert.Equal(
            ["campaign_not_active", "campaign_ended", "tracking_off", "pay_for_performance_off", "partner_not_participating"],
            settings["blockedBy"]!.AsArray().Select(one => one!.GetValue<string>()));
    }

    [Fact]
    public async Task A_completed_campaign_stays_completed_and_takes_no_tasks_and_no_changes()
    {
        var world = await World.Make(host);
        await Move(world, "complete");
        foreach (var move in new[] { "activate", "pause" })
        {
            (await world.Brand.Post($"/campaigns/{world.CampaignId}/{move}")).ExpectProblem(409, "campaign_completed");
        }

        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", new { name = "Late" })).ExpectProblem(409, "campaign_completed");
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/tasks", new { partnerId = world.PartnerId, name = "Late" })).ExpectProblem(409, "campaign_completed");
    }

    [Fact]
    public async Task A_draft_cannot_be_paused()
    {
        var world = await World.Make(host);
        var draft = await world.MakeCampaign(active: false);
        (await world.Brand.Post($"/campaigns/{draft}/pause")).ExpectProblem(409, "campaign_not_active");
    }

    [Fact]
    public async Task A_task_is_made_for_a_partner_that_there_is_and_stays_with_it()
    {
        var world = await World.Make(host);
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/tasks", new { partnerId = "prt_" + World.Absent, name = "Nobody's" })).ExpectProblem(422, "partner_unknown", "partnerId");
        var other = await world.MakePartner();
        (await world.Brand.Patch($"/tasks/{world.TaskId}", new { partnerId = other })).ExpectProblem(422, "validation_failed", "partnerId");
    }

    private static async Task Move(World world, string move) => (await world.Brand.Post($"/campaigns/{world.CampaignId}/{move}")).Expect(200);

    private static async Task Set(World world, string field, JsonNode? value) =>
        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", new JsonObject { [field] = value })).Expect(200);

    private static async Task SetState(World world, string state) => (await world.Operator.Patch($"/partners/{world.PartnerId}", new { state })).Expect(200);
}
