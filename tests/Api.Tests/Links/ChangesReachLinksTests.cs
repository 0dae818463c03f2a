using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>What is changed acts on links that are there, within a second; visitors meet no error for it.</summary>
public sealed class ChangesReachLinksTests(RunningHost host)
{
    private static readonly Dictionary<string, (Func<World, Task> Change, Func<World, Task>? Undo, string Reason)> ChangesByName = new()
    {
        ["paused"] = (w => Post(w, "pause"), w => Post(w, "activate"), "campaign_not_active"),
        ["completed"] = (w => Post(w, "complete"), null, "campaign_not_active"),
        ["participant removed"] = (
            async w => (await w.Brand.Delete($"/campaigns/{w.CampaignId}/participants/{w.PartnerId}")).Expect(204),
            async w => (await w.Brand.Put($"/campaigns/{w.CampaignId}/participants/{w.PartnerId}")).Expect(200),
            "partner_not_participating"),
        ["partner inactive"] = (w => State(w, "inactive"), w => State(w, "active"), "partner_not_participating"),
        ["permitted domains shrunk"] = (w => Domains(w, "www.example.com"), w => Domains(w, "www.example.com", World.Host), "landing_page_not_allowed"),
        ["ended"] = (w => Campaign(w, new { endsAt = "2020-01-01T00:00:00Z" }), w => Campaign(w, new { endsAt = (string?)null }), "campaign_ended"),
        ["start put off"] = (w => Campaign(w, new { startsAt = "2096-01-01T00:00:00Z" }), w => Campaign(w, new { startsAt = (string?)null }), "campaign_not_started"),
        ["tracking off"] = (w => Campaign(w, new { tracking = new { clicksAndConversions = false } }), w => Campaign(w, new { tracking = new { clicksAndConversions = true } }), "tracking_off"),
        ["pay for performance off"] = (w => Campaign(w, new { payForPerformance = new { enabled = false } }), w => Campaign(w, new { payForPerformance = new { enabled = true } }), "pay_for_performance_off"),
        ["default page for all"] = (w => Campaign(w, new { landing = new { mode = "programDefault" } }), w => Campaign(w, new { landing = new { mode = "partnerChoice" } }), "landing_page_not_allowed"),
    };

    public static TheoryData<string> Changes => [.. ChangesByName.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task What_is_no_longer_allowed_leads_to_the_default_page_outside_terms(string change)
    {
        var world = await World.Make(host);
        var links = new[] { await world.MakeLink("short"), await world.MakeLink("regular") };
        foreach (var link in links)
        {
            await world.ExpectLeadsTo(link["trackingUrl"], World.Page, null);
        }

        await ChangesByName[change].Change(world);

        foreach (var link in links)
        {
            await Eventually.Is(() => LeadsTo(world, link, World.DefaultPage), "the click leads to the default page");
            await world.ExpectLeadsTo(link["trackingUrl"], World.DefaultPage, ChangesByName[change].Reason);
            Assert.True((await world.Brand.Get($"/links/{link["id"]}/counters")).Json["outsideTermsClicks"]!.GetValue<int>() >= 1);
        }

        if (ChangesByName[change].Undo is { } undo)
        {
            await undo(world);
            foreach (var link in links)
            {
                await Eventually.Is(() => LeadsTo(world, link, World.Page), "the click leads to the link's own page again");
                await world.ExpectLeadsTo(link["trackingUrl"], World.Page, null);
            }
        }
    }

    [Fact]
    public async Task A_campaign_ends_by_itself_when_its_time_has_come()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var endsAt = DateTimeOffset.UtcNow.AddMilliseconds(600);
        await Campaign(world, new { endsAt });
        await Eventually.Is(() => LeadsTo(world, link, World.DefaultPage), "the click leads to the default page once the campaign has ended", endsAt - DateTimeOffset.UtcNow + Eventually.ASecond);
        Assert.True(DateTimeOffset.UtcNow >= endsAt, "The campaign ended early.");
        await world.ExpectLeadsTo(link["trackingUrl"], World.DefaultPage, "campaign_ended");
    }

    [Fact]
    public async Task A_new_default_page_moves_the_links_that_use_it()
    {
        const string Moved = "https://www.example.com/moved?x=1";
        var world = await World.Make(host, World.Landing("programDefault"));
        var links = new[] { await world.MakeLink(new { form = "short" }), await world.MakeLink(new { form = "regular" }) };
        (await world.Brand.Patch($"/programs/{world.ProgramId}", new { defaultLandingPage = Moved })).Expect(200);
        foreach (var link in links)
        {
            await Eventually.Is(() => LeadsTo(world, link, Moved), "the click leads to the new default page");
            await world.ExpectLeadsTo(link["trackingUrl"], Moved, null);
            Assert.Equal(Moved, (await world.Partner.Get($"/links/{link["id"]}"))["landingPage"]);
        }
    }

    [Theory]
    [InlineData("short")]
    [InlineData("regular")]
    public async Task An_edited_saved_page_moves_the_links_that_use_it_and_a_removed_one_leaves_the_default_page(string form)
    {
        const string Edited = "https://www.example.com/sale-2";
        var world = await World.Make(host, World.Landing("savedPages", ("Sale", "https://www.example.com/sale"), ("News", "https://www.example.com/news")));
        var pages = (await world.Brand.Get($"/campaigns/{world.CampaignId}")).Json["landing"]!["savedPages"]!.AsArray();
        var link = await world.MakeLink(new { form, savedPageId = pages[0]!["id"]!.GetValue<string>() });

        pages[0]!["url"] = Edited;
        await Campaign(world, new { landing = new { savedPages = pages } });
        await Eventually.Is(() => LeadsTo(world, link, Edited), "the click leads to the edited page");
        await world.ExpectLeadsTo(link["trackingUrl"], Edited, null);

        var rest = new JsonArray(pages[1]!.DeepClone());
        await Campaign(world, new { landing = new { savedPages = rest } });
        await Eventually.Is(() => LeadsTo(world, link, World.DefaultPage), "the click leads to the default page");
        await world.ExpectLeadsTo(link["trackingUrl"], World.DefaultPage, "saved_page_removed");
    }

    [Fact]
    public async Task Changes_are_met_while_the_link_is_being_clicked_all_the_time()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        using var stop = new CancellationTokenSource();
        var visitors = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                (await world.Click(link["trackingUrl"])).Expect(302);
            }
        }).ToArray();
        try
        {
            for (var round = 0; round < 5; round++)
            {
                await Post(world, "pause");
                await Eventually.Is(() => LeadsTo(world, link, World.DefaultPage), "the click leads to the default page");
                await Post(world, "activate");
                await Eventually.Is(() => LeadsTo(world, link, World.Page), "the click leads to the link's own page again");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(visitors);
        }
    }

    private static async Task<bool> LeadsTo(World world, Answer link, string page) =>
        (await world.Click(link["trackingUrl"])).Expect(302).Location!.StartsWith(page, StringComparison.Ordinal);

    private static async Task Post(World world, string move) => (await world.Brand.Post($"/campaigns/{world.CampaignId}/{move}")).Expect(200);

    private static async Task Campaign(World world, object change) => (await world.Brand.Patch($"/campaigns/{world.CampaignId}", change)).Expect(200);

    private static async Task State(World world, string state) => (await world.Operator.Patch($"/partners/{world.PartnerId}", new { state })).Expect(200);

    private static async Task Domains(World world, params string[] permittedDomains) =>
        (await world.Brand.Patch($"/programs/{world.ProgramId}", new { permittedDomains })).Expect(200);
}
