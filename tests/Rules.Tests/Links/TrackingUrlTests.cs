using CsCheck;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>The addresses of a link, as each side gets them.</summary>
public sealed class TrackingUrlTests
{
    private const string Origin = "http://localhost:8080";
    private const string Path = $"/c/{Given.PartnerId}/{Given.TaskId}/{Given.CampaignId}";

    private static readonly ReportingValues All = new("one", "two", "three", "shared", "brand");

    [Fact]
    public void A_short_link_is_the_host_and_the_code()
    {
        var urls = Write(Given.TypedLink());

        Assert.Equal("http://localhost:8080/Ab3dEf7h", urls.TrackingUrl);
        Assert.Equal(urls.TrackingUrl, urls.ShareableUrl);
    }

    [Fact]
    public void A_short_link_keeps_its_values_inside()
    {
        foreach (var side in Enum.GetValues<Side>())
        {
            Assert.Equal("http://localhost:8080/Ab3dEf7h", Write(Given.TypedLink() with { Values = All }, side).TrackingUrl);
        }
    }

    [Fact]
    public void A_regular_link_names_partner_task_campaign_and_page()
    {
        var link = Given.TypedLink("https://shop.brand.example/a?id=7&ref=a%20b#top", LinkForm.Regular);

        Assert.Equal(
            $"{Origin}{Path}?u=https%3A%2F%2Fshop.brand.example%2Fa%3Fid%3D7%26ref%3Da%2520b%23top&linkId={link.Id}",
            Write(link).TrackingUrl);
    }

    [Fact]
    public void A_regular_link_to_a_saved_page_names_the_page_that_it_has_now()
    {
        var parameters = Query(Write(Given.SavedLink(form: LinkForm.Regular), page: Given.ShoesPage).TrackingUrl);

        Assert.Equal(("u", Given.ShoesPage), parameters[0]);
    }

    [Fact]
    public void A_regular_link_to_the_default_page_names_no_page_and_so_moves_with_it()
    {
        var link = Given.DefaultLink(LinkForm.Regular);

        Assert.Equal($"{Origin}{Path}?linkId={link.Id}", Write(link, page: Given.DefaultPage).TrackingUrl);
    }

    [Fact]
    public void Values_travel_behind_a_regular_link_as_each_side_may_see_them()
    {
        var link = Given.TypedLink(form: LinkForm.Regular) with { Values = All };

        Assert.Equal(
            [("subId1", "one"), ("subId2", "two"), ("subId3", "three"), ("sharedId", "shared")],
            Query(Write(link, Side.Partner).TrackingUrl).Skip(2));
        Assert.Equal([("sharedId", "shared"), ("param", "brand")], Query(Write(link, Side.Brand).TrackingUrl).Skip(2));
    }

    [Fact]
    public void The_shareable_link_never_shows_a_value()
    {
        foreach (var side in Enum.GetValues<Side>())
        {
            var link = Given.TypedLink(form: LinkForm.Regular);

            Assert.Equal(Write(link, side).TrackingUrl, Write(link with { Values = All }, side).ShareableUrl);
            Assert.Equal(["u", "linkId"], Query(Write(link with { Values = All }, side).ShareableUrl).Select(p => p.Name));
        }
    }

    [Theory]
    [InlineData("go.brand.example", "https://go.brand.example/Ab3dEf7h")]
    [InlineData("go.brand.example:8443", "https://go.brand.example:8443/Ab3dEf7h")]
    [InlineData("192.0.2.7", "https://192.0.2.7/Ab3dEf7h")]
    [InlineData("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/Ab3dEf7h")]
    [InlineData("localhost.brand.example", "https://localhost.brand.example/Ab3dEf7h")]
    [InlineData("localhosts.example", "https://localhosts.example/Ab3dEf7h")]
    [InlineData("127.brand.example", "https://127.brand.example/Ab3dEf7h")]
    public void A_programs_tracking_host_is_reached_over_https(string host, string expected) =>
        Assert.Equal(expected, Write(Given.TypedLink(), host: host).TrackingUrl);

    [Theory]
    [InlineData("localhost", "http://localhost/Ab3dEf7h")]
    [InlineData("localhost:5000", "http://localhost:5000/Ab3dEf7h")]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5000/Ab3dEf7h")]
    [InlineData("127.1.2.3", "http://127.1.2.3/Ab3dEf7h")]
    [InlineData("[::1]", "http://[::1]/Ab3dEf7h")]
    [InlineData("[::1]:5000", "http://[::1]:5000/Ab3dEf7h")]
    public void A_tracking_host_that_is_this_machine_is_reached_over_http(string host, string expected) =>
        Assert.Equal(expected, Write(Given.TypedLink(), host: host).TrackingUrl);

    [Fact]
    public void A_regular_link_is_on_the_programs_tracking_host_too() =>
        Assert.StartsWith($"https://go.brand.example{Path}?", Write(Given.TypedLink(form: LinkForm.Regular), host: "go.brand.example").TrackingUrl, StringComparison.Ordinal);

    [Fact]
    public void Whatever_the_page_and_the_values_are_they_are_read_back_from_the_address_to_the_letter()
    {
        var value = Arbitrary.Text.Select(ReportingValueRules.Clean);
        var values = Gen.Select(value, value, value, value, value, (a, b, c, d, e) => new ReportingValues(a, b, c, d, e));
        Gen.Select(Arbitrary.Pages, values, Gen.Enum<Side>()).Sample(
            (typed, kept, side) =>
            {
                Assert.True(LandingPage.TryParse(typed, out var page, out var error), error);
                var link = Given.TypedLink(page.Url, LinkForm.Regular) with { Values = kept };

                var urls = Write(link, side);
                (string Name, string Value)[] expected =
                [
                    ("u", page.Url), ("linkId", link.Id), .. ReportingValueRules.Enumerate(ReportingValueRules.VisibleTo(side, kept)),
                ];

                Assert.True(Uri.TryCreate(urls.TrackingUrl, UriKind.Absolute, out _));
                Assert.All(urls.TrackingUrl, c => Assert.InRange(c, '!', '~'));
                Assert.Equal(expected, Query(urls.TrackingUrl));
                Assert.Equal(expected[..2], Query(urls.ShareableUrl));
            },
            iter: 2000);
    }

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void A_regular_link_leads_to_the_same_page_with_and_without_its_stored_row(LandingMode mode)
    {
        var terms = Given.Terms(mode);
        var plan = Given.Decide(Given.RequestFor(mode) with { Form = LinkForm.Regular }, terms).Ok();
        var link = Given.DefaultLink(LinkForm.Regular) with { Target = plan.Target, LandingPage = plan.LandingPage, SavedPageId = plan.SavedPageId };
        var page = RedirectPolicy.CurrentPage(link.Destination, terms);
        var written = Query(Write(link, page: page).TrackingUrl).Where(p => p.Name == "u").Select(p => p.Value).SingleOrDefault();

        var alone = RedirectPolicy.DecideRegular(written, null, terms, Given.Now);

        Assert.Equal(page, alone.LandingPage);
        Assert.Null(alone.Reason);
        Assert.Equal(alone, RedirectPolicy.DecideRegular(written, link.Destination, terms, Given.Now) with { Target = alone.Target });
    }

    private static LinkUrls Write(Link link, Side side = Side.Partner, string? page = null, string? host = null) =>
        TrackingUrls.Write(new LinkDetails(link, page ?? link.LandingPage ?? Given.DefaultPage, host), side, Origin);

    private static (string Name, string Value)[] Query(string url) =>
    [
        .. url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..]
            .Split('&')
            .Select(pair => pair.Split('='))
            .Select(pair => (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]))),
    ];
}
