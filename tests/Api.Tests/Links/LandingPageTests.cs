using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>Who decides on a link's landing page, in each of the three settings.</summary>
public sealed class LandingPageTests(RunningHost host)
{
    private const string DefaultMode = "programDefault";

    [Theory]
    [InlineData("https://shop.example.com", "https://shop.example.com/")]
    [InlineData("HTTP://SHOP.Example.com:80/A?b=C#d", "http://shop.example.com/A?b=C#d")]
    [InlineData("https://a.b.example.org/x y?q=ü", "https://a.b.example.org/x%20y?q=%C3%BC")]
    [InlineData("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe")]
    public async Task A_typed_page_is_kept_normalised(string typed, string kept)
    {
        var world = await World.Make(host, program: body => body["permittedDomains"] = World.Parse("""{ "d": ["shop.example.com", "*.example.org", "bücher.example"] }""")["d"]!.DeepClone());
        var link = await world.MakeLink(new { landingPage = typed });
        Assert.Equal(kept, link["landingPage"]);
        Assert.Equal(kept, (await world.Brand.Get($"/links/{link["id"]}"))["landingPage"]);
    }

    [Theory]
    [InlineData("https://example.com/", "landing_page_domain_not_permitted")]
    [InlineData("https://evil-shop.example.com/", "landing_page_domain_not_permitted")]
    [InlineData("https://shop.example.com.evil.example/", "landing_page_domain_not_permitted")]
    [InlineData("https://example.org/", "landing_page_domain_not_permitted")]
    [InlineData("https://127.0.0.1/", "landing_page_domain_not_permitted")]
    [InlineData("https://user:secret@shop.example.com/", "landing_page_invalid")]
    [InlineData("https://shop.example.com@evil.example/", "landing_page_invalid")]
    [InlineData("https://shop.example.com\\@evil.example/", "landing_page_invalid")]
    [InlineData("javascript:alert(1)", "landing_page_invalid")]
    [InlineData("data:text/html,hello", "landing_page_invalid")]
    [InlineData("ftp://shop.example.com/", "landing_page_invalid")]
    [InlineData("//shop.example.com/", "landing_page_invalid")]
    [InlineData("/products", "landing_page_invalid")]
    [InlineData("shop.example.com", "landing_page_invalid")]
    [InlineData("https://", "landing_page_invalid")]
    [InlineData("https://shop..example.com/", "landing_page_invalid")]
    [InlineData("https://shop.example.com:99999/", "landing_page_invalid")]
    [InlineData("https://shop.example.com/\u0000", "landing_page_invalid")]
    [InlineData("https://shop.example.com/\r\nX-Header: 1", "landing_page_invalid")]
    [InlineData("", "landing_page_required")]
    [InlineData("   ", "landing_page_required")]
    [InlineData(null, "landing_page_required")]
    public async Task A_typed_page_that_is_no_page_of_the_program_is_refused(string? typed, string code)
    {
        var world = await World.Make(host, program: body => body["permittedDomains"] = World.Parse("""{ "d": ["shop.example.com", "*.example.org"] }""")["d"]!.DeepClone());
        (await world.TryLink(new { landingPage = typed })).ExpectProblem(422, code, "landingPage");
        Assert.Empty(await world.Brand.GetAll($"/tasks/{world.TaskId}/links", 50));
    }

    [Theory]
    [InlineData(2_048, 201)]
    [InlineData(2_049, 422)]
    [InlineData(10_000, 422)]
    public async Task A_typed_page_has_at_most_2048_characters(int length, int status)
    {
        var world = await World.Make(host);
        var answer = (await world.TryLink(new { landingPage = $"https://{World.Host}/".PadRight(length, 'x') })).Expect(status);
        if (status == 422)
        {
            answer.ExpectProblem(422, "landing_page_invalid", "landingPage");
        }
    }

    [Theory]
    [InlineData("partnerChoice", "example.com", "*.example.com", "xn--bcher-kva.example")]
    [InlineData("savedPages")]
    [InlineData(DefaultMode)]
    public async Task A_task_names_the_permitted_domains_where_a_page_is_typed_and_nowhere_else(string mode, params string[] domains)
    {
        var world = await World.Make(
            host,
            World.Landing(mode, ("Sale", "https://www.example.com/sale")),
            body => body["permittedDomains"] = new JsonArray("example.com", "*.example.com", "Bücher.example"));
        foreach (var who in new[] { Who.Brand, Who.Partner })
        {
            var settings = (await world.As(who).Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!;
            Assert.Equal(domains, settings["permittedDomains"]!.AsArray().Select(domain => domain!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task Where_a_page_is_typed_no_saved_page_is_offered()
    {
        var world = await World.Make(host, World.Landing("partnerChoice", ("Sale", "https://www.example.com/sale")));
        (await world.TryLink(new { savedPageId = await SavedPageId(world) })).ExpectProblem(422, "saved_page_not_offered", "savedPageId");
        (await world.TryLink(new { savedPageId = await SavedPageId(world), landingPage = World.Page })).ExpectProblem(422, "saved_page_not_offered", "savedPageId");
    }

    [Fact]
    public async Task A_saved_page_is_chosen_by_its_id()
    {
        // Saved by the brand itself: it need not be among the permitted domains.
        var world = await World.Make(host, World.Landing("savedPages", ("Sale", "https://sale.example.net/?tag=a&tag=b"), ("News", "https://www.example.com/news")));
        var settings = (await world.Partner.Get($"/tasks/{world.TaskId}")).Expect(200).Json["linkSettings"]!;
        Assert.Equal("savedPages", settings["landingMode"]!.GetValue<string>());
        Assert.Equal(["Sale", "News"], settings["savedPages"]!.AsArray().Select(page => page!["name"]!.GetValue<string>()));
        foreach (var form in new[] { "short", "regular" })
        {
            var link = await world.MakeLink(new { form, savedPageId = settings["savedPages"]![0]!["id"]!.GetValue<string>() });
            Assert.Equal("https://sale.example.net/?tag=a&tag=b", link["landingPage"]);
            await world.ExpectLeadsTo(link["trackingUrl"], "https://sale.example.net/?tag=a&tag=b", null);
        }
    }

    [Fact]
    public async Task With_saved_pages_anything_else_is_refused()
    {
        var world = await World.Make(host, World.Landing("savedPages", ("Sale", "https://www.example.com/sale")));
        var other = await World.Make(host, World.Landing("savedPages", ("Other", "https://www.example.com/other")));
        (await world.TryLink(new { landingPage = World.Page })).ExpectProblem(422, "landing_page_not_free", "landingPage");
        (await world.TryLink(new { landingPage = "https://www.example.com/sale" })).ExpectProblem(422, "landing_page_not_free", "landingPage");
        (await world.TryLink(new { })).ExpectProblem(422, "saved_page_required", "savedPageId");
        (await world.TryLink(new { savedPageId = "" })).ExpectProblem(422, "saved_page_required", "savedPageId");
        (await world.TryLink(new { savedPageId = "pg_" + World.Absent })).ExpectProblem(422, "saved_page_unknown", "savedPageId");
        (await world.TryLink(new { savedPageId = await SavedPageId(other) })).ExpectProblem(422, "saved_page_unknown", "savedPageId");
    }

    [Fact]
    public async Task With_the_programs_default_page_nothing_can_be_chosen()
    {
        var world = await World.Make(host, World.Landing(DefaultMode, ("Sale", "https://www.example.com/sale")));
        (await world.TryLink(new { landingPage = World.Page })).ExpectProblem(422, "landing_page_not_free", "landingPage");
        (await world.TryLink(new { landingPage = World.DefaultPage })).ExpectProblem(422, "landing_page_not_free", "landingPage");
        (await world.TryLink(new { savedPageId = await SavedPageId(world) })).ExpectProblem(422, "saved_page_not_offered", "savedPageId");
        foreach (var form in new[] { "short", "regular" })
        {
            var link = await world.MakeLink(new { form });
            Assert.Equal(World.DefaultPage, link["landingPage"]);
            await world.ExpectLeadsTo(link["trackingUrl"], World.DefaultPage, null);
        }
    }

    [Fact]
    public async Task The_link_of_a_task_appears_when_its_campaign_starts_and_stays_the_same()
    {
        var world = await World.Make(host);
        var campaign = await world.MakeCampaign(World.Landing(DefaultMode), active: false);
        var task = await world.MakeTask(campaign, world.PartnerId);
        Assert.Null((await world.Partner.Get($"/tasks/{task}")).Expect(200).Json["link"]);
        Assert.Empty(await world.Partner.GetAll($"/tasks/{task}/links", 50));

        (await world.Brand.Post($"/campaigns/{campaign}/activate")).Expect(200);

        var reads = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? world.Partner : world.Brand).Get($"/tasks/{task}")));
        var id = Assert.Single(reads.Select(read => read.Expect(200).Json["link"]!["id"]!.GetValue<string>()).Distinct());
        var link = reads[0].Json["link"]!;
        Assert.Equal(("short", World.DefaultPage), (link["form"]!.GetValue<string>(), link["landingPage"]!.GetValue<string>()));
        await world.ExpectLeadsTo(link["trackingUrl"]!.GetValue<string>(), World.DefaultPage, null);

        (await world.Brand.Post($"/campaigns/{campaign}/pause")).Expect(200);
        Assert.Equal(id, (await world.Partner.Get($"/tasks/{task}")).Json["link"]!["id"]!.GetValue<string>());
        (await world.Brand.Post($"/campaigns/{campaign}/activate")).Expect(200);
        Assert.Equal(id, Assert.Single(await world.Partner.GetAll($"/tasks/{task}/links", 50))["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_link_of_a_task_is_there_without_anybody_opening_the_task()
    {
        var world = await World.Make(host, World.Landing(DefaultMode));
        var listed = Assert.Single(await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50));
        await world.ExpectLeadsTo(listed["trackingUrl"]!.GetValue<string>(), World.DefaultPage, null);
    }

    [Fact]
    public async Task A_links_page_can_be_changed_by_the_same_rules()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.Partner.Patch($"/links/{link["id"]}", new { landingPage = $"https://{World.Host}/new" })).Expect(200);
        await world.ExpectLeadsTo(link["trackingUrl"], $"https://{World.Host}/new", null);
        (await world.Partner.Patch($"/links/{link["id"]}", new { landingPage = "https://evil.example/" })).ExpectProblem(422, "landing_page_domain_not_permitted", "landingPage");
        (await world.Partner.Patch($"/links/{link["id"]}", new { savedPageId = "pg_" + World.Absent })).ExpectProblem(422, "saved_page_not_offered", "savedPageId");
        var regular = await world.MakeLink("regular");
        (await world.Partner.Patch($"/links/{regular["id"]}", new { landingPage = $"https://{World.Host}/new" })).ExpectProblem(422, "regular_link_page_fixed", "landingPage");
        await world.ExpectLeadsTo(link["trackingUrl"], $"https://{World.Host}/new", null);
    }

    private static async Task<string> SavedPageId(World world) =>
        (await world.Brand.Get($"/campaigns/{world.CampaignId}")).Expect(200).Json["landing"]!["savedPages"]![0]!["id"]!.GetValue<string>();
}
