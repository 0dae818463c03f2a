namespace OrleansLinks.Api.Tests.Clicks;

/// <summary>Clicks are kept and counted.</summary>
public sealed class ClickTests(RunningHost host)
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    private const string Googlebot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    [Fact]
    public async Task Totals_are_those_of_link_task_campaign_and_of_the_partners_share()
    {
        var world = await World.Make(host);
        var otherPartner = await world.MakePartner();
        var otherKey = await world.MakeKey($$"""{ "role": "partner", "partnerId": "{{otherPartner}}", "name": "{{world.Word}}" }""");
        var otherTask = await world.MakeTask(world.CampaignId, otherPartner);
        var first = await world.MakeLink("short");
        var second = await world.MakeLink("regular");
        var foreign = (await otherKey.Post($"/tasks/{otherTask}/links", new { landingPage = World.Page })).Expect(201);

        await Click(world, first, 3);
        await Click(world, second, 2);
        await Click(world, foreign, 4);

        Assert.Equal((3, 1, 0, 0), await Counters(world.Partner, $"/links/{first["id"]}"));
        Assert.Equal((2, 1, 0, 0), await Counters(world.Brand, $"/links/{second["id"]}"));
        Assert.Equal((5, 2, 0, 0), await Counters(world.Partner, $"/tasks/{world.TaskId}"));
        Assert.Equal((4, 1, 0, 0), await Counters(otherKey, $"/tasks/{otherTask}"));
        Assert.Equal((9, 3, 0, 0), await Counters(world.Brand, $"/campaigns/{world.CampaignId}"));
        Assert.Equal((9, 3, 0, 0), await Counters(world.Operator, $"/campaigns/{world.CampaignId}"));
        Assert.Equal((5, 2, 0, 0), await Counters(world.Partner, $"/campaigns/{world.CampaignId}"));
        Assert.Equal((4, 1, 0, 0), await Counters(otherKey, $"/campaigns/{world.CampaignId}"));
    }

    [Theory]
    [InlineData(Who.Brand)]
    [InlineData(Who.Partner)]
    public async Task A_list_of_links_brings_their_counters_when_it_is_asked_for_them(Who who)
    {
        var world = await World.Make(host);
        var never = await world.MakeLink("short");
        var first = await world.MakeLink("regular");
        var second = await world.MakeLink("short");
        await Click(world, first, 3);
        await Click(world, second, 2);

        var reader = world.As(who);
        var page = (await reader.Get($"/tasks/{world.TaskId}/links?include=counters&limit=2")).Expect(200);
        Assert.Equal([(second["id"], 2), (first["id"], 3)], page.Items.Select(Clicks));
        foreach (var item in page.Items)
        {
            var alone = (await reader.Get($"/links/{item["id"]}/counters")).Expect(200).Json;
            Assert.Equal(WithoutTime(alone), WithoutTime(item["counters"]!.AsObject()));
        }

        var rest = (await reader.Get($"/tasks/{world.TaskId}/links?include=counters&cursor={page["nextCursor"]}")).Expect(200);
        Assert.Equal([(never["id"], 0)], rest.Items.Select(Clicks));
        Assert.All((await reader.Get($"/tasks/{world.TaskId}/links")).Expect(200).Items, item => Assert.Null(item["counters"]));

        static (string, int) Clicks(System.Text.Json.Nodes.JsonNode item) => (item["id"]!.GetValue<string>(), item["counters"]!["clicks"]!.GetValue<int>());
        static string WithoutTime(System.Text.Json.Nodes.JsonObject counters)
        {
            counters.Remove("asOf");
            return counters.ToJsonString();
        }
    }

    [Theory]
    [InlineData("clicks")]
    [InlineData("counters,clicks")]
    [InlineData("")]
    public async Task What_a_list_cannot_bring_is_refused(string include)
    {
        var world = await World.Make(host);
        (await world.Partner.Get($"/tasks/{world.TaskId}/links?include={include}")).ExpectProblem(400, "field_malformed", "include");
    }

    [Fact]
    public async Task What_was_never_clicked_counts_nothing_in_the_programs_currency()
    {
        var world = await World.Make(host, body => body["payForPerformance"] = World.Parse("""{ "enabled": true, "terms": { "model": "percentage", "rate": "7.5" } }"""), program => program["currency"] = "JPY");
        var counters = (await world.Partner.Get($"/tasks/{world.TaskId}/counters")).Expect(200).Json;
        Assert.All(["clicks", "uniqueClicks", "botClicks", "outsideTermsClicks", "conversions", "version"], (string field) => Assert.Equal(0, counters[field]!.GetValue<int>()));
        Assert.Equal("JPY", counters["payout"]!["currency"]!.GetValue<string>());
        Assert.Equal("JPY", counters["revenue"]!["currency"]!.GetValue<string>());
        Assert.InRange(counters["asOf"]!.GetValue<DateTimeOffset>(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_repeated_click_of_a_visitor_is_not_unique_and_another_visitors_is()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        bool[] unique =
        [
            await IsUnique(world, link, Browser), await IsUnique(world, link, Browser), await IsUnique(world, link, Browser + " Other"), await IsUnique(world, link, Browser),
        ];
        Assert.Equal([true, false, true, false], unique);
        Assert.Equal((4, 2, 0, 0), await Counters(world.Brand, $"/links/{link["id"]}"));
    }

    [Theory]
    [InlineData(Googlebot)]
    [InlineData("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")]
    public async Task A_crawlers_click_is_counted_and_told_apart(string crawler)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var clickId = World.ClickIdOf(await world.Click(link["trackingUrl"], crawler));
        await world.Click(link["trackingUrl"], Browser);
        Assert.True((await world.ReadClick(clickId))["isBot"]!.GetValue<bool>());
        Assert.Equal((2, 2, 1, 0), await Counters(world.Brand, $"/links/{link["id"]}"));
        Assert.Equal((2, 2, 1, 0), await Counters(world.Partner, $"/tasks/{world.TaskId}"));
    }

    [Fact]
    public async Task A_click_outside_terms_is_counted_as_such()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await Click(world, link, 2);
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);
        await Eventually.Is(async () => (await world.Click(link["trackingUrl"])).Location!.StartsWith(World.DefaultPage, StringComparison.Ordinal), "the click leads to the default page");
        var (clicks, _, _, outside) = await Counters(world.Brand, $"/tasks/{world.TaskId}");
        Assert.Equal((await world.Brand.GetAll($"/tasks/{world.TaskId}/clicks", 50)).Length, clicks);
        Assert.Equal(clicks - 2, outside);
    }

    [Fact]
    public async Task A_click_is_read_by_the_id_that_the_landing_page_got()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var from = DateTimeOffset.UtcNow.AddMilliseconds(-2);
        var clickId = World.ClickIdOf(await world.Click(link["trackingUrl"], Browser, "https://blog.example.net/post?x=1"));
        foreach (var who in Enum.GetValues<Who>())
        {
            var click = await world.ReadClick(clickId, who);
            Assert.Equal(clickId, click["id"]!.GetValue<string>());
            Assert.Equal((link["id"], world.TaskId, world.CampaignId, world.PartnerId, world.ProgramId), (
                click["linkId"]!.ToString(), click["taskId"]!.ToString(), click["campaignId"]!.ToString(), click["partnerId"]!.ToString(), click["programId"]!.ToString()));
            Assert.Equal((World.Page, Browser, "https://blog.example.net/post?x=1", "inTerms"), (
                click["landingPage"]!.ToString(), click["userAgent"]!.ToString(), click["referrer"]!.ToString(), click["class"]!.ToString()));
            Assert.InRange(click["at"]!.GetValue<DateTimeOffset>(), from, DateTimeOffset.UtcNow);
            Assert.False(click["isBot"]!.GetValue<bool>());
            Assert.DoesNotContain("127.0.0.1", click.ToJsonString().Replace(host.Address, "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        var stranger = await World.Make(host);
        (await stranger.Brand.Get($"/clicks/{clickId}")).ExpectProblem(404, "not_found");
        (await stranger.Partner.Get($"/clicks/{clickId}")).ExpectProblem(404, "not_found");
    }

    [Fact]
    public async Task A_click_tells_the_visitors_country_and_device_and_not_its_address()
    {
        const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
        var world = await World.Make(host);
        var url = (await world.MakeLink())["trackingUrl"];
        var abroad = await host.Anyone.SendRaw(HttpMethod.Get, url, null, ("User-Agent", Phone), ("X-Forwarded-For", "8.8.8.8"));

        var click = await world.ReadClick(World.ClickIdOf(abroad), Who.Partner);
        var local = await world.ReadClick(World.ClickIdOf(await world.Click(url)), Who.Partner);

        Assert.Equal(("US", "phone"), (click["country"]?.GetValue<string>(), click["device"]?.GetValue<string>()));
        Assert.DoesNotContain("8.8.8.8", click.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((null, "unknown"), (local["country"]?.GetValue<string>(), local["device"]?.GetValue<string>()));
        var conversion = (await world.Convert(click["id"]!.GetValue<string>())).Expect(201);
        Assert.Equal(("US", "phone"), (conversion["country"], conversion["device"]));
    }

    [Fact]
    public async Task What_a_browser_says_of_itself_is_cut_and_never_refused()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var click = await world.ReadClick(World.ClickIdOf(await world.Click(link["trackingUrl"], new string('u', 5_000), "https://r.example/" + new string('r', 5_000))));
        Assert.Equal(512, click["userAgent"]!.GetValue<string>().Length);
        Assert.Equal(1_024, click["referrer"]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task Every_answered_click_is_in_the_list_and_in_the_total_when_many_come_at_once()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => world.Click(link["trackingUrl"], $"{Browser} {n}")));
        var ids = answers.Select(World.ClickIdOf).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(ids, (await world.Brand.GetAll($"/tasks/{world.TaskId}/clicks", 500)).Select(click => click["id"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal((500, 500, 0, 0), await Counters(world.Brand, $"/links/{link["id"]}"));
    }

    private static async Task Click(World world, Answer link, int times)
    {
        for (var n = 0; n < times; n++)
        {
            (await world.Click(link["trackingUrl"], Browser)).Expect(302);
        }
    }

    private static async Task<bool> IsUnique(World world, Answer link, string userAgent) =>
        (await world.ReadClick(World.ClickIdOf(await world.Click(link["trackingUrl"], userAgent))))["isUnique"]!.GetValue<bool>();

    private static async Task<(int Clicks, int Unique, int Bots, int OutsideTerms)> Counters(ApiClient client, string path)
    {
        var counters = (await client.Get($"{path}/counters")).Expect(200).Json;
        return (counters["clicks"]!.GetValue<int>(), counters["uniqueClicks"]!.GetValue<int>(), counters["botClicks"]!.GetValue<int>(), counters["outsideTermsClicks"]!.GetValue<int>());
    }
}
