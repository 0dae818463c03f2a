using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Links;

namespace OrleansLinks.Api.Tests.Conversions;

/// <summary>A click turns into money.</summary>
public sealed class ConversionTests(RunningHost host)
{
    [Fact]
    public async Task A_reported_order_is_attributed_paid_and_counted_on_both_sides()
    {
        var world = await World.Make(host, Percentage("10"));
        var link = await world.MakeLink();
        var clickId = World.ClickIdOf(await world.Click(link["trackingUrl"]));

        var conversion = (await world.Convert(clickId, "49.90", "A-1")).Expect(201).Json;

        Assert.Equal("pending", Text(conversion, "state"));
        Assert.Equal("inTerms", Text(conversion, "class"));
        Assert.Equal(("4.99", "EUR"), (Text(conversion, "payout", "amount"), Text(conversion, "payout", "currency")));
        Assert.Equal((link["id"], world.TaskId, world.CampaignId, world.PartnerId), (Text(conversion, "linkId"), Text(conversion, "taskId"), Text(conversion, "campaignId"), Text(conversion, "partnerId")));
        foreach (var path in new[] { $"/links/{link["id"]}", $"/tasks/{world.TaskId}", $"/campaigns/{world.CampaignId}" })
        {
            Assert.Equal((1, "49.90", "4.99"), await Counted(world.Partner, path));
            Assert.Equal((1, "49.90", "4.99"), await Counted(world.Brand, path));
        }

        var seen = (await world.Partner.Get($"/conversions/{Text(conversion, "id")}")).Expect(200).Json;
        Assert.Equal(conversion.ToJsonString(), seen.ToJsonString());
    }

    [Fact]
    public async Task A_conversion_takes_along_what_its_click_knows_and_each_side_sees_its_own_values()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink(new { landingPage = World.Page, subId1 = "mine", sharedId = "ours" });
        var clickId = World.ClickIdOf(await world.Click($"{link["trackingUrl"]}?param=theirs"));

        var reported = (await world.Convert(clickId)).Expect(201);

        var brands = (await world.Brand.Get($"/conversions/{reported["id"]}")).Expect(200).Json;
        Assert.Equal((null, "ours", "theirs"), ValuesOf(brands));
        Assert.Equal(ValuesOf(brands), ValuesOf(reported.Json));
        Assert.Equal(brands["device"]?.GetValue<string>(), (await world.ReadClick(clickId))["device"]?.GetValue<string>());
        Assert.Equal(("mine", "ours", null), ValuesOf((await world.Partner.Get($"/conversions/{reported["id"]}")).Expect(200).Json));
        Assert.Equal(("mine", "ours", null), ValuesOf((await world.Partner.Get($"/campaigns/{world.CampaignId}/conversions")).Expect(200).Items.Single()));

        static (string?, string?, string?) ValuesOf(JsonObject view) =>
            (view["subId1"]?.GetValue<string>(), view["sharedId"]?.GetValue<string>(), view["param"]?.GetValue<string>());
    }

    [Fact]
    public async Task An_order_that_was_reported_with_a_wrong_click_takes_the_right_one_and_then_keeps_it()
    {
        var world = await World.Make(host, Percentage("10"));
        var (first, second) = (World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"])), World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"])));
        var foreign = await World.Make(host);
        var foreignClick = World.ClickIdOf(await foreign.Click((await foreign.MakeLink())["trackingUrl"]));
        foreach (var (wrong, status) in new[] { ("clk_" + World.Absent, 202), (foreignClick, 201) })
        {
            var order = $"order {Guid.NewGuid():N}";
            var id = (await world.Convert(wrong, "20.00", order)).Expect(status)["id"];

            var right = (await world.Convert(first, "20.00", order)).Expect(200).Json;
            Assert.Equal((id, "pending", first, "2.00"), (Text(right, "id"), Text(right, "state"), Text(right, "clickId"), Text(right, "payout", "amount")));

            var again = (await world.Convert(second, "20.00", order)).Expect(200).Json;
            Assert.Equal((id, first), (Text(again, "id"), Text(again, "clickId")));
            Assert.Equal(["reported", "attributed"], again["entries"]!.AsArray().Select(entry => Text(entry!.AsObject(), "kind")));
        }

        Assert.Equal((2, "40.00", "4.00"), await Counted(world.Partner, $"/tasks/{world.TaskId}"));
        Assert.Empty((await world.Brand.Get($"/programs/{world.ProgramId}/conversions/unmatched")).Expect(200).Items);
    }

    [Fact]
    public async Task Results_stay_those_of_a_partner_who_no_longer_takes_part()
    {
        var world = await World.Make(host);
        (await world.Convert(World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"])))).Expect(201);
        (await world.Brand.Delete($"/campaigns/{world.CampaignId}/participants/{world.PartnerId}")).Expect(204);

        foreach (var path in new[] { $"/campaigns/{world.CampaignId}/conversions", $"/campaigns/{world.CampaignId}/counters", $"/reports/performance?campaignId={world.CampaignId}", $"/exports/clicks?campaignId={world.CampaignId}" })
        {
            (await world.Partner.Get(path)).Expect(200);
            (await (await World.Make(host)).Partner.Get(path)).Expect(404);
        }

        (await world.Partner.Get($"/campaigns/{world.CampaignId}")).Expect(404);
    }

    [Fact]
    public async Task A_thousand_parallel_reports_of_one_order_make_one_conversion()
    {
        var world = await World.Make(host);
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => world.Convert(clickId, "20.00", "the order")));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(999, answers.Count(answer => answer.Status == 200));
        Assert.Single(answers.Select(answer => answer["id"]).Distinct());
        Assert.Equal((1, "20.00", "5.00"), await Counted(world.Brand, $"/tasks/{world.TaskId}"));
    }

    [Fact]
    public async Task Of_a_thousand_parallel_orders_a_cap_of_500_pays_exactly_500()
    {
        var world = await World.Make(host, Terms("""{ "model": "fixed", "amount": { "amount": "2.00", "currency": "EUR" }, "cap": { "conversions": 500 } }"""));
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => world.Convert(clickId, "10.00", $"order {i}")));

        Assert.Equal(500, answers.Count(answer => answer.Expect(201)["class"] == "inTerms"));
        Assert.All(answers.Where(answer => answer["class"] == "outsideTerms"), answer => Assert.Equal("cap_reached", answer["reason"]));
        Assert.Equal((1000, "10000.00", "1000.00"), await Counted(world.Brand, $"/campaigns/{world.CampaignId}"));
    }

    [Fact]
    public async Task The_same_order_id_of_another_event_type_is_another_conversion()
    {
        var world = await World.Make(host);
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));
        var lead = World.ConversionBody(clickId, "0.00", "A-1");
        lead["eventType"] = "lead";

        var ids = new[] { (await world.Convert(clickId, "20.00", "A-1")).Expect(201)["id"], (await world.Brand.Post("/conversions", lead)).Expect(201)["id"] };

        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids[1], (await world.Brand.Post("/conversions", lead)).Expect(200)["id"]);
    }

    [Fact]
    public async Task A_conversion_of_an_unknown_click_waits_is_listed_and_can_be_taken_back()
    {
        var world = await World.Make(host);

        var waiting = (await world.Convert("clk_" + World.Absent)).Expect(202);

        Assert.Equal("waitingForClick", waiting["state"]);
        var listed = (await world.Brand.Get($"/programs/{world.ProgramId}/conversions/unmatched")).Expect(200).Json["items"]!.AsArray();
        Assert.Equal(waiting["id"], listed.Single()!["id"]!.GetValue<string>());
        (await world.Partner.Get($"/conversions/{waiting["id"]}")).Expect(404);
        Assert.Equal("reversed", (await world.Brand.Post($"/conversions/{waiting["id"]}/reverse", new { })).Expect(200)["state"]);
        Assert.Equal((0, "0.00", "0.00"), await Counted(world.Brand, $"/campaigns/{world.CampaignId}"));
    }

    [Fact]
    public async Task A_conversion_that_waits_is_attributed_as_soon_as_its_click_arrives()
    {
        var world = await World.Make(host, Percentage("10"));
        var link = await world.MakeLink();
        await using var events = await world.Partner.Watch($"/tasks/{world.TaskId}/counters/live");
        await events.Next();

        // A click of an edge whose journal was not read for a while.
        var late = new Click(
            EntityId.NewSeed(TimeProvider.System), link["code"], world.TaskId, world.CampaignId, world.PartnerId, world.ProgramId, DateTimeOffset.UtcNow, ClickClass.InTerms, null, false,
            Guid.NewGuid(), World.Page, null, null, new ReportingValues());
        var id = (await world.Convert(EntityId.From(EntityId.Click, late.Id), "100.00")).Expect(202)["id"];
        var shard = LedgerShards.KeyOf(LedgerShards.Of(EntityId.Parse(world.TaskId, EntityId.Task)));
        await host.Services.GetRequiredService<IGrainFactory>().Actor<ILedgerShardGrain>(shard).Record(ClickBatch.Of([late]));

        await Eventually.Is(async () => (await world.Brand.Get($"/conversions/{id}")).Expect(200)["state"] == "pending", "the conversion is attributed");
        Assert.Equal((1, "100.00", "10.00"), await Counted(world.Brand, $"/links/{link["id"]}"));
        await events.Until(one => one.Json["conversions"]!.GetValue<int>() == 1, "a watcher saw the conversion");
        Assert.Equal(
            ["reported", "attributed"],
            (await world.Brand.Get($"/conversions/{id}")).Expect(200).Json["entries"]!.AsArray().Select(entry => Text(entry!, "kind")));
        Assert.Empty((await world.Brand.Get($"/programs/{world.ProgramId}/conversions/unmatched")).Expect(200).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_conversion_outside_the_window_or_before_its_click_is_unmatched_with_the_reason()
    {
        var world = await World.Make(host, body => body["tracking"] = World.Parse("""{ "clicksAndConversions": true, "attributionWindowDays": 1 }"""));
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));
        var early = World.ConversionBody(clickId);
        early["occurredAt"] = DateTimeOffset.UtcNow.AddHours(-1).ToString("O");

        var answer = (await world.Brand.Post("/conversions", early)).Expect(201);

        Assert.Equal(("unmatched", "before_click"), (answer["state"], answer["reason"]));
        Assert.Equal((0, "0.00", "0.00"), await Counted(world.Brand, $"/campaigns/{world.CampaignId}"));
        (await world.Brand.Post($"/conversions/{answer["id"]}/adjust", new { amount = new { amount = "1.00", currency = "EUR" } })).ExpectProblem(409, "conversion_unmatched");
    }

    [Fact]
    public async Task A_click_of_another_program_is_not_paid_by_this_one()
    {
        var (world, other) = (await World.Make(host), await World.Make(host));
        var clickId = World.ClickIdOf(await other.Click((await other.MakeLink())["trackingUrl"]));

        var answer = (await world.Convert(clickId)).Expect(201);

        Assert.Equal(("unmatched", "click_of_other_program"), (answer["state"], answer["reason"]));
        Assert.Equal((0, "0.00", "0.00"), await Counted(other.Brand, $"/campaigns/{other.CampaignId}"));
        (await other.Brand.Get($"/conversions/{answer["id"]}")).Expect(404);
    }

    [Fact]
    public async Task A_click_outside_terms_converts_and_pays_nothing()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);
        var clickId = World.ClickIdOf(await world.Click(link["trackingUrl"]));

        var answer = (await world.Convert(clickId, "10.00")).Expect(201);

        Assert.Equal(("pending", "outsideTerms", "campaign_not_active"), (answer["state"], answer["class"], answer["reason"]));
        Assert.Equal((1, "10.00", "0.00"), await Counted(world.Brand, $"/tasks/{world.TaskId}"));
    }

    [Fact]
    public async Task Adjusting_and_reversing_move_the_totals_and_leave_their_traces()
    {
        var world = await World.Make(host, Percentage("10"));
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));
        var id = (await world.Convert(clickId, "100.00")).Expect(201)["id"];

        (await world.Brand.Post($"/conversions/{id}/adjust", new { amount = new { amount = "60.00", currency = "EUR" }, reason = "One was sent back." })).Expect(200);
        Assert.Equal((1, "60.00", "6.00"), await Counted(world.Partner, $"/tasks/{world.TaskId}"));
        (await world.Brand.Post($"/conversions/{id}/reverse", new { reason = "All was." })).Expect(200);
        Assert.Equal((0, "0.00", "0.00"), await Counted(world.Partner, $"/tasks/{world.TaskId}"));

        var entries = (await world.Partner.Get($"/conversions/{id}")).Expect(200).Json["entries"]!.AsArray();
        Assert.Equal(
            [("reported", null, "100.00", "10.00"), ("adjusted", "One was sent back.", "-40.00", "-4.00"), ("reversed", "All was.", "-60.00", "-6.00")],
            entries.Select(entry => (Text(entry!, "kind"), entry!["reason"]?.GetValue<string>(), Text(entry, "amount", "amount"), Text(entry, "payout", "amount"))));
        (await world.Brand.Post($"/conversions/{id}/reverse", new { })).Expect(200);
        (await world.Brand.Post($"/conversions/{id}/adjust", new { amount = new { amount = "1.00", currency = "EUR" } })).ExpectProblem(409, "conversion_reversed");
    }

    [Fact]
    public async Task Without_a_locking_period_a_conversion_is_approved_at_once_and_stays()
    {
        var world = await World.Make(host, body => body["tracking"] = World.Parse("""{ "clicksAndConversions": true, "lockingPeriodDays": 0 }"""));
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));

        var answer = (await world.Convert(clickId)).Expect(201);

        Assert.Equal("approved", answer["state"]);
        (await world.Brand.Post($"/conversions/{answer["id"]}/adjust", new { amount = new { amount = "1.00", currency = "EUR" } })).ExpectProblem(409, "conversion_locked");
        (await world.Brand.Post($"/conversions/{answer["id"]}/reverse", new { })).ExpectProblem(409, "conversion_locked");
    }

    [Fact]
    public async Task The_terms_of_the_click_pay_also_after_they_have_changed()
    {
        var world = await World.Make(host, Percentage("10"));
        var link = await world.MakeLink();
        var before = World.ClickIdOf(await world.Click(link["trackingUrl"]));
        (await world.Brand.Get($"/clicks/{before}")).Expect(200);
        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", World.Parse("""{ "payForPerformance": { "terms": { "model": "percentage", "rate": "50" } } }"""))).Expect(200);
        var after = World.ClickIdOf(await world.Click(link["trackingUrl"]));

        Assert.Equal("10.00", Text((await world.Convert(before, "100.00")).Expect(201).Json, "payout", "amount"));
        Assert.Equal("50.00", Text((await world.Convert(after, "100.00")).Expect(201).Json, "payout", "amount"));
    }

    [Theory]
    [InlineData("amount", """{ "amount": "-1.00", "currency": "EUR" }""", "amount")]
    [InlineData("amount", """{ "amount": "1.00001", "currency": "EUR" }""", "amount")]
    [InlineData("amount", """{ "amount": "1.00", "currency": "USD" }""", "amount.currency")]
    [InlineData("orderId", "\"\"", "orderId")]
    [InlineData("clickId", "\"nonsense\"", "clickId")]
    [InlineData("eventType", "\"a b\"", "eventType")]
    [InlineData("occurredAt", "\"2096-01-01T00:00:00Z\"", "occurredAt")]
    [InlineData("occurredAt", "\"2020-01-01T00:00:00Z\"", "occurredAt")]
    public async Task What_is_wrong_with_a_report_is_said_by_its_field_and_changes_nothing(string field, string value, string blamed)
    {
        var world = await World.Make(host);
        var clickId = World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"]));
        var body = World.ConversionBody(clickId);
        body[field] = JsonNode.Parse(value);

        (await world.Brand.Post("/conversions", body)).ExpectProblem(422, "validation_failed", blamed);

        Assert.Equal((0, "0.00", "0.00"), await Counted(world.Brand, $"/campaigns/{world.CampaignId}"));
        Assert.Empty((await world.Brand.Get($"/campaigns/{world.CampaignId}/conversions")).Expect(200).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_campaigns_conversions_are_listed_to_the_brand_and_to_each_partner_its_own()
    {
        var world = await World.Make(host);
        var otherPartner = await world.MakePartner();
        var otherKey = await world.MakeKey($$"""{ "role": "partner", "partnerId": "{{otherPartner}}", "name": "{{world.Word}}" }""");
        var otherTask = await world.MakeTask(world.CampaignId, otherPartner);
        var foreign = (await otherKey.Post($"/tasks/{otherTask}/links", new { landingPage = World.Page })).Expect(201);
        var own = await world.MakeLink();
        foreach (var (link, order) in new[] { (own, "1"), (foreign, "2"), (own, "3") })
        {
            (await world.Convert(World.ClickIdOf(await world.Click(link["trackingUrl"])), "10.00", order)).Expect(201);
        }

        Assert.Equal(["3", "2", "1"], await Orders(world.Brand));
        Assert.Equal(["3", "1"], await Orders(world.Partner));
        Assert.Equal(["2"], await Orders(otherKey));

        async Task<List<string>> Orders(ApiClient client)
        {
            var orders = new List<string>();
            var cursor = "";
            do
            {
                var page = (await client.Get($"/campaigns/{world.CampaignId}/conversions?limit=2{cursor}")).Expect(200).Json;
                orders.AddRange(page["items"]!.AsArray().Select(item => Text(item!, "orderId")));
                cursor = page["nextCursor"] is { } next ? $"&cursor={next.GetValue<string>()}" : null;
            }
            while (cursor is not null);

            return orders;
        }
    }

    private static Action<JsonObject> Terms(string terms) => body => body["payForPerformance"] = World.Parse($$"""{ "enabled": true, "terms": {{terms}} }""");

    private static Action<JsonObject> Percentage(string rate) => Terms($$"""{ "model": "percentage", "rate": "{{rate}}" }""");

    private static string Text(JsonNode json, params string[] path) => path.Aggregate(json, (node, name) => node[name]!).GetValue<string>();

    private static async Task<(int Conversions, string Revenue, string Payout)> Counted(ApiClient client, string path)
    {
        var counters = (await client.Get($"{path}/counters")).Expect(200).Json;
        return (counters["conversions"]!.GetValue<int>(), Text(counters, "revenue", "amount"), Text(counters, "payout", "amount"));
    }
}
