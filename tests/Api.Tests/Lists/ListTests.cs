using System.Globalization;
using System.Text;
using OrleansLinks.Api.Tests.Access;

namespace OrleansLinks.Api.Tests.Lists;

/// <summary>Lists are read page by page, newest first.</summary>
public sealed class ListTests(RunningHost host)
{
    private const int Many = 123;

    // Lists are in the order of ids, whose clock is read to the millisecond, and not at the moment that the thing tells.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    private static readonly SemaphoreSlim Once = new(1);
    private static World? _shared;

    /// <summary>The endpoints that answer lists.</summary>
    internal static readonly string[] Lists =
    [
        "GET /programs", "GET /programs/{programId}/campaigns", "GET /partners", "GET /partners/{partnerId}/campaigns", "GET /partners/{partnerId}/tasks",
        "GET /campaigns/{campaignId}/participants", "GET /campaigns/{campaignId}/tasks", "GET /tasks/{taskId}/clicks", "GET /tasks/{taskId}/links", "GET /keys",
        "GET /campaigns/{campaignId}/conversions", "GET /programs/{programId}/conversions/unmatched",
        "GET /webhooks", "GET /webhooks/{webhookId}/deliveries",
    ];

    public static TheoryData<string> Endpoints => [.. Lists];

    [Fact]
    public async Task Paging_through_links_meets_each_once_newest_first()
    {
        var world = await World.Make(host);
        await ExpectAll(world.Partner, $"/tasks/{world.TaskId}/links", async n => (await world.MakeLink(n % 2 == 0 ? "short" : "regular"))["id"]);
    }

    [Fact]
    public async Task Paging_through_tasks_meets_each_once_newest_first()
    {
        var world = await World.Make(host);
        var campaign = await world.MakeCampaign();
        await ExpectAll(world.Brand, $"/campaigns/{campaign}/tasks", _ => world.MakeTask(campaign, world.PartnerId));
        var ofPartner = await world.Partner.GetAll($"/partners/{world.PartnerId}/tasks", 50);
        Assert.Equal(Many + 1, ofPartner.Select(task => task["id"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task Paging_through_campaigns_meets_each_once_newest_first()
    {
        var world = await World.Make(host);
        var first = world.CampaignId;
        await ExpectAll(world.Brand, $"/programs/{world.ProgramId}/campaigns", _ => world.MakeCampaign(active: false), [first]);
    }

    [Fact]
    public async Task Paging_through_partners_meets_each_once_newest_first()
    {
        var world = await World.Make(host);
        await ExpectAll(world.Brand, "/partners", _ => world.MakePartner(), [world.PartnerId]);
    }

    [Fact]
    public async Task Paging_through_clicks_meets_each_once_newest_first()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await ExpectAll(world.Partner, $"/tasks/{world.TaskId}/clicks", async _ => World.ClickIdOf(await world.Click(link["trackingUrl"])), time: "at");
    }

    [Fact]
    public async Task A_page_has_50_items_unless_the_caller_says()
    {
        var world = await World.Make(host);
        foreach (var _ in Enumerable.Range(0, 60))
        {
            await world.MakeLink();
        }

        var page = (await world.Partner.Get($"/tasks/{world.TaskId}/links")).Expect(200);
        Assert.Equal(50, page.Items.Length);
        var last = (await world.Partner.Get($"/tasks/{world.TaskId}/links?limit=500&cursor={page["nextCursor"]}")).Expect(200);
        Assert.Equal(10, last.Items.Length);
        Assert.True(last.Json.ContainsKey("nextCursor"));
        Assert.Null(last.Json["nextCursor"]);
    }

    [Fact]
    public async Task What_is_added_while_a_list_is_read_moves_nothing_on_its_later_pages()
    {
        var world = await World.Make(host);
        var ids = new List<string>();
        foreach (var _ in Enumerable.Range(0, 6))
        {
            ids.Insert(0, (await world.MakeLink())["id"]);
        }

        var first = (await world.Partner.Get($"/tasks/{world.TaskId}/links?limit=3")).Expect(200);
        await world.MakeLink();
        var second = (await world.Partner.Get($"/tasks/{world.TaskId}/links?limit=3&cursor={first["nextCursor"]}")).Expect(200);
        Assert.Equal(ids, first.Items.Concat(second.Items).Select(item => item["id"]!.GetValue<string>()));
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_limit_that_is_no_number_from_1_to_500_is_refused(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await SharedWorld();
        foreach (var limit in new[] { "0", "-1", "501", "2147483648", "99999999999999999999", "ten", "1.5", "1e2", "%00", "1&limit=2" })
        {
            var answer = await host.Operator.Get($"{row.Path(world, Who.Operator)}?limit={limit}");
            answer.Expect(400).AssertIsProblem();
            answer.ExpectFields("limit");
        }
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Limits_at_the_bounds_are_taken(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await SharedWorld();
        foreach (var limit in new[] { 1, 500 })
        {
            Assert.InRange((await host.Operator.Get($"{row.Path(world, Who.Operator)}?limit={limit}")).Expect(200).Items.Length, 1, limit);
        }
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_cursor_that_is_made_up_cut_or_of_another_list_is_refused(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await SharedWorld();
        var path = row.Path(world, Who.Operator);
        var cursor = (await host.Operator.Get($"{path}?limit=1")).Expect(200)["nextCursor"];
        var other = EndpointTable.Row(endpoint == "GET /keys" ? "GET /programs" : "GET /keys").Path(world, Who.Operator);
        var foreign = (await host.Operator.Get($"{other}?limit=1")).Expect(200)["nextCursor"];
        (await host.Operator.Get($"{path}?limit=1&cursor={cursor}")).Expect(200);

        string[] bad =
        [
            "", "x", "====", "%00", "null", "0", cursor[..^1], cursor[1..], cursor + "A", (cursor[0] == 'A' ? "B" : "A") + cursor[1..], foreign, new string('A', 400), new string('A', 9_000),
            Convert.ToBase64String(Encoding.UTF8.GetBytes("123456" + World.Absent)).TrimEnd('='), "%FF%FE", "' OR 1=1 --",
        ];
        foreach (var one in bad)
        {
            (await host.Operator.Get($"{path}?limit=1&cursor={one}")).ExpectProblem(400, "cursor_invalid", "cursor");
        }
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_own_owner_and_filter_alone()
    {
        var world = await World.Make(host);
        var other = await World.Make(host);
        await world.MakeCampaign();
        await other.MakeCampaign();
        var cursor = (await world.Brand.Get($"/programs/{world.ProgramId}/campaigns?limit=1")).Expect(200)["nextCursor"];
        (await other.Brand.Get($"/programs/{other.ProgramId}/campaigns?limit=1&cursor={cursor}")).ExpectProblem(400, "cursor_invalid", "cursor");
        (await world.Brand.Get($"/programs/{world.ProgramId}/campaigns?limit=1&status=active&cursor={cursor}")).ExpectProblem(400, "cursor_invalid", "cursor");
    }

    [Fact]
    public async Task Campaigns_are_found_by_status_and_kind_wherever_they_have_moved()
    {
        var world = await World.Make(host);
        var creator = await world.MakeCampaign(body => body["kind"] = "creator", active: false);
        var performance = world.CampaignId;
        await ExpectFound(world, "status=draft", creator);
        await ExpectFound(world, "status=active", performance);
        await ExpectFound(world, "kind=creator", creator);
        await ExpectFound(world, "kind=performance", performance);
        await ExpectFound(world, "", creator, performance);

        foreach (var (move, status) in new[] { ("activate", "active"), ("pause", "paused"), ("activate", "active"), ("complete", "completed") })
        {
            (await world.Brand.Post($"/campaigns/{creator}/{move}")).Expect(200);
            foreach (var one in new[] { "draft", "active", "paused", "completed" })
            {
                await ExpectFound(world, $"status={one}&kind=creator", one == status ? [creator] : []);
            }
        }

        await ExpectFound(world, "status=active", performance);
        await ExpectFound(world, "status=completed&kind=performance");
    }

    [Theory]
    [InlineData("status=running", "status")]
    [InlineData("status=Active", "status")]
    [InlineData("status=1", "status")]
    [InlineData("kind=both", "kind")]
    [InlineData("kind=active", "kind")]
    public async Task A_filter_that_is_no_known_word_is_refused(string filter, string field)
    {
        var world = await SharedWorld();
        (await host.Operator.Get($"/programs/{world.ProgramId}/campaigns?{filter}")).ExpectProblem(400, "parameter_invalid", field);
    }

    private static async Task ExpectFound(World world, string filter, params string[] ids) =>
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await world.Brand.GetAll($"/programs/{world.ProgramId}/campaigns?{filter}", 50)).Select(item => item["id"]!.GetValue<string>()).Order(StringComparer.Ordinal));

    /// <summary>Makes many, reads them in pages of several sizes, and expects each once and the newest first.</summary>
    private static async Task ExpectAll(ApiClient reader, string path, Func<int, Task<string>> make, string[]? before = null, string time = "createdAt")
    {
        var made = new List<string>(before ?? []);
        for (var n = 0; n < Many; n++)
        {
            made.Add(await make(n));
        }

        foreach (var limit in new[] { 7, 50, made.Count, 500 })
        {
            var items = await reader.GetAll(path, limit);
            Assert.Equal(made.Order(StringComparer.Ordinal), items.Select(item => item["id"]!.GetValue<string>()).Order(StringComparer.Ordinal));
            var times = items.Select(item => DateTimeOffset.Parse(item[time]!.GetValue<string>(), CultureInfo.InvariantCulture)).ToArray();
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.First >= pair.Second - Tick, $"{pair.First:O} is listed before {pair.Second:O}."));
        }
    }

    /// <summary>A world to read only, in which every list has more than one item.</summary>
    private async Task<World> SharedWorld()
    {
        await Once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_shared is null)
            {
                var world = await World.MakeFull(host);
                var link = await world.MakeLink();
                await world.Click(link["trackingUrl"]);
                await world.MakeTask(world.CampaignId, await world.MakePartner());
                await world.MakeTask(await world.MakeCampaign(), world.PartnerId);
                foreach (var conversion in await world.Brand.GetAll($"/campaigns/{world.CampaignId}/conversions", 50))
                {
                    (await world.Brand.Post($"/conversions/{conversion["id"]}/reverse")).Expect(200);
                }

                await Eventually.Is(
                    async () => (await world.Operator.Get($"/webhooks/{world.WebhookIds[Who.Operator]}/deliveries")).Expect(200).Items.Length > 1,
                    "events are made of what was reversed",
                    TimeSpan.FromSeconds(20));
                _shared = world;
            }

            return _shared;
        }
        finally
        {
            Once.Release();
        }
    }
}
