using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Links;

public sealed class BatchTests(RunningHost host)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_answers_one_result_for_each_body_in_order(bool wrapped)
    {
        var world = await World.Make(host);
        var bodies = new JsonArray([.. Enumerable.Range(0, 50).Select(n => new JsonObject
        {
            ["landingPage"] = $"https://{World.Host}/{n}",
            ["form"] = n % 3 == 0 ? "regular" : "short",
        })]);
        var answer = (await Send(world, wrapped ? new JsonObject { ["items"] = bodies } : bodies)).Expect(200);
        Assert.Equal(Enumerable.Range(0, 50).Select(n => (201, $"https://{World.Host}/{n}", n % 3 == 0 ? "regular" : "short")), answer.Items.Select(item => (
            item["status"]!.GetValue<int>(), item["link"]!["landingPage"]!.GetValue<string>(), item["link"]!["form"]!.GetValue<string>())));
        Assert.Equal(50, (await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 500)).Length);
    }

    [Fact]
    public async Task A_refused_link_of_a_batch_leaves_the_others_alone()
    {
        var world = await World.Make(host);
        var answer = (await Send(world, Mixed(world))).Expect(200);
        Assert.Equal([201, 422, 201, 409, 422], answer.Items.Select(item => item["status"]!.GetValue<int>()));
        Assert.Equal([null, "landing_page_domain_not_permitted", null, "alias_taken", "param_is_brands"], answer.Items.Select(item => item["error"]?["code"]!.GetValue<string>()));
        Assert.Equal(["landingPage", "alias", "param"], answer.Items.Where(item => item["error"] is not null).Select(item => item["error"]!["errors"]!.AsObject().Single().Key));
        Assert.All(answer.Items, item => Assert.True(item.ContainsKey("link") != item.ContainsKey("error")));
        Assert.Equal(2, (await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50)).Length);
    }

    [Fact]
    public async Task An_atomic_batch_creates_all_or_none_and_names_the_fields_to_blame()
    {
        var world = await World.Make(host);
        var bodies = Mixed(world);
        (await Send(world, bodies, atomic: true)).ExpectProblem(422, "landing_page_domain_not_permitted", "items[1].landingPage").ExpectFields("items[1].landingPage", "items[4].param");
        Assert.Empty(await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50));

        // An alias that another link has is found only when the rest is in order.
        var taken = (await world.MakeLink(new { landingPage = World.Page, alias = world.Word + "-x" }))["code"];
        var almost = new JsonArray(Body(), Body(), Body(), Body(taken));
        (await Send(world, almost, atomic: true)).ExpectProblem(409, "alias_taken", "items[3].alias");
        Assert.Single(await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50));

        var good = new JsonArray(Body(), Body(world.Word + "-y"));
        Assert.All((await Send(world, good, atomic: true)).Expect(200).Items, item => Assert.Equal(201, item["status"]!.GetValue<int>()));
        Assert.Equal(3, (await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50)).Length);
    }

    [Fact]
    public async Task Of_two_equal_aliases_in_a_batch_the_first_gets_it()
    {
        var world = await World.Make(host);
        var answer = (await Send(world, new JsonArray(Body(world.Word), Body(world.Word)))).Expect(200);
        Assert.Equal([201, 409], answer.Items.Select(item => item["status"]!.GetValue<int>()));

        (await Send(world, new JsonArray(Body(), Body(world.Word + "2"), Body(world.Word + "2")), atomic: true)).ExpectProblem(409, "alias_taken", "items[2].alias");
        (await world.Click($"{host.Address}/{world.Word}2")).Expect(404);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{ "items": [] }""")]
    [InlineData("{}")]
    public async Task An_empty_batch_is_refused(string body)
    {
        var world = await World.Make(host);
        (await Send(world, body)).ExpectProblem(400, "batch_size", "items");
    }

    [Fact]
    public async Task A_batch_has_at_most_a_thousand_bodies()
    {
        var world = await World.Make(host);
        var bodies = new JsonArray([.. Enumerable.Range(0, 1_001).Select(_ => Body())]);
        (await Send(world, bodies)).ExpectProblem(400, "batch_size", "items");
        Assert.Empty(await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50));
        bodies.RemoveAt(0);
        Assert.Equal(1_000, (await Send(world, bodies)).Expect(200).Items.Count(item => item["status"]!.GetValue<int>() == 201));
    }

    [Theory]
    [InlineData("""[{ "landingPage": "https://shop.example.com/" }, null]""", "field_malformed", "items[1]")]
    [InlineData("""[{ "landingPage": "https://shop.example.com/" }, 5]""", "field_malformed", "items[1]")]
    [InlineData("""{ "items": [{}, { "form": "medium" }] }""", "field_malformed", "items[1].form")]
    [InlineData("""[{}, {}, {}, { "alias": 5 }]""", "field_malformed", "items[3].alias")]
    [InlineData("""[{}, { "unknown": 5 }]""", "unknown_field", "items[1].unknown")]
    public async Task A_malformed_body_of_a_batch_is_named(string body, string code, string field)
    {
        var world = await World.Make(host);
        (await Send(world, body)).ExpectProblem(400, code, field);
        Assert.Empty(await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50));
    }

    [Theory]
    [InlineData("maybe")]
    [InlineData("2")]
    public async Task Atomic_is_true_or_false(string atomic)
    {
        var world = await World.Make(host);
        (await world.Partner.Post($"/tasks/{world.TaskId}/links/batch?atomic={atomic}", new JsonArray(Body()))).ExpectProblem(400, "parameter_invalid", "atomic");
    }

    [Fact]
    public async Task While_a_gate_is_shut_every_link_of_a_batch_is_refused()
    {
        var world = await World.Make(host);
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);
        var answer = (await Send(world, new JsonArray(Body(), Body()))).Expect(200);
        Assert.All(answer.Items, item => Assert.Equal((422, "campaign_not_active"), (item["status"]!.GetValue<int>(), item["error"]!["code"]!.GetValue<string>())));
        (await Send(world, new JsonArray(Body(), Body()), atomic: true)).ExpectProblem(422, "campaign_not_active");
    }

    private static JsonObject Body(string? alias = null) => new() { ["landingPage"] = World.Page, ["alias"] = alias };

    private static JsonArray Mixed(World world)
    {
        var mixed = new JsonArray(Body(world.Word), Body(), Body(), Body(world.Word), Body());
        mixed[1]!["landingPage"] = "https://evil.example/";
        mixed[4]!["param"] = "not mine";
        return mixed;
    }

    private static Task<Answer> Send(World world, object body, bool atomic = false) =>
        world.Partner.Post($"/tasks/{world.TaskId}/links/batch{(atomic ? "?atomic=true" : "")}", body);
}
