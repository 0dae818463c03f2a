using System.Net.Sockets;
using System.Text;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>Links that were put together or tampered with by hand, and visitors with odd browsers.</summary>
public sealed class HandMadeLinkTests(RunningHost host)
{
    [Fact]
    public async Task A_disabled_link_stays_so_when_its_url_names_another_before_it()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink("regular");
        (await world.Partner.Delete($"/links/{link["id"]}")).Expect(204);

        (await world.Click($"{Base(world)}?u={Uri.EscapeDataString(World.Page)}&linkId=x&linkId={link["id"]}")).Expect(410);
    }

    [Fact]
    public async Task A_regular_link_of_a_creator_campaign_leads_to_the_default_page_and_is_not_paid()
    {
        var world = await World.Make(host, campaign => campaign["kind"] = "creator");

        await world.ExpectLeadsTo($"{Base(world)}?u={Uri.EscapeDataString(World.Page)}", World.DefaultPage, "form_not_available");
    }

    [Fact]
    public async Task Saved_pages_that_are_swapped_move_both_forms_of_link()
    {
        var world = await World.Make(host, World.Landing("savedPages", ("A", "https://shop.example.com/x"), ("B", "https://shop.example.com/y")));
        var pages = (await world.Brand.Get($"/campaigns/{world.CampaignId}")).Json["landing"]!["savedPages"]!.AsArray();
        var (a, b) = (pages[0]!["id"]!.ToString(), pages[1]!["id"]!.ToString());
        var shortLink = await world.MakeLink(new { savedPageId = a });
        var regular = await world.MakeLink(new { savedPageId = a, form = "regular" });

        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", new
        {
            landing = new { savedPages = new[] { new { id = a, name = "A", url = "https://shop.example.com/y" }, new { id = b, name = "B", url = "https://shop.example.com/x" } } },
        })).Expect(200);

        await world.ExpectLeadsTo(shortLink["trackingUrl"], "https://shop.example.com/y", null);
        await world.ExpectLeadsTo(regular["trackingUrl"], "https://shop.example.com/y", null);
        Assert.Equal("https://shop.example.com/y", (await world.Partner.Get($"/links/{regular["id"]}"))["landingPage"]);
    }

    [Fact]
    public async Task A_template_that_would_make_the_address_too_long_is_left_out()
    {
        var world = await World.Make(host);
        (await world.Brand.Patch($"/programs/{world.ProgramId}", new { landingTemplate = "a=" + string.Concat(Enumerable.Repeat("{subid1}", 100)) })).Expect(200);
        var link = await world.MakeLink(new { landingPage = World.Page, subId1 = new string('日', 255) });

        var location = (await world.Click(link["trackingUrl"])).Location!;

        Assert.StartsWith(World.Page + "&clickid=clk_", location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("Referer")]
    public async Task A_visitor_whose_browser_sends_other_bytes_than_utf_8_gets_through(string header)
    {
        var world = await World.Make(host);
        var url = new Uri((await world.MakeLink())["trackingUrl"]);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes($"GET {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\n{header}: café\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);

        Assert.StartsWith("HTTP/1.1 302", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Base(World world) => $"/c/{world.PartnerId}/{world.TaskId}/{world.CampaignId}";
}
