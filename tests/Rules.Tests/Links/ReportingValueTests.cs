using CsCheck;
using OrleansLinks.Links;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>Who sets and sees reporting values, and what they may be.</summary>
public sealed class ReportingValueTests
{
    private static readonly ReportingValues All = new("one", "two", "three", "shared", "brand");

    public static TheoryData<string> Names => ["subId1", "subId2", "subId3", "sharedId", "param"];

    [Fact]
    public void A_partner_sets_sub_ids_and_the_shared_id()
    {
        var plan = Given.Decide(new(LandingPage: Given.TypedPage, SubId1: "one", SubId2: "two", SubId3: "three", SharedId: "shared")).Ok();

        Assert.Equal(All with { Param = null }, plan.Values);
    }

    [Fact]
    public void A_brand_sets_the_shared_id_and_param()
    {
        var plan = Given.Decide(new(LandingPage: Given.TypedPage, SharedId: "shared", Param: "brand"), creator: LinkCreator.Brand).Ok();

        Assert.Equal(new ReportingValues(SharedId: "shared", Param: "brand"), plan.Values);
    }

    [Theory]
    [InlineData("subId1")]
    [InlineData("subId2")]
    [InlineData("subId3")]
    public void A_brand_cannot_set_a_sub_id(string name) =>
        Given.Decide(Request(name, "x"), creator: LinkCreator.Brand).RefusedFor("sub_id_is_partners", name);

    [Fact]
    public void A_partner_cannot_set_param() => Given.Decide(Request("param", "x")).RefusedFor("param_is_brands", "param");

    [Fact]
    public void A_link_may_have_no_values() => Assert.Equal(ReportingValues.None, Given.Decide(new(LandingPage: Given.TypedPage)).Ok().Values);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_empty_value_is_none_whoever_sends_it(string name)
    {
        Assert.Equal(ReportingValues.None, Given.Decide(Request(name, ""), creator: LinkCreator.Brand).Ok().Values);
        Assert.Equal(ReportingValues.None, Given.Decide(Request(name, ""), creator: LinkCreator.Partner).Ok().Values);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_has_at_most_255_characters(string name)
    {
        var creator = name == "param" ? LinkCreator.Brand : LinkCreator.Partner;

        Given.Decide(Request(name, new string('x', 255)), creator: creator).Ok();
        Given.Decide(Request(name, new string('x', 256)), creator: creator).RefusedFor("reporting_value_too_long", name);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    [InlineData("\u001B[0m")]
    [InlineData("\u007F")]
    [InlineData("\u0085")]
    public void A_value_with_control_characters_is_refused(string value)
    {
        foreach (var name in Names)
        {
            Given.Decide(Request(name, value), creator: name == "param" ? LinkCreator.Brand : LinkCreator.Partner).RefusedFor("reporting_value_invalid", name);
        }
    }

    [Fact]
    public void A_value_with_half_a_surrogate_pair_is_refused()
    {
        Given.Decide(Request("subId1", "a\uD83D")).RefusedFor("reporting_value_invalid", "subId1");
        Given.Decide(Request("subId1", "\uDE00a")).RefusedFor("reporting_value_invalid", "subId1");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("ü值😀")]
    [InlineData("a&b=c#d?%20+{clickid}")]
    [InlineData("<script>")]
    [InlineData(" ")]
    public void Any_other_text_is_a_value_to_the_letter(string value) =>
        Assert.Equal(value, Given.Decide(Request("sharedId", value)).Ok().Values.SharedId);

    [Fact]
    public void Sub_ids_are_seen_by_the_partner_alone_and_param_by_the_brand_alone()
    {
        Assert.Equal(All with { Param = null }, ReportingValueRules.VisibleTo(Side.Partner, All));
        Assert.Equal(new ReportingValues(SharedId: "shared", Param: "brand"), ReportingValueRules.VisibleTo(Side.Brand, All));
    }

    [Fact]
    public void Values_travel_in_a_fixed_order_and_missing_ones_do_not()
    {
        Assert.Equal(
            [("subId1", "one"), ("subId2", "two"), ("subId3", "three"), ("sharedId", "shared"), ("param", "brand")],
            ReportingValueRules.Enumerate(All));
        Assert.Equal([("subId2", "two"), ("param", "brand")], ReportingValueRules.Enumerate(new ReportingValues(SubId2: "two", Param: "brand")));
        Assert.Empty(ReportingValueRules.Enumerate(ReportingValues.None));
    }

    [Fact]
    public void A_value_in_the_clicked_address_wins_over_the_stored_one()
    {
        var clicked = new ReportingValues("c1", "c2", "c3", "c4", "c5");

        Assert.Equal(clicked, ReportingValueRules.OfClick(clicked, All));
        Assert.Equal(clicked, ReportingValueRules.OfClick(clicked, ReportingValues.None));
    }

    [Fact]
    public void A_value_that_the_clicked_address_does_not_have_comes_from_the_link()
    {
        Assert.Equal(All, ReportingValueRules.OfClick(ReportingValues.None, All));
        Assert.Equal(All with { SubId2 = "clicked" }, ReportingValueRules.OfClick(new ReportingValues(SubId2: "clicked"), All));
        Assert.Equal(ReportingValues.None, ReportingValueRules.OfClick(ReportingValues.None, ReportingValues.None));
    }

    [Fact]
    public void Each_value_of_a_click_is_decided_by_itself()
    {
        var value = Gen.OneOf(Gen.Const((string?)null), Gen.OneOf("a", "b").Select(v => (string?)v));
        var values = Gen.Select(value, value, value, value, value, (a, b, c, d, e) => new ReportingValues(a, b, c, d, e));
        Gen.Select(values, values).Sample(
            (clicked, kept) => Assert.Equal(
                new ReportingValues(
                    clicked.SubId1 ?? kept.SubId1, clicked.SubId2 ?? kept.SubId2, clicked.SubId3 ?? kept.SubId3, clicked.SharedId ?? kept.SharedId, clicked.Param ?? kept.Param),
                ReportingValueRules.OfClick(clicked, kept)),
            iter: 2000);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("\0\n", null)]
    [InlineData("story", "story")]
    [InlineData(" a b ", " a b ")]
    [InlineData("a\0b\nc", "abc")]
    [InlineData("ü值😀", "ü值😀")]
    [InlineData("a\n😀", "a😀")]
    public void A_clicked_value_is_made_to_fit(string? clicked, string? expected) => Assert.Equal(expected, ReportingValueRules.Clean(clicked));

    [Fact]
    public void A_clicked_value_loses_halves_of_surrogate_pairs_and_keeps_whole_ones()
    {
        Assert.Equal("a😀b", ReportingValueRules.Clean("a😀\uD83Db"));
        Assert.Equal("😀", ReportingValueRules.Clean("\uDE00😀"));
        Assert.Null(ReportingValueRules.Clean("\uD83D"));
    }

    [Fact]
    public void A_clicked_value_that_is_too_long_is_cut_and_not_dropped()
    {
        Assert.Equal(new string('x', 255), ReportingValueRules.Clean(new string('x', 255)));
        Assert.Equal(new string('x', 255), ReportingValueRules.Clean(new string('x', 256)));
        Assert.Equal(new string('x', 255), ReportingValueRules.Clean(new string('x', 1_000_000)));
    }

    [Fact]
    public void A_clicked_value_is_not_cut_through_a_character()
    {
        var smileys = string.Concat(Enumerable.Repeat("😀", 200));

        Assert.Equal(smileys[..254], ReportingValueRules.Clean(smileys));
        Assert.Equal("x" + smileys[..254], ReportingValueRules.Clean("x" + smileys));
    }

    [Fact]
    public void Making_a_value_fit_never_throws_and_leaves_what_a_link_could_be_created_with() =>
        Arbitrary.Text.Sample(
            text =>
            {
                var value = ReportingValueRules.Clean(text);

                if (value is not null)
                {
                    Assert.InRange(value.Length, 1, 255);
                    Assert.Equal(value, Given.Decide(Request("subId1", value)).Ok().Values.SubId1);
                    Assert.Equal(value, ReportingValueRules.Clean(value));
                }

                if (text.Length is > 0 and <= 255 && Given.Decide(Request("subId1", text)).IsOk)
                {
                    Assert.Equal(text, value);
                }
            },
            iter: 10_000);

    private static LinkRequest Request(string name, string value)
    {
        var request = new LinkRequest(LandingPage: Given.TypedPage);
        return name switch
        {
            "subId1" => request with { SubId1 = value },
            "subId2" => request with { SubId2 = value },
            "subId3" => request with { SubId3 = value },
            "sharedId" => request with { SharedId = value },
            _ => request with { Param = value },
        };
    }
}
