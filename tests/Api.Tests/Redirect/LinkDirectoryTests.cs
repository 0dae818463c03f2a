using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Redirect;

namespace OrleansLinks.Api.Tests.Redirect;

/// <summary>What edges remember of links.</summary>
public sealed class LinkDirectoryTests(RunningHost host)
{
    private static readonly Dictionary<string, (Func<World, string, Task> Change, (bool IsDisabled, string Page, string? Reason) After)> ChangesByName = new()
    {
        ["link disabled"] = (
            async (world, link) => (await world.Brand.Delete($"/links/{link}")).Expect(204),
            (true, World.Page, null)),
        ["link leads elsewhere"] = (
            async (world, link) => (await world.Brand.Patch($"/links/{link}", new { landingPage = World.Page + "&new=1" })).Expect(200),
            (false, World.Page + "&new=1", null)),
        ["campaign paused"] = (
            async (world, _) => (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200),
            (false, World.DefaultPage, "campaign_not_active")),
        ["partner inactive"] = (
            async (world, _) => (await world.Operator.Patch($"/partners/{world.PartnerId}", new { state = "inactive" })).Expect(200),
            (false, World.DefaultPage, "partner_not_participating")),
        ["participant removed"] = (
            async (world, _) => (await world.Brand.Delete($"/campaigns/{world.CampaignId}/participants/{world.PartnerId}")).Expect(204),
            (false, World.DefaultPage, "partner_not_participating")),
        ["default page moved and mode changed"] = (
            async (world, _) =>
            {
                (await world.Brand.Patch($"/programs/{world.ProgramId}", new { defaultLandingPage = "https://www.example.com/moved" })).Expect(200);
                (await world.Brand.Patch($"/campaigns/{world.CampaignId}", new { landing = new { mode = "programDefault" } })).Expect(200);
            },
            (false, "https://www.example.com/moved", "landing_page_not_allowed")),
    };

    public static TheoryData<string> Changes => [.. ChangesByName.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_made_through_one_edge_is_acted_on_by_another_within_a_second(string change)
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await using var edge = await OtherEdge.Start(host);
        Assert.Equal((false, World.Page, null), await edge.Follow(link["code"]));

        await ChangesByName[change].Change(world, link["id"]);

        await Eventually.Is(async () => await edge.Follow(link["code"]) == ChangesByName[change].After, $"the other edge acts on: {change}");
    }

    [Fact]
    public async Task A_link_is_found_as_soon_as_it_was_created_even_if_its_code_was_asked_for_before()
    {
        var world = await World.Make(host);
        await using var edge = await OtherEdge.Start(host);
        for (var i = 0; i < 20; i++)
        {
            var alias = $"{world.Word}-{i}";
            Assert.Null(await edge.Directory.FindLink(alias));
            (await world.Visit(HttpMethod.Get, "/" + alias)).Expect(404);
            (await world.Brand.Post($"/tasks/{world.TaskId}/links", new { alias, landingPage = World.Page })).Expect(201);
            Assert.NotNull(await edge.Directory.FindLink(alias));
            (await world.Visit(HttpMethod.Get, "/" + alias)).Expect(302);
        }
    }

    [Fact]
    public async Task It_keeps_as_many_links_as_it_has_room_for_and_finds_all()
    {
        const int Room = 100;
        var world = await World.Make(host);
        var batch = Enumerable.Range(0, 1000).Select(_ => new { landingPage = World.Page }).ToArray();
        var codes = (await world.Brand.Post($"/tasks/{world.TaskId}/links/batch", batch)).Expect(200).Items.Select(item => item["link"]!["code"]!.GetValue<string>()).ToArray();
        await using var edge = await OtherEdge.Start(host, Room);

        for (var round = 0; round < 2; round++)
        {
            Assert.All(await Task.WhenAll(codes.Select(code => edge.Directory.FindLink(code).AsTask())), Assert.NotNull);
        }

        Assert.InRange(edge.Directory.CachedLinks, 1, Room);
    }

    [Fact]
    public async Task Codes_that_were_never_issued_leave_nothing_in_memory_and_no_actor_each()
    {
        const int Unknown = 5_000;
        var edge = host.Services.GetRequiredService<LinkDirectory>();
        var cached = edge.CachedLinks;
        var actors = await CountLinkActors();

        await Parallel.ForAsync(0, Unknown, async (i, _) =>
        {
            (await host.Anyone.SendRaw(HttpMethod.Get, $"/zz{i}-{Guid.NewGuid():N}")).Expect(404);
            (await host.Anyone.SendRaw(HttpMethod.Get, $"/c/{EntityId.New("prt_", TimeProvider.System)}/{EntityId.New("tsk_", TimeProvider.System)}/{EntityId.New("cmp_", TimeProvider.System)}")).Expect(404);
        });

        // Other tests make links and tasks meanwhile, but not by the thousand.
        Assert.InRange(edge.CachedLinks - cached, int.MinValue, Unknown / 2);
        Assert.InRange(await CountLinkActors() - actors, int.MinValue, Unknown / 2);
    }

    private async Task<int> CountLinkActors() =>
        (await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
            .Where(kind => kind.GrainType.Contains("LinkGrain", StringComparison.Ordinal) || kind.GrainType.Contains("TaskGrain", StringComparison.Ordinal))
            .Sum(kind => kind.ActivationCount);
}
