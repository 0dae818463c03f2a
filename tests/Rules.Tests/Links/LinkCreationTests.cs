using System.Runtime.CompilerServices;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>What a link will be: its form and its landing page by the campaign's setting.</summary>
public sealed class LinkCreationTests
{
    [Fact]
    public void A_link_is_short_unless_the_caller_says_regular()
    {
        Assert.Equal(LinkForm.Short, Given.Decide(new(LandingPage: Given.TypedPage)).Ok().Form);
        Assert.Equal(LinkForm.Short, Given.Decide(new(LinkForm.Short, Given.TypedPage)).Ok().Form);
        Assert.Equal(LinkForm.Regular, Given.Decide(new(LinkForm.Regular, Given.TypedPage)).Ok().Form);
    }

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void A_performance_campaign_offers_both_forms_in_every_landing_mode(LandingMode mode)
    {
        foreach (var form in new[] { LinkForm.Short, LinkForm.Regular })
        {
            Assert.Equal(form, Given.Decide(Given.RequestFor(mode) with { Form = form }, Given.Terms(mode)).Ok().Form);
        }
    }

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void A_creator_campaign_makes_short_links_in_every_landing_mode(LandingMode mode)
    {
        var terms = Given.Terms(mode).OfCreators();

        Assert.Equal(LinkForm.Short, Given.Decide(Given.RequestFor(mode), terms).Ok().Form);
        Assert.Equal(LinkForm.Short, Given.Decide(Given.RequestFor(mode) with { Form = LinkForm.Short }, terms).Ok().Form);
    }

    [Fact]
    public void A_creator_campaign_refuses_a_regular_link() =>
        Given.Decide(new(LinkForm.Regular, Given.TypedPage), Given.Terms().OfCreators()).RefusedFor("form_not_available", "form");

    [Fact]
    public void The_task_page_offers_short_and_regular_in_a_performance_campaign()
    {
        var settings = LinkPolicy.Describe(Given.Terms(), Given.Now);

        Assert.Equal([LinkForm.Short, LinkForm.Regular], settings.Forms);
        Assert.Equal(LinkForm.Short, settings.DefaultForm);
    }

    [Fact]
    public void The_task_page_offers_no_choice_of_form_in_a_creator_campaign()
    {
        var settings = LinkPolicy.Describe(Given.Terms().OfCreators(), Given.Now);

        Assert.Equal([LinkForm.Short], settings.Forms);
        Assert.Equal(LinkForm.Short, settings.DefaultForm);
    }

    [Fact]
    public void The_task_page_lists_the_saved_pages_only_where_one_is_to_be_chosen()
    {
        Assert.Equal([Given.ShoesId, Given.HatsId], LinkPolicy.Describe(Given.Terms(LandingMode.SavedPages), Given.Now).SavedPages.Select(p => p.Id));
        Assert.Empty(LinkPolicy.Describe(Given.Terms(LandingMode.PartnerChoice), Given.Now).SavedPages);
        Assert.Empty(LinkPolicy.Describe(Given.Terms(LandingMode.ProgramDefault), Given.Now).SavedPages);
    }

    [Fact]
    public void The_task_page_fills_in_the_default_page_only_where_it_is_used()
    {
        Assert.Equal(Given.DefaultPage, LinkPolicy.Describe(Given.Terms(LandingMode.ProgramDefault), Given.Now).DefaultLandingPage);
        Assert.Null(LinkPolicy.Describe(Given.Terms(LandingMode.PartnerChoice), Given.Now).DefaultLandingPage);
        Assert.Null(LinkPolicy.Describe(Given.Terms(LandingMode.SavedPages), Given.Now).DefaultLandingPage);
    }

    [Fact]
    public void The_task_page_lists_the_permitted_domains_only_where_a_page_is_typed()
    {
        var terms = Given.Terms(LandingMode.PartnerChoice);
        Assert.NotEmpty(terms.Program.PermittedDomains);
        Assert.Equal(terms.Program.PermittedDomains, LinkPolicy.Describe(terms, Given.Now).PermittedDomains);
        Assert.Empty(LinkPolicy.Describe(Given.Terms(LandingMode.SavedPages), Given.Now).PermittedDomains);
        Assert.Empty(LinkPolicy.Describe(Given.Terms(LandingMode.ProgramDefault), Given.Now).PermittedDomains);
    }

    [Fact]
    public void The_task_page_of_an_older_silo_lists_no_permitted_domains()
    {
        var sent = (LinkSettings)RuntimeHelpers.GetUninitializedObject(typeof(LinkSettings));
        Assert.Empty(sent.PermittedDomains);
    }

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void The_task_page_names_the_landing_mode_and_its_choices_even_while_a_gate_is_shut(LandingMode mode)
    {
        var open = LinkPolicy.Describe(Given.Terms(mode), Given.Now);
        var shut = LinkPolicy.Describe(Given.Terms(mode).WithTracking(false), Given.Now);

        Assert.Equal(mode, shut.LandingMode);
        Assert.Equal(open.SavedPages, shut.SavedPages);
        Assert.Equal(open.DefaultLandingPage, shut.DefaultLandingPage);
        Assert.Equal(open.PermittedDomains, shut.PermittedDomains);
        Assert.Equal(open.Forms, shut.Forms);
    }

    [Fact]
    public void A_typed_page_on_a_permitted_domain_is_kept_as_it_was_typed()
    {
        var plan = Given.Decide(new(LandingPage: "https://shop.brand.example/a?id=7&ref=a%20b#top")).Ok();

        Assert.Equal(LinkTarget.TypedPage, plan.Target);
        Assert.Equal("https://shop.brand.example/a?id=7&ref=a%20b#top", plan.LandingPage);
        Assert.Null(plan.SavedPageId);
    }

    [Fact]
    public void A_typed_page_is_kept_in_its_normal_form() =>
        Assert.Equal("https://shop.brand.example/", Given.Decide(new(LandingPage: "  HTTPS://Shop.Brand.Example:443  ")).Ok().LandingPage);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public void Partner_choice_needs_a_page(string? page) => Given.Decide(new(LandingPage: page)).RefusedFor("landing_page_required", "landingPage");

    [Theory]
    [InlineData("shop.brand.example/sale")]
    [InlineData("//shop.brand.example/sale")]
    [InlineData("javascript:alert(1)//shop.brand.example")]
    [InlineData("https://user@shop.brand.example/")]
    [InlineData("https://shop.brand.example\\@evil.example/")]
    public void Partner_choice_refuses_what_is_not_a_pages_address(string page) =>
        Given.Decide(new(LandingPage: page)).RefusedFor("landing_page_invalid", "landingPage");

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://evil-brand.example/")]
    [InlineData("https://brand.example.evil.example/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    public void Partner_choice_refuses_a_host_that_is_not_permitted(string page)
    {
        var refusal = Given.Decide(new(LandingPage: page)).RefusedFor("landing_page_domain_not_permitted", "landingPage");

        Assert.Contains("*.brand.example", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partner_choice_refuses_every_page_when_no_domain_is_permitted() =>
        Given.Decide(new(LandingPage: Given.TypedPage), Given.Terms().Permitting()).RefusedFor("landing_page_domain_not_permitted", "landingPage");

    [Fact]
    public void Partner_choice_refuses_a_saved_page() =>
        Given.Decide(new(LandingPage: Given.TypedPage, SavedPageId: Given.ShoesId)).RefusedFor("saved_page_not_offered", "savedPageId");

    [Fact]
    public void A_saved_page_is_chosen_by_its_id()
    {
        var plan = Given.Decide(new(SavedPageId: Given.HatsId), Given.Terms(LandingMode.SavedPages)).Ok();

        Assert.Equal(LinkTarget.SavedPage, plan.Target);
        Assert.Equal(Given.HatsId, plan.SavedPageId);
        Assert.Null(plan.LandingPage);
    }

    [Fact]
    public void A_saved_page_may_lie_outside_the_permitted_domains() =>
        Given.Decide(new(SavedPageId: Given.ShoesId), Given.Terms(LandingMode.SavedPages).Permitting()).Ok();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Saved_pages_need_an_id(string? id) =>
        Given.Decide(new(SavedPageId: id), Given.Terms(LandingMode.SavedPages)).RefusedFor("saved_page_required", "savedPageId");

    [Theory]
    [InlineData("pg_01jz00000000000000000000s9")]
    [InlineData("PG_01JZ00000000000000000000S1")]
    [InlineData("Shoes")]
    [InlineData(Given.ShoesPage)]
    public void An_unknown_saved_page_is_refused(string id) =>
        Given.Decide(new(SavedPageId: id), Given.Terms(LandingMode.SavedPages)).RefusedFor("saved_page_unknown", "savedPageId");

    [Fact]
    public void A_campaign_without_saved_pages_refuses_every_id() =>
        Given.Decide(new(SavedPageId: Given.ShoesId), Given.Terms(LandingMode.SavedPages).WithSavedPages()).RefusedFor("saved_page_unknown", "savedPageId");

    [Theory]
    [InlineData(Given.TypedPage, null)]
    [InlineData(Given.TypedPage, Given.ShoesId)]
    [InlineData(Given.ShoesPage, null)]
    public void Saved_pages_refuse_a_free_address(string page, string? id) =>
        Given.Decide(new(LandingPage: page, SavedPageId: id), Given.Terms(LandingMode.SavedPages)).RefusedFor("landing_page_not_free", "landingPage");

    [Fact]
    public void The_default_page_needs_no_input()
    {
        var plan = Given.Decide(new(), Given.Terms(LandingMode.ProgramDefault)).Ok();

        Assert.Equal(LinkTarget.ProgramDefault, plan.Target);
        Assert.Null(plan.LandingPage);
        Assert.Null(plan.SavedPageId);
    }

    [Theory]
    [InlineData(Given.TypedPage)]
    [InlineData(Given.DefaultPage)]
    public void The_default_page_refuses_a_free_address(string page) =>
        Given.Decide(new(LandingPage: page), Given.Terms(LandingMode.ProgramDefault)).RefusedFor("landing_page_not_free", "landingPage");

    [Fact]
    public void The_default_page_refuses_a_saved_page() =>
        Given.Decide(new(SavedPageId: Given.ShoesId), Given.Terms(LandingMode.ProgramDefault)).RefusedFor("saved_page_not_offered", "savedPageId");

    [Fact]
    public void A_link_may_have_an_alias_and_reporting_values_in_every_landing_mode()
    {
        foreach (var mode in Enum.GetValues<LandingMode>())
        {
            var plan = Given.Decide(Given.RequestFor(mode) with { Alias = "spring", SubId1 = "story" }, Given.Terms(mode)).Ok();

            Assert.Equal("spring", plan.Alias);
            Assert.Equal(new ReportingValues(SubId1: "story"), plan.Values);
        }
    }

    [Fact]
    public void A_change_of_page_is_decided_by_the_same_rules()
    {
        Assert.Equal(Given.TypedPage, LinkPolicy.ChooseLanding(Given.TypedPage, null, Given.Terms()).Ok().Page);
        LinkPolicy.ChooseLanding("https://evil.example/", null, Given.Terms()).RefusedFor("landing_page_domain_not_permitted", "landingPage");
        LinkPolicy.ChooseLanding(null, Given.OtherPartnerId, Given.Terms(LandingMode.SavedPages)).RefusedFor("saved_page_unknown", "savedPageId");
    }
}
