using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;

namespace OrleansLinks.Api.Tests.Reports;

/// <summary>What came of it, grouped.</summary>
public sealed class ReportTests(RunningHost host)
{
    private const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    private const string Crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    [Fact]
    public async Task A_report_has_at_once_what_the_counters_have()
    {
        var world = await World.Make(host);
        await Play(world);
        var counters = (await world.Brand.Get($"/tasks/{world.TaskId}/counters")).Expect(200).Json;

        foreach (var who in Enum.GetValues<Who>())
        {
            var report = await Report(world, who, "");

            foreach (var figure in new[] { "clicks", "uniqueClicks", "botClicks", "outsideTermsClicks", "conversions", "revenue", "payout" })
            {
                Assert.Equal(counters[figure]!.ToJsonString(), report["totals"]![figure]!.ToJsonString());
                Assert.Equal(counters[figure]!.ToJsonString(), Assert.Single(report["items"]!.AsArray())![figure]!.ToJsonString());
            }
        }
    }

    [Fact]
    public async Task Each_side_groups_by_what_it_may_see()
    {
        var world = await World.Make(host);
        var links = await Play(world);

        var ofPartner = Rows(await Report(world, Who.Partner, "groupBy=subId1,device"));
        Assert.Equal(
            [("a", "phone", 2L), ("a", "unknown", 1L), (null, "phone", 1L)],
            ofPartner.Select(row => (row["subId1"]?.GetValue<string>(), Text(row, "device"), Number(row, "clicks"))).OrderByDescending(row => row.Item3).ThenBy(row => row.Item1 is null));

        var ofBrand = Rows(await Report(world, Who.Brand, "groupBy=link,param"));
        Assert.Equal(
            [(links[0], null, 3L, 1L), (links[1], "p", 1L, 0L)],
            ofBrand.Select(row => (Text(row, "linkId"), row["param"]?.GetValue<string>(), Number(row, "clicks"), Number(row, "conversions"))));

        foreach (var (who, group) in new[] { (Who.Brand, "subId1"), (Who.Brand, "subId3"), (Who.Operator, "subId2"), (Who.Partner, "param") })
        {
            var refused = (await world.As(who).Get($"/reports/performance?programId={world.ProgramId}&groupBy=day,{group}")).Expect(422);
            Assert.Equal("group_not_visible", refused["code"]);
            Assert.True(refused.Json["errors"]!.AsObject().ContainsKey("groupBy"));
        }
    }

    [Fact]
    public async Task Every_grouping_adds_up_to_the_same()
    {
        var world = await World.Make(host);
        await Play(world);
        var totals = (await Report(world, Who.Brand, ""))["totals"]!.ToJsonString();

        foreach (var group in new[] { "program", "campaign", "task", "partner", "link", "hour", "day", "week", "month", "country", "device", "sharedId", "param", "campaign,task,partner,link,hour,country,device,sharedId,param" })
        {
            var report = await Report(world, Who.Brand, $"groupBy={group}&timeZone=Asia/Kolkata");
            Assert.Equal(totals, report["totals"]!.ToJsonString());
            Assert.Equal(Number(report["totals"]!, "clicks"), Rows(report).Sum(row => Number(row, "clicks")));
        }
    }

    [Fact]
    public async Task Hours_and_days_are_those_of_the_time_zone()
    {
        var world = await World.Make(host);
        await Play(world);
        var at = DateTimeOffset.Parse((await world.Brand.Get($"/tasks/{world.TaskId}/clicks?limit=1")).Expect(200).Json["items"]![0]!["at"]!.GetValue<string>(), CultureInfo.InvariantCulture);

        foreach (var name in new[] { "Asia/Kolkata", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati" })
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
            var local = TimeZoneInfo.ConvertTime(at, zone);
            var report = await Report(world, Who.Partner, $"groupBy=hour&timeZone={name}&from={local.AddDays(-1):yyyy-MM-dd}&to={local.AddDays(1):yyyy-MM-dd}");
            Assert.Contains(local.ToString("yyyy-MM-dd'T'HH':00:00'zzz", CultureInfo.InvariantCulture), Rows(report).Select(row => Text(row, "hour")));
            Assert.Equal(4, Number(report["totals"]!, "clicks"));

            var none = await Report(world, Who.Partner, $"groupBy=day&timeZone={name}&to={local.AddDays(-2):yyyy-MM-dd}");
            Assert.Empty(Rows(none));
            Assert.Equal(name, none["timeZone"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Csv_and_ndjson_have_what_json_has()
    {
        var world = await World.Make(host);
        await Play(world);
        const string Query = "groupBy=day,link,country";
        var expected = Rows(await Report(world, Who.Brand, Query));

        var ndjson = (await world.Brand.Get($"/reports/performance?{Query}&format=ndjson")).Expect(200);
        Assert.Equal(expected.Select(row => row.ToJsonString()), ndjson.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.ToJsonString()));

        var answer = (await world.Brand.Send(HttpMethod.Get, $"/reports/performance?{Query}", null, ("Accept", "text/csv"))).Expect(200);
        Assert.Equal("text/csv", answer.ContentType);
        using var csv = CsvReader.FromText(answer.Text);
        foreach (var row in expected)
        {
            Assert.True(csv.Read());
            Assert.Equal(["day", "linkId", "country", "clicks", "uniqueClicks", "botClicks", "outsideTermsClicks", "conversions", "revenue", "revenueCurrency", "payout", "payoutCurrency"], csv.Headers);
            Assert.Equal((Text(row, "day"), Text(row, "linkId"), "", Number(row, "clicks")), (csv.GetString("day"), csv.GetString("linkId"), csv.GetString("country"), long.Parse(csv.GetString("clicks"), CultureInfo.InvariantCulture)));
            Assert.Equal((Text(row["revenue"]!, "amount"), "EUR"), (csv.GetString("revenue"), csv.GetString("revenueCurrency")));
        }

        Assert.False(csv.Read());
    }

    [Fact]
    public async Task A_year_by_hour_comes_as_a_file_in_the_order_of_time()
    {
        var world = await World.Make(host);
        await Play(world);
        var year = $"from={DateTime.UtcNow.AddYears(-1):yyyy-MM-dd}&to={DateTime.UtcNow.AddDays(1):yyyy-MM-dd}";

        var answer = (await world.Brand.Get($"/reports/performance?groupBy=hour&{year}&format=ndjson")).Expect(200);

        Assert.Equal(4, answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => Number(JsonNode.Parse(line)!, "clicks")));
    }

    [Fact]
    public async Task Filters_look_at_one_thing_alone()
    {
        var world = await World.Make(host);
        var links = await Play(world);
        var partner = await world.MakePartner();
        var other = await world.MakeCampaign();
        var task = await world.MakeTask(other, partner);
        await world.Click((await world.Brand.Post($"/tasks/{task}/links", new { landingPage = World.Page })).Expect(201)["trackingUrl"]);

        foreach (var (filter, clicks) in new[]
        {
            ("", 5L), ($"linkId={links[0]}", 3L), ($"taskId={world.TaskId}", 4L), ($"campaignId={other}", 1L), ($"partnerId={partner}", 1L), ($"taskId={task}&linkId={links[0]}", 0L),
        })
        {
            Assert.Equal(clicks, Number((await Report(world, Who.Brand, filter))["totals"]!, "clicks"));
        }

        Assert.Equal(4, Number((await Report(world, Who.Partner, ""))["totals"]!, "clicks"));
        (await world.Partner.Get($"/reports/performance?taskId={task}")).Expect(404);
        (await world.Partner.Get($"/reports/performance?partnerId={partner}")).Expect(404);
    }

    [Fact]
    public async Task A_partner_sees_all_programs_it_works_with_and_money_of_different_currencies_apart()
    {
        var world = await World.Make(host);
        await Play(world);
        var abroad = await World.Make(host, program: body => body["currency"] = "JPY", campaign: body => body["payForPerformance"]!["terms"]!["amount"] = new JsonObject { ["amount"] = "500", ["currency"] = "JPY" });
        (await abroad.Brand.Put($"/campaigns/{abroad.CampaignId}/participants/{world.PartnerId}")).Expect(200);
        var task = (await abroad.Brand.Post($"/campaigns/{abroad.CampaignId}/tasks", new { partnerId = world.PartnerId, name = "abroad" })).Expect(201)["id"];
        await world.Click($"{host.Address}/c/{world.PartnerId}/{task}/{abroad.CampaignId}?u={Uri.EscapeDataString(World.Page)}");

        var report = (await world.Partner.Get("/reports/performance?groupBy=program")).Expect(200).Json;
        var together = (await world.Partner.Get("/reports/performance")).Expect(200).Json;

        Assert.Equal([(world.ProgramId, "EUR", 4L), (abroad.ProgramId, "JPY", 1L)], Rows(report).Select(row => (Text(row, "programId"), Text(row["payout"]!, "currency"), Number(row, "clicks"))));
        Assert.Equal([("EUR", 4L), ("JPY", 1L)], Rows(together).Select(row => (Text(row["payout"]!, "currency"), Number(row, "clicks"))));
        Assert.Null(together["totals"]);
        Assert.Equal("UTC", together["timeZone"]!.GetValue<string>());
        Assert.Equal(1, Number((await world.Partner.Get($"/reports/performance?programId={abroad.ProgramId}")).Expect(200).Json["totals"]!, "clicks"));
    }

    [Fact]
    public async Task A_conversion_that_is_taken_back_leaves_nothing()
    {
        var world = await World.Make(host);
        await Play(world);
        var conversion = (await world.Brand.Get($"/campaigns/{world.CampaignId}/conversions")).Expect(200).Json["items"]![0]!["id"]!.GetValue<string>();

        (await world.Brand.Post($"/conversions/{conversion}/adjust", new { amount = new { amount = "60.00", currency = "EUR" } })).Expect(200);
        Assert.Equal("60.00", Text((await Report(world, Who.Partner, ""))["totals"]!["revenue"]!, "amount"));
        (await world.Brand.Post($"/conversions/{conversion}/reverse", new { })).Expect(200);

        var totals = (await Report(world, Who.Partner, ""))["totals"]!;
        Assert.Equal((0L, "0.00", "0.00"), (Number(totals, "conversions"), Text(totals["revenue"]!, "amount"), Text(totals["payout"]!, "amount")));
    }

    [Theory]
    [InlineData("groupBy=nothing", "groupBy")]
    [InlineData("groupBy=day,hour", "groupBy")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-02-30", "from")]
    [InlineData("from=2026-01-31T12:07:00Z", "from")]
    [InlineData("to=2026-01-31T12:00:00", "to")]
    [InlineData("from=2026-02-01&to=2026-01-30", "to")]
    [InlineData("from=2001-01-01&to=2026-01-30", "to")]
    [InlineData("from=0001-01-01", "from")]
    [InlineData("to=9999-12-31", "to")]
    [InlineData("timeZone=Atlantis", "timeZone")]
    [InlineData("timeZone=W.%20Europe%20Standard%20Time", "timeZone")]
    [InlineData("timeZone=..%2F..%2Fetc%2Fpasswd", "timeZone")]
    [InlineData("format=xml", "format")]
    public async Task What_cannot_be_read_is_named(string query, string field)
    {
        var world = await World.Make(host);

        var answer = (await world.Brand.Get($"/reports/performance?{query}")).Expect(400);

        Assert.True(answer.Json["errors"]!.AsObject().ContainsKey(field), answer.Text);
    }

    [Fact]
    public async Task The_operator_names_a_program()
    {
        var answer = (await host.Operator.Get("/reports/performance")).Expect(400);

        Assert.True(answer.Json["errors"]!.AsObject().ContainsKey("programId"));
    }

    /// <summary>Four clicks on two links, and an order.</summary>
    /// <returns>The links.</returns>
    private static async Task<string[]> Play(World world)
    {
        var one = await world.MakeLink(new { landingPage = World.Page, subId1 = "a", sharedId = "s" });
        var two = await world.MakeLink(new { landingPage = World.Page, param = "p" }, Who.Brand);
        await world.Click(one["trackingUrl"], Phone);
        await world.Click(one["trackingUrl"], Crawler);
        await world.Click(two["trackingUrl"], Phone);
        var clickId = World.ClickIdOf(await world.Click(one["trackingUrl"], Phone));
        (await world.Convert(clickId, "100.00")).Expect(201);
        return [one["id"], two["id"]];
    }

    private static async Task<JsonObject> Report(World world, Who who, string query) =>
        (await world.As(who).Get($"/reports/performance?programId={world.ProgramId}&{query}")).Expect(200).Json;

    private static JsonNode[] Rows(JsonObject report) => [.. report["items"]!.AsArray()!];

    private static string Text(JsonNode of, string name) => of[name]?.GetValue<string>() ?? "";

    private static long Number(JsonNode of, string name) => of[name]!.GetValue<long>();
}
