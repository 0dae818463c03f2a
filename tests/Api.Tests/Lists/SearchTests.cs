using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Api.Tests.Access;
using OrleansLinks.Directory;

namespace OrleansLinks.Api.Tests.Lists;

/// <summary>Lists of things with names are searched by any part of the name.</summary>
public sealed class SearchTests(RunningHost host)
{
    /// <summary>The lists that can be searched; what is on each is named by its test's word and a number.</summary>
    internal static readonly string[] Lists =
    [
        "GET /programs", "GET /partners", "GET /programs/{programId}/campaigns", "GET /campaigns/{campaignId}/tasks",
        "GET /partners/{partnerId}/tasks", "GET /partners/{partnerId}/campaigns", "GET /campaigns/{campaignId}/participants",
    ];

    public static TheoryData<string> Endpoints => [.. Lists];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task What_is_searched_for_is_met_once_page_by_page_newest_first(string endpoint)
    {
        var world = await World.Make(host);
        var path = EndpointTable.Row(endpoint).Path(world, Who.Operator);
        var expected = new List<string>();
        for (var n = 0; n < 7; n++)
        {
            var isWanted = n != 3;
            var id = await Make(world, endpoint, $"{(isWanted ? "Straßen" : "Wege")} {n} in {world.Word}");
            if (isWanted)
            {
                expected.Insert(0, id);
            }
        }

        foreach (var limit in new[] { 1, 2, 6, 50 })
        {
            Assert.Equal(expected, IdsOf(await host.Operator.GetAll($"{path}?search={Uri.EscapeDataString($" STRAßEN ")}", limit)).Where(expected.Contains));
        }

        Assert.Equal(7, (await host.Operator.GetAll($"{path}?search={world.Word.ToUpperInvariant()[1..]}", 500)).Count(item => item["name"]!.GetValue<string>().Contains(" in ", StringComparison.Ordinal)));
        Assert.Empty(await host.Operator.GetAll($"{path}?search={world.Word}x", 50));
        Assert.Equal(IdsOf(await host.Operator.GetAll(path, 500)).Intersect(expected), expected);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_cursor_is_good_for_its_own_search_alone(string endpoint)
    {
        var world = await World.Make(host);
        var path = EndpointTable.Row(endpoint).Path(world, Who.Operator);
        await Make(world, endpoint, $"First {world.Word}");
        await Make(world, endpoint, $"Second {world.Word}");
        var cursor = (await host.Operator.Get($"{path}?search={world.Word}&limit=1")).Expect(200)["nextCursor"];
        var whole = (await host.Operator.Get($"{path}?limit=1")).Expect(200)["nextCursor"];

        (await host.Operator.Get($"{path}?search={world.Word.ToUpperInvariant()}&limit=1&cursor={cursor}")).Expect(200);
        (await host.Operator.Get($"{path}?search={world.Word[1..]}&limit=1&cursor={cursor}")).ExpectProblem(400, "cursor_invalid", "cursor");
        (await host.Operator.Get($"{path}?limit=1&cursor={cursor}")).ExpectProblem(400, "cursor_invalid", "cursor");
        (await host.Operator.Get($"{path}?search={world.Word}&limit=1&cursor={whole}")).ExpectProblem(400, "cursor_invalid", "cursor");
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_search_for_nothing_for_too_much_or_for_control_characters_is_refused_by_name(string endpoint)
    {
        var world = await World.Make(host);
        var path = EndpointTable.Row(endpoint).Path(world, Who.Operator);
        foreach (var search in new[] { "", "%20", "%20%09%E3%80%80", new string('a', 101), "a%00b", "a%0Ab", "a%7Fb" })
        {
            (await host.Operator.Get($"{path}?search={search}")).ExpectProblem(400, "search_invalid", "search");
        }

        (await host.Operator.Get($"{path}?search=%20{new string('a', 100)}%20")).Expect(200);
        (await host.Operator.Get($"{path}?search=%FF")).Expect(200);
    }

    [Theory]
    [InlineData("Frühlingsgefühle", "FRÜHLING", true)]
    [InlineData("Frühlingsgefühle", "fru\u0308hling", true)]
    [InlineData("Frühlingsgefühle", "fruhling", false)]
    [InlineData("ЗИМНЯЯ распродажа", "зимняя РАС", true)]
    [InlineData("春季大促销", "季大", true)]
    [InlineData("春季大促销", "大季", false)]
    [InlineData("夏のキャンペーン", "ｷｬﾝﾍﾟｰﾝ", true)]
    [InlineData("SALE １２", "sale 12", true)]
    [InlineData("100% off", "0% O", true)]
    [InlineData("1000 off", "0% o", false)]
    [InlineData("no wildcard", "%", false)]
    [InlineData("no wildcard", "no_wildcard", false)]
    [InlineData("snake_case", "E_C", true)]
    [InlineData("back\\slash", "k\\s", true)]
    [InlineData("it's \"quoted\"", "'s \"Q", true)]
    [InlineData("👩‍🚀 launch", "👩‍🚀", true)]
    public async Task A_name_is_found_by_any_part_in_any_case_and_every_letter_stands_for_itself(string name, string search, bool isFound)
    {
        var world = await World.Make(host);
        var id = await Make(world, "GET /programs/{programId}/campaigns", name);

        Assert.Equal(isFound ? [id] : [], await Find(world.Brand, $"/programs/{world.ProgramId}/campaigns", search));
    }

    [Fact]
    public async Task Campaigns_are_found_by_status_kind_and_name_together()
    {
        var world = await World.Make(host);
        var path = $"/programs/{world.ProgramId}/campaigns";
        var draft = await Make(world, "GET /programs/{programId}/campaigns", "Spring sale");
        var creator = await world.MakeCampaign(body => (body["kind"], body["name"]) = ("creator", "Spring stories"));
        var active = await world.MakeCampaign(body => body["name"] = "Spring links");

        Assert.Equal([active, creator, draft], await Find(world.Brand, path, "spring"));
        Assert.Equal([active, creator], await Find(world.Brand, $"{path}?status=active", "spring"));
        Assert.Equal([creator], await Find(world.Brand, $"{path}?status=active&kind=creator", "spring"));
        Assert.Empty(await Find(world.Brand, $"{path}?status=active&kind=creator", "sale"));

        (await world.Brand.Post($"/campaigns/{creator}/pause")).Expect(200);

        Assert.Equal([active], await Find(world.Brand, $"{path}?status=active", "spring"));
        Assert.Equal([creator], await Find(world.Brand, $"{path}?status=paused", "spring"));
    }

    [Fact]
    public async Task What_is_renamed_is_found_at_once_by_its_new_name_and_no_more_by_the_old_one()
    {
        var world = await World.Make(host);
        (string Thing, string[] Lists)[] named =
        [
            ($"/programs/{world.ProgramId}", ["/programs"]),
            ($"/partners/{world.PartnerId}", ["/partners", $"/campaigns/{world.CampaignId}/participants"]),
            ($"/campaigns/{world.CampaignId}", [$"/programs/{world.ProgramId}/campaigns", $"/programs/{world.ProgramId}/campaigns?status=active&kind=performance", $"/partners/{world.PartnerId}/campaigns"]),
            ($"/tasks/{world.TaskId}", [$"/campaigns/{world.CampaignId}/tasks", $"/partners/{world.PartnerId}/tasks"]),
        ];
        foreach (var (thing, lists) in named)
        {
            string[] expected = [thing.Split('/')[^1]];
            var before = world.Word;
            foreach (var name in new[] { $"Größer {world.Word[1..]}", $"größer {world.Word[1..]}", $"Kleiner {world.Word[1..]}", world.Word })
            {
                (await host.Operator.Patch(thing, new { name })).Expect(200);
                foreach (var list in lists)
                {
                    Assert.Equal(expected, await Find(host.Operator, list, name));
                    Assert.Equal(before.Equals(name, StringComparison.OrdinalIgnoreCase) ? expected : [], await Find(host.Operator, list, before));
                }

                before = name;
            }
        }
    }

    [Fact]
    public async Task A_change_of_other_things_than_the_name_loses_no_name()
    {
        var world = await World.Make(host);
        (await world.Brand.Patch($"/tasks/{world.TaskId}", new { description = "Once." })).Expect(200);
        (await world.Brand.Patch($"/tasks/{world.TaskId}", new { name = world.Word.ToUpperInvariant() })).Expect(200);
        (await world.Brand.Patch($"/tasks/{world.TaskId}", new { description = "Twice." })).Expect(200);

        Assert.Equal([world.TaskId], await Find(world.Brand, $"/campaigns/{world.CampaignId}/tasks", world.Word));
    }

    [Fact]
    public async Task A_name_that_a_renaming_did_not_come_to_is_not_found_and_the_one_that_holds_is()
    {
        // As when the process is killed before the change is made.
        var world = await World.Make(host);
        await host.Services.GetRequiredService<IDirectoryStore>().AddAsync([new DirectoryName(world.CampaignId, $"Never {world.Word}", 99)]);

        Assert.Empty(await Find(world.Brand, $"/programs/{world.ProgramId}/campaigns", "never"));
        Assert.Equal([world.CampaignId], await Find(world.Brand, $"/programs/{world.ProgramId}/campaigns", world.Word));
    }

    [Fact]
    public async Task A_search_finds_nothing_of_another_brand_or_partner()
    {
        var own = await World.Make(host);
        var foreign = await World.Make(host);
        Assert.Equal([own.ProgramId], await Find(own.Brand, "/programs", own.Word));
        Assert.Empty(await Find(own.Brand, "/programs", foreign.Word));
        Assert.Equal([own.PartnerId], await Find(own.Brand, "/partners", own.Word));
        Assert.Empty(await Find(own.Brand, "/partners", foreign.Word));
        Assert.Equal([own.PartnerId], await Find(own.Partner, "/partners", own.Word));
        Assert.Empty(await Find(own.Partner, "/partners", foreign.Word));
        foreach (var path in new[] { $"/programs/{foreign.ProgramId}/campaigns", $"/campaigns/{foreign.CampaignId}/tasks", $"/campaigns/{foreign.CampaignId}/participants" })
        {
            (await own.Brand.Get($"{path}?search={foreign.Word}")).ExpectProblem(404, "not_found");
        }

        foreach (var list in new[] { "tasks", "campaigns" })
        {
            (await own.Partner.Get($"/partners/{foreign.PartnerId}/{list}?search={foreign.Word}")).ExpectProblem(404, "not_found");
            Assert.Single(await Find(own.Partner, $"/partners/{own.PartnerId}/{list}", own.Word));
        }
    }

    [Fact]
    public async Task A_brand_that_searches_its_partners_sees_of_them_what_it_sees_otherwise()
    {
        var world = await World.Make(host);
        var other = await World.Make(host);
        (await world.Brand.Put($"/campaigns/{world.CampaignId}/participants/{other.PartnerId}")).Expect(200);

        var found = Assert.Single((await world.Brand.Get($"/partners?search={other.Word}")).Expect(200).Items);

        Assert.False(found.ContainsKey("email"));
        Assert.Equal([other.PartnerId], await Find(world.Brand, $"/campaigns/{world.CampaignId}/participants", other.Word));
    }

    private static async Task<string[]> Find(ApiClient client, string path, string search) =>
        IdsOf(await client.GetAll($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}search={Uri.EscapeDataString(search)}", 50));

    private static string[] IdsOf(IEnumerable<JsonObject> items) => [.. items.Select(item => item["id"]!.GetValue<string>())];

    /// <summary>Makes something by that name on the list of that endpoint.</summary>
    private static async Task<string> Make(World world, string endpoint, string name)
    {
        JsonObject Named(JsonObject body)
        {
            body["name"] = name;
            return body;
        }

        switch (endpoint)
        {
            case "GET /programs":
                return (await world.Operator.Post("/programs", Named(world.ProgramBody()))).Expect(201)["id"];
            case "GET /partners" or "GET /campaigns/{campaignId}/participants":
                var partner = (await world.Brand.Post("/partners", Named(world.PartnerBody()))).Expect(201)["id"];
                (await world.Brand.Put($"/campaigns/{world.CampaignId}/participants/{partner}")).Expect(200);
                return partner;
            case "GET /programs/{programId}/campaigns" or "GET /partners/{partnerId}/campaigns":
                var campaign = (await world.Brand.Post($"/programs/{world.ProgramId}/campaigns", Named(world.CampaignBody()))).Expect(201)["id"];
                (await world.Brand.Put($"/campaigns/{campaign}/participants/{world.PartnerId}")).Expect(200);
                return campaign;
            default:
                return (await world.Brand.Post($"/campaigns/{world.CampaignId}/tasks", new { partnerId = world.PartnerId, name })).Expect(201)["id"];
        }
    }
}
