using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Rules.Tests.Clicks;

/// <summary>A click tells why it is what it is.</summary>
public sealed class ClickExplanationTests
{
    [Fact]
    public void A_click_in_terms_passed_all_gates_to_the_page_of_its_link()
    {
        var steps = Explain(Given.TypedLink(), Given.Terms().Permitting("brand.example", "*.brand.example"));

        Assert.Equal(
            [("link", "short"), ("gates", "open"), ("landingPage", "typedPage"), ("class", "inTerms"), ("unique", "unique"), ("bot", "visitor")],
            steps.Select(step => (step.Rule, step.Outcome)));
        Assert.Equal(
            [("clickedAt", "2026-05-04T12:00:00.000Z"), ("campaignStatus", "active"), ("tracking", "true"), ("payForPerformance", "true"), ("participating", "true")],
            Inputs(steps[1]));
        Assert.Equal(
            [
                ("page", Given.TypedPage), ("target", "typedPage"), ("landingMode", "partnerChoice"), ("defaultLandingPage", Given.DefaultPage), ("programVersion", "3"),
                ("permittedDomains", "brand.example, *.brand.example"), ("linkPage", Given.TypedPage),
            ],
            Inputs(steps[2]));
        Assert.All(steps[1..3], step => Assert.Equal(Given.Campaign.Version, step.SettingsVersion));
    }

    [Theory]
    [InlineData("campaign_not_active", null)]
    [InlineData("campaign_not_started", null)]
    [InlineData("campaign_ended", null)]
    [InlineData("tracking_off", null)]
    [InlineData("pay_for_performance_off", null)]
    [InlineData("partner_not_participating", "false")]
    public void A_gate_that_was_shut_is_named_with_what_it_rests_on(string gate, string? participating)
    {
        var steps = Explain(Given.TypedLink(), Given.Terms().Shut(gate));

        Assert.Equal(gate, Outcome(steps, "gates"));
        Assert.Equal(gate, Outcome(steps, "landingPage"));
        Assert.Equal("outsideTerms", Outcome(steps, "class"));
        Assert.Equal([("reason", gate)], Inputs(steps.Single(step => step.Rule == "class")));
        Assert.Equal(participating, Input(steps, "gates", "participating"));
        Assert.Equal(Given.DefaultPage, Input(steps, "landingPage", "page"));
    }

    [Fact]
    public void The_page_that_is_not_allowed_is_told_beside_what_is()
    {
        var steps = Explain(Given.TypedLink(), Given.Terms().Permitting("other.example"));

        Assert.Equal(("open", "landing_page_not_allowed"), (Outcome(steps, "gates"), Outcome(steps, "landingPage")));
        Assert.Equal("true", Input(steps, "gates", "participating"));
        Assert.Equal(("other.example", Given.TypedPage, Given.DefaultPage), (Input(steps, "landingPage", "permittedDomains"), Input(steps, "landingPage", "linkPage"), Input(steps, "landingPage", "page")));
    }

    [Fact]
    public void The_page_of_a_link_that_has_changed_since_is_not_taken_for_that_of_the_click()
    {
        var steps = Explain(Given.TypedLink(), Given.Terms().Permitting("other.example"), Given.TypedLink("https://now.example/") with { Version = 2 });

        Assert.Null(Input(steps, "landingPage", "linkPage"));
    }

    [Fact]
    public void A_saved_page_that_was_removed_is_named()
    {
        var steps = Explain(Given.SavedLink(), Given.Terms(LandingMode.SavedPages).WithSavedPages());

        Assert.Equal(("saved_page_removed", Given.ShoesId), (Outcome(steps, "landingPage"), Input(steps, "landingPage", "savedPageId")));
    }

    [Fact]
    public void A_form_that_was_refused_ends_the_decisions_on_the_page()
    {
        var terms = Given.Terms().OfCreators();
        var steps = Tell(RedirectPolicy.DecideRegular(Given.TypedPage, null, terms, Given.Now), null, terms, null);

        Assert.Equal(
            [("link", "form_not_available"), ("landingPage", "form_not_available"), ("class", "outsideTerms"), ("unique", "unique"), ("bot", "visitor")],
            steps.Select(step => (step.Rule, step.Outcome)));
        Assert.Equal("creator", Input(steps, "link", "campaignKind"));
    }

    [Fact]
    public void A_link_that_was_put_together_by_hand_says_so()
    {
        var terms = Given.Terms();
        Assert.Equal("handMade", Outcome(Tell(RedirectPolicy.DecideRegular(Given.TypedPage, null, terms, Given.Now), null, terms, null), "link"));
        Assert.Equal("programDefault", Outcome(Tell(RedirectPolicy.DecideRegular(null, null, terms, Given.Now), null, terms, null), "landingPage"));
    }

    [Fact]
    public void A_click_of_which_the_settings_are_not_known_tells_what_it_knows()
    {
        var terms = Given.Terms().WithStatus(CampaignStatus.Paused);
        var click = ClickOf(RedirectPolicy.Decide(Given.TypedLink().Destination, terms, Given.Now), Given.TypedLink(), terms) with { Settings = null };

        var steps = ClickExplanation.Explain(new ClickRecord(click, false), Given.TypedLink(), null, null).ToArray();

        Assert.Equal(
            [("link", "short"), ("gates", "campaign_not_active"), ("landingPage", "campaign_not_active"), ("class", "outsideTerms"), ("unique", "repeat"), ("bot", "visitor")],
            steps.Select(step => (step.Rule, step.Outcome)));
        Assert.All(steps, step => Assert.Null(step.SettingsVersion));
        Assert.Equal([("clickedAt", "2026-05-04T12:00:00.000Z")], Inputs(steps[1]));
    }

    /// <summary>What a click is decided to be, told by the link as it is later.</summary>
    private static DecisionStep[] Explain(Link link, TaskTerms terms, Link? later = null) =>
        Tell(RedirectPolicy.Decide(link.Destination, terms, Given.Now), link, terms, later ?? link);

    private static DecisionStep[] Tell(RedirectDecision decision, Link? link, TaskTerms terms, Link? later) =>
        [.. ClickExplanation.Explain(new ClickRecord(ClickOf(decision, link, terms), true), later, terms.Campaign, terms.Program)];

    private static Click ClickOf(RedirectDecision decision, Link? link, TaskTerms terms) => new(
        Guid.CreateVersion7(), link?.Code, Given.TaskId, Given.CampaignId, Given.PartnerId, Given.ProgramId, Given.Now, decision.Class, decision.Reason, false,
        Guid.NewGuid(), decision.LandingPage, null, null, ReportingValues.None,
        Settings: new ClickSettings(terms.Campaign.Version, terms.Program.Version, decision.Target));

    private static string Outcome(DecisionStep[] steps, string rule) => steps.Single(step => step.Rule == rule).Outcome;

    private static string? Input(DecisionStep[] steps, string rule, string name) =>
        steps.Single(step => step.Rule == rule).Inputs.Where(input => input.Name == name).Select(input => input.Value).SingleOrDefault();

    private static IEnumerable<(string, string)> Inputs(DecisionStep step) => step.Inputs.Select(input => (input.Name, input.Value));
}
