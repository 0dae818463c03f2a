using CsCheck;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>Where a click goes and how it counts.</summary>
public sealed class RedirectTests
{
    private const string NotAllowed = "landing_page_not_allowed";
    private const string Removed = "saved_page_removed";

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void A_link_to_the_default_page_leads_there_in_every_mode(LandingMode mode) =>
        InTerms(Given.DefaultPage, Short(Given.DefaultLink(), Given.Terms(mode)));

    [Fact]
    public void A_link_to_a_saved_page_leads_there() =>
        InTerms(Given.HatsPage, Short(Given.SavedLink(Given.HatsId), Given.Terms(LandingMode.SavedPages)));

    [Fact]
    public void A_link_to_a_saved_page_still_leads_there_when_partners_may_type_pages() =>
        InTerms(Given.ShoesPage, Short(Given.SavedLink(), Given.Terms(LandingMode.PartnerChoice)));

    [Fact]
    public void A_saved_page_need_not_lie_on_a_permitted_domain() =>
        InTerms(Given.ShoesPage, Short(Given.SavedLink(), Given.Terms(LandingMode.SavedPages).Permitting()));

    [Fact]
    public void A_link_to_a_saved_page_is_outside_terms_once_only_the_default_page_is_allowed() =>
        Outside(NotAllowed, Short(Given.SavedLink(), Given.Terms(LandingMode.ProgramDefault)));

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void A_link_to_a_saved_page_that_was_removed_is_outside_terms_in_every_mode(LandingMode mode) =>
        Outside(Removed, Short(Given.SavedLink(), Given.Terms(mode).WithSavedPages(new SavedPage(Given.HatsId, "Hats", Given.HatsPage))));

    [Fact]
    public void A_link_to_a_typed_page_leads_there() => InTerms(Given.TypedPage, Short(Given.TypedLink(), Given.Terms()));

    [Fact]
    public void A_link_to_a_typed_page_is_outside_terms_once_its_domain_is_no_longer_permitted() =>
        Outside(NotAllowed, Short(Given.TypedLink(), Given.Terms().Permitting("other.example")));

    [Fact]
    public void A_wildcard_that_was_narrowed_to_the_domain_itself_no_longer_covers_a_subdomain() =>
        Outside(NotAllowed, Short(Given.TypedLink("https://shop.brand.example/"), Given.Terms().Permitting("brand.example")));

    [Fact]
    public void A_link_to_a_typed_page_is_outside_terms_once_only_saved_pages_are_allowed() =>
        Outside(NotAllowed, Short(Given.TypedLink(), Given.Terms(LandingMode.SavedPages)));

    [Fact]
    public void A_link_to_a_typed_page_stays_in_terms_when_the_brand_saved_that_very_page() =>
        InTerms(Given.TypedPage, Short(Given.TypedLink(), Given.Terms(LandingMode.SavedPages).WithSavedPages(new SavedPage(Given.HatsId, "Sale", Given.TypedPage))));

    [Fact]
    public void A_link_to_a_typed_page_is_outside_terms_once_only_the_default_page_is_allowed() =>
        Outside(NotAllowed, Short(Given.TypedLink(), Given.Terms(LandingMode.ProgramDefault)));

    [Fact]
    public void A_link_to_a_typed_page_stays_in_terms_when_that_is_the_default_page() =>
        InTerms(Given.TypedPage, Short(Given.TypedLink(), Given.Terms(LandingMode.ProgramDefault).WithDefaultPage(Given.TypedPage)));

    [Theory]
    [MemberData(nameof(GateTests.Gates), MemberType = typeof(GateTests))]
    public void While_a_gate_is_shut_every_link_leads_to_the_default_page_outside_terms(string gate)
    {
        foreach (var mode in Enum.GetValues<LandingMode>())
        {
            var terms = Given.Terms(mode).Shut(gate);
            foreach (var link in new[] { Given.TypedLink(), Given.SavedLink(), Given.DefaultLink() })
            {
                Outside(gate, Short(link, terms));
                Outside(gate, Regular(null, link, terms));
            }

            Outside(gate, Regular(null, null, terms));
            Outside(gate, Regular(Given.TypedPage, null, terms));
            Outside(gate, Regular(Given.TypedPage, Given.TypedLink(form: LinkForm.Regular), terms));
            Outside(gate, Regular("javascript:alert(1)", null, terms));
        }
    }

    [Fact]
    public void A_shut_gate_is_the_reason_even_when_the_page_is_not_allowed_either()
    {
        Outside("tracking_off", Short(Given.TypedLink("https://evil.example/"), Given.Terms().WithTracking(false)));
        Outside("tracking_off", Short(Given.SavedLink("pg_gone"), Given.Terms(LandingMode.SavedPages).WithTracking(false)));
    }

    [Fact]
    public void When_several_gates_are_shut_the_first_of_the_list_is_the_reason()
    {
        var terms = Given.Terms().WithPay(false).WithoutPartner().Ending(Given.Now);

        Outside(LinkPolicy.ShutGates(terms, Given.Now)[0], Short(Given.TypedLink(), terms));
    }

    [Fact]
    public void A_click_counts_from_the_start_to_the_end_to_the_tick()
    {
        var terms = Given.Terms().Starting(Given.Now).Ending(Given.Now.AddHours(1));

        Outside("campaign_not_started", RedirectPolicy.Decide(Given.TypedLink().Destination, terms, Given.Now.AddTicks(-1)));
        InTerms(Given.TypedPage, RedirectPolicy.Decide(Given.TypedLink().Destination, terms, Given.Now));
        InTerms(Given.TypedPage, RedirectPolicy.Decide(Given.TypedLink().Destination, terms, Given.Now.AddHours(1).AddTicks(-1)));
        Outside("campaign_ended", RedirectPolicy.Decide(Given.TypedLink().Destination, terms, Given.Now.AddHours(1)));
    }

    [Fact]
    public void A_campaign_that_goes_on_takes_its_links_back_into_terms()
    {
        var link = Given.TypedLink();

        Outside("campaign_not_active", Short(link, Given.Terms().WithStatus(CampaignStatus.Paused)));
        InTerms(Given.TypedPage, Short(link, Given.Terms().WithStatus(CampaignStatus.Active)));
    }

    [Fact]
    public void A_new_default_page_moves_the_links_that_use_it_and_no_other()
    {
        const string New = "https://www.brand.example/summer";

        InTerms(New, Short(Given.DefaultLink(), Given.Terms(LandingMode.ProgramDefault).WithDefaultPage(New)));
        InTerms(New, Regular(null, null, Given.Terms(LandingMode.ProgramDefault).WithDefaultPage(New)));
        InTerms(Given.TypedPage, Short(Given.TypedLink(), Given.Terms().WithDefaultPage(New)));
        InTerms(Given.ShoesPage, Short(Given.SavedLink(), Given.Terms(LandingMode.SavedPages).WithDefaultPage(New)));
    }

    [Fact]
    public void A_new_default_page_is_where_clicks_outside_terms_go_at_once()
    {
        const string New = "https://www.brand.example/summer";

        Assert.Equal(New, Short(Given.TypedLink(), Given.Terms().WithPay(false).WithDefaultPage(New)).LandingPage);
    }

    [Fact]
    public void An_edited_saved_page_moves_the_links_that_use_it_and_no_other()
    {
        const string New = "https://saved.example/boots";
        var terms = Given.Terms(LandingMode.SavedPages)
            .WithSavedPages(new SavedPage(Given.ShoesId, "Boots", New), new SavedPage(Given.HatsId, "Hats", Given.HatsPage));

        InTerms(New, Short(Given.SavedLink(), terms));
        InTerms(New, Regular(Given.ShoesPage, Given.SavedLink(form: LinkForm.Regular), terms));
        InTerms(Given.HatsPage, Short(Given.SavedLink(Given.HatsId), terms));
        InTerms(Given.HatsPage, Regular(Given.HatsPage, Given.SavedLink(Given.HatsId, LinkForm.Regular), terms));
    }

    [Fact]
    public void A_regular_link_resolves_by_its_address_alone()
    {
        InTerms(Given.TypedPage, Regular(Given.TypedPage, null, Given.Terms()));
        InTerms(Given.ShoesPage, Regular(Given.ShoesPage, null, Given.Terms(LandingMode.SavedPages)));
        InTerms(Given.DefaultPage, Regular(Given.DefaultPage, null, Given.Terms(LandingMode.ProgramDefault)));
        InTerms(Given.DefaultPage, Regular(null, null, Given.Terms(LandingMode.ProgramDefault)));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://evil-brand.example/")]
    [InlineData("https://shop.brand.example.evil.example/")]
    [InlineData("https://shop.brand.example@evil.example/")]
    [InlineData("https://shop.brand.example\\@evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("https://[::%25eth0@/")]
    [InlineData("https://brand.example:port/")]
    [InlineData("not an address")]
    [InlineData(" ")]
    [InlineData("\0")]
    public void An_address_edited_to_a_page_that_is_not_allowed_leads_to_the_default_page(string edited)
    {
        foreach (var mode in Enum.GetValues<LandingMode>())
        {
            Outside(NotAllowed, Regular(edited, null, Given.Terms(mode)));
            Outside(NotAllowed, Regular(edited, Given.TypedLink(form: LinkForm.Regular), Given.Terms(mode)));
        }
    }

    [Fact]
    public void An_address_edited_to_another_allowed_page_leads_there()
    {
        const string Other = "https://brand.example/other?x=1#y";

        InTerms(Other, Regular(Other, null, Given.Terms()));
        InTerms(Other, Regular(Other, Given.TypedLink(form: LinkForm.Regular), Given.Terms()));
        InTerms(Given.HatsPage, Regular(Given.HatsPage, null, Given.Terms(LandingMode.SavedPages)));
    }

    [Fact]
    public void Where_the_stored_link_leads_to_a_saved_page_that_page_decides_and_not_the_address()
    {
        InTerms(Given.ShoesPage, Regular(Given.HatsPage, Given.SavedLink(form: LinkForm.Regular), Given.Terms(LandingMode.SavedPages)));
        Outside(RedirectPolicy.SavedPageRemoved, Regular(Given.TypedPage, Given.SavedLink("pg_gone", LinkForm.Regular), Given.Terms()));
    }

    [Fact]
    public void The_page_in_the_address_is_read_like_a_typed_one() =>
        InTerms("https://shop.brand.example/a%20b", Regular("  HTTPS://Shop.Brand.Example:443/a b ", null, Given.Terms()));

    [Fact]
    public void A_page_in_the_address_must_be_the_saved_or_the_default_page_to_the_letter()
    {
        foreach (var edited in new[] { Given.ShoesPage + "?x=1", Given.ShoesPage[..^1], Given.ShoesPage.ToUpperInvariant() })
        {
            Outside(NotAllowed, Regular(edited, null, Given.Terms(LandingMode.SavedPages)));
        }

        foreach (var edited in new[] { Given.DefaultPage + "?x=1", Given.DefaultPage[..^1], Given.DefaultPage.ToUpperInvariant() })
        {
            Outside(NotAllowed, Regular(edited, null, Given.Terms(LandingMode.ProgramDefault)));
        }
    }

    [Fact]
    public void A_page_on_a_permitted_domain_is_not_allowed_in_the_address_where_pages_are_not_free()
    {
        Outside(NotAllowed, Regular(Given.TypedPage, null, Given.Terms(LandingMode.SavedPages)));
        Outside(NotAllowed, Regular(Given.TypedPage, null, Given.Terms(LandingMode.ProgramDefault)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void An_address_that_lost_its_page_leads_where_the_stored_link_does(string? page)
    {
        InTerms(Given.TypedPage, Regular(page, Given.TypedLink(form: LinkForm.Regular), Given.Terms()));
        InTerms(Given.ShoesPage, Regular(page, Given.SavedLink(form: LinkForm.Regular), Given.Terms(LandingMode.SavedPages)));
        InTerms(Given.DefaultPage, Regular(page, Given.DefaultLink(LinkForm.Regular), Given.Terms(LandingMode.ProgramDefault)));
        Outside(NotAllowed, Regular(page, Given.TypedLink(form: LinkForm.Regular), Given.Terms().Permitting()));
    }

    [Fact]
    public void An_address_that_lost_its_page_and_whose_link_is_unknown_leads_to_the_default_page()
    {
        foreach (var mode in Enum.GetValues<LandingMode>())
        {
            Assert.Equal(Given.DefaultPage, Regular(null, null, Given.Terms(mode)).LandingPage);
        }
    }

    [Fact]
    public void A_regular_link_to_a_saved_page_that_was_removed_is_outside_terms() =>
        Outside(Removed, Regular(Given.ShoesPage, Given.SavedLink(form: LinkForm.Regular), Given.Terms(LandingMode.SavedPages).WithSavedPages()));

    [Fact]
    public void A_regular_link_to_an_edited_saved_page_is_outside_terms_when_its_stored_link_is_unknown() =>
        Outside(NotAllowed, Regular(Given.ShoesPage, null, Given.Terms(LandingMode.SavedPages).WithSavedPages(new SavedPage(Given.ShoesId, "Boots", "https://saved.example/boots"))));

    [Fact]
    public void A_visitor_always_reaches_a_page_of_the_brands_and_outside_terms_always_has_a_reason()
    {
        var links = Gen.OneOf(
            Gen.Const((Link?)null),
            Arbitrary.AddressLike.Select(page => (Link?)Given.TypedLink(page)),
            Gen.OneOf(Given.ShoesId, Given.HatsId, "pg_gone").Select(id => (Link?)Given.SavedLink(id)),
            Gen.Const((Link?)Given.DefaultLink()));
        var pages = Gen.OneOf(
            Gen.Const((string?)null),
            Gen.OneOf(Given.TypedPage, Given.ShoesPage, Given.DefaultPage).Select(p => (string?)p),
            Arbitrary.AddressLike.Select(p => (string?)p),
            Arbitrary.Text.Select(p => (string?)p));
        Gen.Select(links, pages, Gen.Enum<LandingMode>(), Gen.Enum<CampaignStatus>(), Gen.Bool, Gen.Bool).Sample(
            (link, page, mode, status, tracking, regular) =>
            {
                var terms = Given.Terms(mode).WithStatus(status).WithTracking(tracking);

                var decision = regular || link is null ? Regular(page, link, terms) : Short(link, terms);

                Assert.Equal(decision.Reason is null, decision.Class == ClickClass.InTerms);
                Assert.True(LandingPage.TryParse(decision.LandingPage, out var reached, out _));
                if (decision.Class == ClickClass.InTerms)
                {
                    Assert.Empty(LinkPolicy.ShutGates(terms, Given.Now));
                    Assert.True(decision.LandingPage is Given.DefaultPage or Given.ShoesPage or Given.HatsPage || PermittedDomains.Cover(terms.Program.PermittedDomains, reached.Host));
                }
                else
                {
                    Assert.Equal(Given.DefaultPage, decision.LandingPage);
                }
            },
            iter: 10_000);
    }

    [Fact]
    public void Whatever_can_be_created_leads_to_its_page_in_terms_until_something_changes()
    {
        var pages = Arbitrary.Pages.Select(page => page.Replace("shop.example", "shop.brand.example", StringComparison.Ordinal));
        Gen.Select(Gen.Enum<LandingMode>(), pages, Gen.OneOf(Given.ShoesId, Given.HatsId)).Sample(
            (mode, page, savedPageId) =>
            {
                var terms = Given.Terms(mode);
                var request = mode switch
                {
                    LandingMode.PartnerChoice => new LinkRequest(LandingPage: page),
                    LandingMode.SavedPages => new LinkRequest(SavedPageId: savedPageId),
                    _ => new LinkRequest(),
                };
                if (!Given.Decide(request, terms).IsOk)
                {
                    return;
                }

                var plan = Given.Decide(request, terms).Ok();
                var link = Given.DefaultLink() with { Target = plan.Target, LandingPage = plan.LandingPage, SavedPageId = plan.SavedPageId };

                InTerms(RedirectPolicy.CurrentPage(link.Destination, terms), Short(link, terms));
            },
            iter: 3000);
    }

    [Fact]
    public void What_a_link_shows_as_its_page_does_not_depend_on_the_gates()
    {
        var terms = Given.Terms(LandingMode.SavedPages).WithStatus(CampaignStatus.Paused).WithoutPartner();

        Assert.Equal(Given.ShoesPage, RedirectPolicy.CurrentPage(Given.SavedLink().Destination, terms));
        Assert.Equal(Given.DefaultPage, RedirectPolicy.CurrentPage(Given.DefaultLink().Destination, terms));
        Assert.Equal(Given.TypedPage, RedirectPolicy.CurrentPage(Given.TypedLink().Destination, terms.In(LandingMode.PartnerChoice)));
    }

    [Fact]
    public void What_a_link_shows_as_its_page_is_the_default_page_once_its_own_is_not_allowed()
    {
        Assert.Equal(Given.DefaultPage, RedirectPolicy.CurrentPage(Given.TypedLink().Destination, Given.Terms().Permitting()));
        Assert.Equal(Given.DefaultPage, RedirectPolicy.CurrentPage(Given.TypedLink().Destination, Given.Terms(LandingMode.SavedPages)));
        Assert.Equal(Given.DefaultPage, RedirectPolicy.CurrentPage(Given.SavedLink("pg_gone").Destination, Given.Terms(LandingMode.SavedPages)));
        Assert.Equal(Given.DefaultPage, RedirectPolicy.CurrentPage(Given.SavedLink().Destination, Given.Terms(LandingMode.ProgramDefault)));
    }

    [Fact]
    public void A_decision_tells_what_was_to_decide_on_the_page()
    {
        var terms = Given.Terms();
        Assert.Equal(LinkTarget.SavedPage, Short(Given.SavedLink(), terms).Target);
        Assert.Equal(LinkTarget.TypedPage, Short(Given.TypedLink(), terms.Permitting()).Target);
        Assert.Equal(LinkTarget.ProgramDefault, Short(Given.DefaultLink(), terms.Shut("tracking_off")).Target);
        Assert.Equal(LinkTarget.TypedPage, Regular(Given.TypedPage, null, terms).Target);
        Assert.Equal(LinkTarget.ProgramDefault, Regular(null, null, terms).Target);
        Assert.Equal(LinkTarget.SavedPage, Regular(Given.TypedPage, Given.SavedLink(form: LinkForm.Regular), terms).Target);
        Assert.Null(Regular(Given.TypedPage, null, terms.OfCreators()).Target);
    }

    private static RedirectDecision Short(Link link, TaskTerms terms) => RedirectPolicy.Decide(link.Destination, terms, Given.Now);

    private static RedirectDecision Regular(string? page, Link? link, TaskTerms terms) => RedirectPolicy.DecideRegular(page, link?.Destination, terms, Given.Now);

    private static void InTerms(string page, RedirectDecision decision) =>
        Assert.Equal(new RedirectDecision(page, ClickClass.InTerms, null, decision.Target), decision);

    private static void Outside(string reason, RedirectDecision decision) =>
        Assert.Equal(new RedirectDecision(Given.DefaultPage, ClickClass.OutsideTerms, reason, decision.Target), decision);
}
