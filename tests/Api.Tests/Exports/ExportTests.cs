using System.Text.Json.Nodes;
using CsvHelper;

namespace OrleansLinks.Api.Tests.Exports;

/// <summary>Clicks and conversions as files.</summary>
public sealed class ExportTests(RunningHost host)
{
    [Fact]
    public async Task Each_side_exports_clicks_as_it_sees_them_and_nothing_else()
    {
        var world = await World.Make(host);
        var stranger = await World.Make(host);
        await stranger.Click((await stranger.MakeLink())["trackingUrl"]);
        var ids = await Clicks(world, 5);

        foreach (var who in new[] { Who.Brand, Who.Partner, Who.Operator })
        {
            var lines = Lines(await Export(world, who, "clicks"));
            Assert.Equal(ids, lines.Select(line => line["id"]!.GetValue<string>()));
            foreach (var line in lines)
            {
                Assert.Equal((await world.ReadClick(line["id"]!.GetValue<string>(), who)).ToJsonString(), line.ToJsonString());
            }

            Assert.Equal(who == Who.Partner, lines[0].ContainsKey("subId1"));
            Assert.Equal(who != Who.Partner, lines[0].ContainsKey("param"));
        }
    }

    [Fact]
    public async Task Each_side_exports_conversions_as_it_sees_them_but_for_their_entries()
    {
        var world = await World.Make(host);
        var ids = await Conversions(world, 4);
        var waiting = (await world.Convert("clk_" + World.Absent)).Expect(202)["id"];

        var ofBrand = Lines(await Export(world, Who.Brand, "conversions"));
        var ofPartner = Lines(await Export(world, Who.Partner, "conversions"));

        Assert.Equal([.. ids, waiting], ofBrand.Select(line => line["id"]!.GetValue<string>()));
        Assert.Equal(ids, ofPartner.Select(line => line["id"]!.GetValue<string>()));
        foreach (var (who, line) in ofBrand.Select(line => (Who.Brand, line)).Concat(ofPartner.Select(line => (Who.Partner, line))))
        {
            var read = (await world.As(who).Get($"/conversions/{line["id"]}")).Expect(200).Json;
            read.Remove("entries");
            Assert.Equal(read.ToJsonString(), line.ToJsonString());
        }
    }

    [Theory]
    [InlineData("clicks")]
    [InlineData("conversions")]
    public async Task Csv_has_what_ndjson_has(string what)
    {
        var world = await World.Make(host);
        await Conversions(world, 3);
        await world.Convert("clk_" + World.Absent);

        foreach (var who in new[] { Who.Brand, Who.Partner })
        {
            var lines = Lines(await Export(world, who, what));
            var answer = (await world.As(who).Get($"/exports/{what}?programId={world.ProgramId}")).Expect(200);
            Assert.Equal("text/csv", answer.ContentType);
            Assert.Equal($"attachment; filename={what}-{world.ProgramId}.csv", answer.Headers["Content-Disposition"]);

            using var csv = CsvReader.FromText(answer.Text);
            foreach (var line in lines)
            {
                Assert.True(csv.Read());
                var expected = line.SelectMany(Columns).ToDictionary();
                Assert.Superset(expected.Keys.ToHashSet(), csv.Headers.ToHashSet());
                foreach (var column in csv.Headers)
                {
                    Assert.Equal((column, expected.GetValueOrDefault(column, "")), (column, csv.GetString(column)));
                }
            }

            Assert.False(csv.Read());
        }
    }

    [Theory]
    [InlineData("clicks", "csv")]
    [InlineData("clicks", "ndjson")]
    [InlineData("conversions", "csv")]
    [InlineData("conversions", "ndjson")]
    public async Task Who_goes_on_behind_the_last_row_gets_each_once(string what, string format)
    {
        var world = await World.Make(host);
        var ids = what == "clicks" ? await Clicks(world, 7) : await Conversions(world, 7);

        var met = new List<string>();
        string[] page;
        do
        {
            var cursor = met.Count == 0 ? "" : $"&cursor={met[^1]}";
            page = Ids((await world.Brand.Get($"/exports/{what}?format={format}&limit=3{cursor}")).Expect(200));
            Assert.InRange(page.Length, 0, 3);
            met.AddRange(page);
        }
        while (page.Length > 0);

        Assert.Equal(ids, met);
    }

    [Fact]
    public async Task More_rows_than_a_page_come_in_one_answer()
    {
        var world = await World.Make(host);
        var link = (await world.MakeLink())["trackingUrl"];
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_345), TestContext.Current.CancellationToken, async (_, _) => await world.Click(link));

        var answer = (await world.Brand.Get("/exports/clicks")).Expect(200);

        var ids = Ids(answer);
        Assert.Equal(2_345, ids.Length);
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        Assert.Equal("chunked", answer.Headers["Transfer-Encoding"]);
    }

    [Fact]
    public async Task Only_what_is_of_the_campaign_task_partner_and_time_is_exported()
    {
        var world = await World.Make(host);
        var partner = await world.MakePartner();
        var campaign = await world.MakeCampaign();
        var task = await world.MakeTask(campaign, partner);
        var first = await Conversions(world, 2);
        var other = (await world.Brand.Post($"/tasks/{task}/links", new { landingPage = World.Page })).Expect(201);
        var clickId = World.ClickIdOf(await world.Click(other["trackingUrl"]));
        var second = (await world.Convert(clickId)).Expect(201)["id"];
        var reported = (await world.Brand.Get($"/conversions/{first[1]}"))["reportedAt"];

        foreach (var filter in new[] { $"campaignId={campaign}", $"taskId={task}", $"partnerId={partner}", $"campaignId={campaign}&taskId={task}&partnerId={partner}" })
        {
            Assert.Equal([clickId], Ids((await world.Brand.Get($"/exports/clicks?{filter}")).Expect(200)));
            Assert.Equal([second], Ids((await world.Brand.Get($"/exports/conversions?{filter}")).Expect(200)));
        }

        Assert.Equal([first[0]], Ids((await world.Brand.Get($"/exports/conversions?to={reported}")).Expect(200)).Except(first[1..]));
        Assert.Equal([first[1], second], Ids((await world.Brand.Get($"/exports/conversions?from={reported}")).Expect(200)).Except(first[..1]));
        Assert.Empty(Ids((await world.Brand.Get("/exports/clicks?from=2001-01-01T00:00:00Z&to=2002-01-01T00:00:00%2B02:00")).Expect(200)));
        Assert.Equal(2, Ids((await world.Brand.Get("/exports/clicks?from=2001-01-01T00:00:00Z&to=2096-01-01T00:00:00Z")).Expect(200)).Length);
    }

    [Fact]
    public async Task Without_rows_there_is_the_header()
    {
        var world = await World.Make(host);

        Assert.StartsWith("id,at,class,", (await world.Brand.Get("/exports/clicks")).Expect(200).Text, StringComparison.Ordinal);
        var conversions = (await world.Partner.Get("/exports/conversions")).Expect(200).Text;
        Assert.Contains(",amount,amountCurrency,payout,payoutCurrency,", conversions, StringComparison.Ordinal);
        Assert.Single(conversions.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", (await Export(world, Who.Brand, "clicks")).Text);
    }

    [Theory]
    [InlineData("from=yesterday", 400, "from")]
    [InlineData("from=2026-01-01T00:00:00", 400, "from")]
    [InlineData("to=2026-01-01", 400, "to")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", 400, "to")]
    [InlineData("limit=0", 400, "limit")]
    [InlineData("limit=x", 400, "limit")]
    [InlineData("cursor=cnv_", 400, "cursor")]
    [InlineData("cursor=clk_x", 400, "cursor")]
    [InlineData("cursor=cnv_" + World.Absent + "&x=conversions", 400, "cursor")]
    [InlineData("format=xlsx", 400, "format")]
    [InlineData("campaignId=cmp_" + World.Absent, 404, null)]
    [InlineData("campaignId=x", 404, null)]
    [InlineData("taskId=tsk_" + World.Absent, 404, null)]
    [InlineData("partnerId=prt_" + World.Absent, 404, null)]
    [InlineData("programId=prg_" + World.Absent, 404, null)]
    public async Task What_is_asked_for_wrongly_is_named(string query, int status, string? field)
    {
        var world = await World.Make(host);
        foreach (var what in query.Contains("x=conversions", StringComparison.Ordinal) ? ["conversions"] : new[] { "clicks", "conversions" })
        {
            foreach (var who in new[] { Who.Brand, Who.Partner })
            {
                var answer = (await world.As(who).Get($"/exports/{what}?{query}")).Expect(status);
                answer.AssertIsProblem();
                Assert.Equal(field is null ? [] : [field], answer.Fields);
            }
        }
    }

    [Fact]
    public async Task A_format_that_there_is_not_is_answered_406()
    {
        var world = await World.Make(host);
        (await world.Brand.Send(HttpMethod.Get, "/exports/clicks", null, ("Accept", "application/json"))).ExpectProblem(406, "not_acceptable", "Accept");
    }

    [Fact]
    public async Task Nobody_exports_what_is_not_its_own()
    {
        var world = await World.MakeFull(host);
        var other = await World.MakeFull(host);
        foreach (var what in new[] { "clicks", "conversions" })
        {
            (await host.Operator.Get($"/exports/{what}")).ExpectProblem(400, "program_required", "programId");
            foreach (var who in new[] { Who.Brand, Who.Partner })
            {
                foreach (var filter in new[] { $"programId={other.ProgramId}", $"campaignId={other.CampaignId}", $"taskId={other.TaskId}", $"partnerId={other.PartnerId}" })
                {
                    (await world.As(who).Get($"/exports/{what}?{filter}")).ExpectProblem(404, "not_found");
                }
            }
        }

        (await world.Brand.Get($"/exports/conversions?cursor={other.ConversionId}")).ExpectProblem(400, "cursor_invalid", "cursor");
    }

    private static async Task<string[]> Clicks(World world, int count)
    {
        var link = await world.MakeLink(new { landingPage = World.Page, subId1 = "=1+1, \"blog\"", sharedId = "新闻" });
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(World.ClickIdOf(await world.Click($"{link["trackingUrl"]}?param=spring", "Mozilla/5.0 (X11; Linux, x86)", "https://from.example/?q=\"a\",b")));
        }

        return [.. ids.Order(StringComparer.Ordinal)];
    }

    private static async Task<string[]> Conversions(World world, int count)
    {
        var clicks = await Clicks(world, 1);
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            ids.Add((await world.Convert(clicks[0], $"{i}.5", $"order, {Guid.NewGuid():N}")).Expect(201)["id"]);
        }

        return [.. ids];
    }

    private static async Task<Answer> Export(World world, Who who, string what)
    {
        var answer = (await world.As(who).Send(HttpMethod.Get, $"/exports/{what}?programId={world.ProgramId}", null, ("Accept", "application/x-ndjson"))).Expect(200);
        Assert.Equal("application/x-ndjson", answer.ContentType);
        return answer;
    }

    private static JsonObject[] Lines(Answer answer) => [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(World.Parse)];

    private static string[] Ids(Answer answer)
    {
        if (answer.ContentType != "text/csv")
        {
            return [.. Lines(answer).Select(line => line["id"]!.GetValue<string>())];
        }

        var ids = new List<string>();
        using var csv = CsvReader.FromText(answer.Text);
        while (csv.Read())
        {
            ids.Add(csv.GetString("id"));
        }

        return [.. ids];
    }

    /// <summary>The columns that a field is in CSV.</summary>
    private static IEnumerable<(string Name, string Text)> Columns(KeyValuePair<string, JsonNode?> field) => field.Value is JsonObject money
        ? [(field.Key, money["amount"]!.ToString()), (field.Key + "Currency", money["currency"]!.ToString())]
        : [(field.Key, field.Value!.ToString() is var text && text.StartsWith('=') ? "'" + text : text)];
}
