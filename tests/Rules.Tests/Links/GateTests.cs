using CsCheck;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>When a link can be created.</summary>
public sealed class GateTests
{
    public static TheoryData<string> Gates =>
    [
        "campaign_not_active", "campaign_not_started", "campaign_ended", "tracking_off", "pay_for_performance_off", "partner_not_participating",
    ];

    [Theory]
    [InlineData(LandingMode.PartnerChoice)]
    [InlineData(LandingMode.SavedPages)]
    [InlineData(LandingMode.ProgramDefault)]
    public void A_link_can_be_created_while_every_gate_is_open(LandingMode mode)
    {
        var terms = Given.Terms(mode);

        Assert.Empty(LinkPolicy.ShutGates(terms, Given.Now));
        Assert.True(LinkPolicy.Describe(terms, Given.Now).CanCreate);
        Given.Decide(Given.RequestFor(mode), terms).Ok();
    }

    [Theory]
    [InlineData(CampaignStatus.Draft)]
    [InlineData(CampaignStatus.Paused)]
    [InlineData(CampaignStatus.Completed)]
    public void A_link_is_refused_while_the_campaign_is_not_active(CampaignStatus status) =>
        Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), Given.Terms().WithStatus(status)).RefusedFor("campaign_not_active", null);

    [Fact]
    public void A_link_is_refused_while_tracking_is_off() =>
        Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), Given.Terms().WithTracking(false)).RefusedFor("tracking_off", null);

    [Fact]
    public void A_link_is_refused_while_pay_for_performance_is_off() =>
        Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), Given.Terms().WithPay(false)).RefusedFor("pay_for_performance_off", null);

    [Fact]
    public void A_link_is_refused_while_the_partner_does_not_take_part() =>
        Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), Given.Terms().WithoutPartner()).RefusedFor("partner_not_participating", null);

    [Theory]
    [MemberData(nameof(Gates))]
    public void A_shut_gate_stops_the_brand_as_well_as_the_partner(string gate)
    {
        var terms = Given.Terms().Shut(gate);

        Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), terms, LinkCreator.Brand).RefusedFor(gate, null);
        Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), terms, LinkCreator.Partner).RefusedFor(gate, null);
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void A_shut_gate_is_told_before_what_else_is_wrong_with_the_request(string gate) =>
        Given.Decide(new LinkRequest(LinkForm.Regular, "javascript:alert(1)", "pg_x", "c", Param: "x"), Given.Terms().OfCreators().Shut(gate))
            .RefusedFor(gate, null);

    [Theory]
    [MemberData(nameof(Gates))]
    public void The_task_page_says_which_gate_is_shut(string gate)
    {
        var settings = LinkPolicy.Describe(Given.Terms().Shut(gate), Given.Now);

        Assert.False(settings.CanCreate);
        Assert.Equal([gate], settings.BlockedBy);
    }

    [Fact]
    public void A_refusal_tells_a_person_every_gate_that_is_shut()
    {
        var terms = Given.Terms().WithTracking(false).WithPay(false).WithoutPartner();

        var refusal = Given.Decide(Given.RequestFor(LandingMode.PartnerChoice), terms).RefusedFor("tracking_off", null);

        Assert.Contains("tracking is off", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("pay for performance is off", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("partner does not take part", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_campaign_opens_at_its_start_to_the_tick()
    {
        var terms = Given.Terms().Starting(Given.Now);

        Assert.Equal(["campaign_not_started"], LinkPolicy.ShutGates(terms, Given.Now.AddTicks(-1)));
        Assert.Empty(LinkPolicy.ShutGates(terms, Given.Now));
        Assert.Empty(LinkPolicy.ShutGates(terms, Given.Now.AddTicks(1)));
    }

    [Fact]
    public void A_campaign_closes_at_its_end_to_the_tick()
    {
        var terms = Given.Terms().Ending(Given.Now);

        Assert.Empty(LinkPolicy.ShutGates(terms, Given.Now.AddTicks(-1)));
        Assert.Equal(["campaign_ended"], LinkPolicy.ShutGates(terms, Given.Now));
        Assert.Equal(["campaign_ended"], LinkPolicy.ShutGates(terms, Given.Now.AddTicks(1)));
    }

    [Fact]
    public void Start_and_end_mean_the_same_moment_in_every_offset()
    {
        var tokyo = Given.Now.ToOffset(TimeSpan.FromHours(9));

        Assert.Empty(LinkPolicy.ShutGates(Given.Terms().Starting(tokyo), Given.Now));
        Assert.Equal(["campaign_not_started"], LinkPolicy.ShutGates(Given.Terms().Starting(tokyo.AddTicks(1)), Given.Now));
        Assert.Equal(["campaign_ended"], LinkPolicy.ShutGates(Given.Terms().Ending(tokyo), Given.Now));
    }

    [Fact]
    public void A_campaign_without_dates_is_open_at_any_time()
    {
        Assert.Empty(LinkPolicy.ShutGates(Given.Terms(), DateTimeOffset.MinValue));
        Assert.Empty(LinkPolicy.ShutGates(Given.Terms(), DateTimeOffset.MaxValue));
    }

    [Fact]
    public void A_link_can_be_created_exactly_when_all_gates_are_open_and_the_shut_ones_are_listed()
    {
        var days = Gen.OneOf(Gen.Const((int?)null), Gen.Int[-2, 2].Select(d => (int?)d));
        var open = Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false)));
        var status = Gen.Frequency((3, Gen.Const(CampaignStatus.Active)), (1, Gen.Enum<CampaignStatus>()));

        Gen.Select(status, days, days, open, open, open, Gen.Enum<LandingMode>()).Sample(
            (campaign, start, end, tracking, pay, participates, mode) =>
            {
                var terms = Terms(campaign, start, end, tracking, pay, participates, mode);
                string[] expected =
                [
                    .. campaign == CampaignStatus.Active ? Array.Empty<string>() : ["campaign_not_active"],
                    .. start is > 0 ? ["campaign_not_started"] : Array.Empty<string>(),
                    .. end is <= 0 ? ["campaign_ended"] : Array.Empty<string>(),
                    .. tracking ? Array.Empty<string>() : ["tracking_off"],
                    .. pay ? Array.Empty<string>() : ["pay_for_performance_off"],
                    .. participates ? Array.Empty<string>() : ["partner_not_participating"],
                ];

                var settings = LinkPolicy.Describe(terms, Given.Now);
                var outcome = Given.Decide(Given.RequestFor(mode), terms);

                Assert.Equal(expected, LinkPolicy.ShutGates(terms, Given.Now));
                Assert.Equal(expected, settings.BlockedBy);
                Assert.Equal(expected.Length == 0, settings.CanCreate);
                Assert.Equal(expected.Length == 0, LinkPolicy.IsOpen(terms, Given.Now));
                Assert.Equal(expected.Length == 0, outcome.IsOk);
                if (!outcome.IsOk)
                {
                    outcome.RefusedFor(expected[0], null);
                }
            },
            iter: 3000);
    }

    private static TaskTerms Terms(CampaignStatus status, int? start, int? end, bool tracking, bool pay, bool participates, LandingMode mode)
    {
        var terms = Given.Terms(mode)
            .WithStatus(status)
            .Starting(start is { } s ? Given.Now.AddDays(s) : null)
            .Ending(end is { } e ? Given.Now.AddDays(e) : null)
            .WithTracking(tracking)
            .WithPay(pay);
        return participates ? terms : terms.WithoutPartner();
    }
}
