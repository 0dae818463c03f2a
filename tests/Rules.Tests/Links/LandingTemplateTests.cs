using CsCheck;
using OrleansLinks.Links;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>The click id and the template on the way to the landing page.</summary>
public sealed class LandingTemplateTests
{
    private static readonly MacroValues Values = new(
        Given.ClickId,
        Given.ProgramId,
        Given.CampaignId,
        Given.TaskId,
        Given.PartnerId,
        "Ab3dEf7h",
        new ReportingValues("one", "two", "three", "shared", "brand"));

    [Theory]
    [InlineData("https://shop.example/", "https://shop.example/?clickid=ID")]
    [InlineData("https://shop.example/a/b", "https://shop.example/a/b?clickid=ID")]
    [InlineData("https://shop.example/?", "https://shop.example/?clickid=ID")]
    [InlineData("https://shop.example/?&", "https://shop.example/?clickid=ID")]
    [InlineData("https://shop.example/?id=7", "https://shop.example/?id=7&clickid=ID")]
    [InlineData("https://shop.example/?id=7&", "https://shop.example/?id=7&clickid=ID")]
    [InlineData("https://shop.example/?id=7&ref=a%20b#top", "https://shop.example/?id=7&ref=a%20b&clickid=ID#top")]
    [InlineData("https://shop.example/?b=2&a=1&b=3&flag&=x&e=", "https://shop.example/?b=2&a=1&b=3&flag&=x&e=&clickid=ID")]
    [InlineData("https://shop.example/?q=a?b", "https://shop.example/?q=a?b&clickid=ID")]
    [InlineData("https://shop.example/#top", "https://shop.example/?clickid=ID#top")]
    [InlineData("https://shop.example/#", "https://shop.example/?clickid=ID#")]
    [InlineData("https://shop.example/#/route?x=1", "https://shop.example/?clickid=ID#/route?x=1")]
    [InlineData("https://shop.example/?x=1#?clickid=old", "https://shop.example/?x=1&clickid=ID#?clickid=old")]
    public void The_click_id_is_added_behind_the_pages_own_query_and_before_its_fragment(string page, string expected) =>
        Assert.Equal(expected.Replace("ID", Given.ClickId, StringComparison.Ordinal), Fill(page, null));

    [Theory]
    [InlineData("https://shop.example/?clickid=old", "https://shop.example/?clickid=ID")]
    [InlineData("https://shop.example/?clickid", "https://shop.example/?clickid=ID")]
    [InlineData("https://shop.example/?clickid=", "https://shop.example/?clickid=ID")]
    [InlineData("https://shop.example/?a=1&clickid=old&b=2&clickid=older#top", "https://shop.example/?a=1&b=2&clickid=ID#top")]
    [InlineData("https://shop.example/?%63lick%69d=old&b=2", "https://shop.example/?b=2&clickid=ID")]
    [InlineData("https://shop.example/?myclickid=1&clickid2=2&a=clickid", "https://shop.example/?myclickid=1&clickid2=2&a=clickid&clickid=ID")]
    public void A_click_id_that_the_page_already_has_is_replaced(string page, string expected) =>
        Assert.Equal(expected.Replace("ID", Given.ClickId, StringComparison.Ordinal), Fill(page, null));

    [Fact]
    public void The_click_id_travels_under_the_programs_parameter()
    {
        Assert.Equal($"https://shop.example/?clickid=own&irclickid={Given.ClickId}", Fill("https://shop.example/?clickid=own&irclickid=old", null, "irclickid"));
    }

    [Theory]
    [InlineData("{clickid}", Given.ClickId)]
    [InlineData("{program}", Given.ProgramId)]
    [InlineData("{campaign}", Given.CampaignId)]
    [InlineData("{task}", Given.TaskId)]
    [InlineData("{partner}", Given.PartnerId)]
    [InlineData("{link}", "lnk_Ab3dEf7h")]
    [InlineData("{subid1}", "one")]
    [InlineData("{subid2}", "two")]
    [InlineData("{subid3}", "three")]
    [InlineData("{sharedid}", "shared")]
    [InlineData("{param}", "brand")]
    public void Every_macro_is_filled_in_in_any_case(string macro, string value)
    {
        foreach (var written in new[] { macro, macro.ToUpperInvariant(), "{" + char.ToUpperInvariant(macro[1]) + macro[2..] })
        {
            Assert.True(LandingTemplate.TryNormalise("x=" + written, out var template, out var error), error);
            Assert.Equal($"https://shop.example/?x={value}&clickid={Given.ClickId}", Fill("https://shop.example/", template));
        }
    }

    [Fact]
    public void The_template_stands_between_the_pages_query_and_the_click_id() =>
        Assert.Equal(
            $"https://shop.example/?id=7&utm_source=ann&utm_campaign={Given.CampaignId}-one&clickid={Given.ClickId}#top",
            Fill("https://shop.example/?id=7#top", "utm_source=ann&utm_campaign={campaign}-{subid1}"));

    [Fact]
    public void A_macro_may_stand_in_a_name_and_beside_another() =>
        Assert.Equal($"https://shop.example/?x-one=onetwo&clickid={Given.ClickId}", Fill("https://shop.example/", "x-{subid1}={subid1}{subid2}"));

    [Fact]
    public void A_value_that_is_not_there_leaves_nothing()
    {
        var values = Values with { LinkCode = null, Values = ReportingValues.None };

        Assert.Equal(
            $"https://shop.example/?a=&b=x&c=&clickid={Given.ClickId}",
            LandingTemplate.Fill("https://shop.example/", "a={subid1}&b=x{sharedid}&c={link}", "clickid", values));
    }

    [Theory]
    [InlineData("a b", "a%20b")]
    [InlineData("a&b=c#d", "a%26b%3Dc%23d")]
    [InlineData("100%", "100%25")]
    [InlineData("%20", "%2520")]
    [InlineData("a+b", "a%2Bb")]
    [InlineData("ü值😀", "%C3%BC%E5%80%BC%F0%9F%98%80")]
    [InlineData("{clickid}", "%7Bclickid%7D")]
    [InlineData("<script>", "%3Cscript%3E")]
    public void A_filled_in_value_is_encoded_and_stays_within_its_parameter(string value, string encoded) =>
        Assert.Equal(
            $"https://shop.example/?x={encoded}&clickid={Given.ClickId}",
            LandingTemplate.Fill("https://shop.example/", "x={subid1}", "clickid", Values with { Values = new ReportingValues(SubId1: value) }));

    [Fact]
    public void The_templates_own_text_is_encoded_only_where_it_must_be() =>
        Assert.Equal(
            $"https://shop.example/?a=%C3%BC&b=%20%25zz&c=d%257one&clickid={Given.ClickId}",
            Fill("https://shop.example/", "a=ü&b=%20%zz&c=d%7{subid1}"));

    [Theory]
    [InlineData("clickid={clickid}")]
    [InlineData("clickid=own")]
    [InlineData("a=1&clickid={clickid}&b=2")]
    [InlineData("clickid")]
    [InlineData("%63lickid=own")]
    [InlineData("{subid1}=own")]
    public void A_template_that_sets_the_click_id_itself_does_not_double_it(string template)
    {
        var url = LandingTemplate.Fill("https://shop.example/", template, "clickid", Values with { Values = new ReportingValues(SubId1: "clickid") });

        Assert.Equal([Given.ClickId], ClickIds(url, "clickid"));
    }

    [Fact]
    public void A_template_may_carry_the_click_id_under_another_name() =>
        Assert.Equal($"https://shop.example/?s2s={Given.ClickId}&clickid={Given.ClickId}", Fill("https://shop.example/", "s2s={clickid}"));

    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("?a=1", "a=1")]
    [InlineData("&a=1", "a=1")]
    [InlineData("?&a=1&", "a=1")]
    [InlineData("  a=1  ", "a=1")]
    [InlineData("a={ClickId}&b={SUBID1}", "a={ClickId}&b={SUBID1}")]
    [InlineData("a=%7Bx%7D", "a=%7Bx%7D")]
    public void A_template_is_kept_without_what_joins_it_to_the_page(string typed, string expected)
    {
        Assert.True(LandingTemplate.TryNormalise(typed, out var template, out var error), error);
        Assert.Equal(expected, template);
    }

    [Theory]
    [InlineData("a={unknown}", "{unknown}")]
    [InlineData("a={}", "{}")]
    [InlineData("a={click id}", "white space")]
    [InlineData("a={clickid }", "white space")]
    [InlineData("a={subid4}", "{subid4}")]
    [InlineData("a={сlickid}", "{сlickid}")] // Cyrillic с
    [InlineData("a={{clickid}}", "unknown macro")]
    [InlineData("a={clickid}}", "brace")]
    [InlineData("a={clickid", "brace")]
    [InlineData("a=clickid}", "brace")]
    [InlineData("a=}{", "brace")]
    [InlineData("{", "brace")]
    [InlineData("a=1#top", "#")]
    [InlineData("a=b c", "white space")]
    [InlineData("a=b\u00A0c", "white space")]
    [InlineData("a=b\tc", "white space")]
    [InlineData("a=b\r\nLocation: x", "white space")]
    [InlineData("a=\0", "control characters")]
    public void A_template_with_an_unknown_macro_or_a_stray_character_is_refused(string typed, string reason)
    {
        Assert.False(LandingTemplate.TryNormalise(typed, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_refusal_of_an_unknown_macro_names_those_that_are_known()
    {
        Assert.False(LandingTemplate.TryNormalise("a={foo}", out _, out var error));

        foreach (var macro in new[] { "clickid", "program", "campaign", "task", "partner", "link", "subid1", "subid2", "subid3", "sharedid", "param" })
        {
            Assert.Contains($"{{{macro}}}", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_template_with_half_a_surrogate_pair_is_refused() => Assert.False(LandingTemplate.TryNormalise("a=\uD83D", out _, out _));

    [Fact]
    public void A_template_has_at_most_1000_characters()
    {
        Assert.True(LandingTemplate.TryNormalise("?a=" + new string('x', 998), out _, out _));
        Assert.False(LandingTemplate.TryNormalise("a=" + new string('x', 999), out _, out var error));
        Assert.Contains("1001", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_a_template_never_throws_and_what_it_accepts_can_be_filled_in() =>
        Gen.OneOf(Arbitrary.Text, Gen.OneOf("a", "=", "&", "?", "%", "{", "}", "{clickid}", "{SubId1}", "clickid", "ü", " ", "#").Array[0, 10].Select(string.Concat)).Sample(
            typed =>
            {
                if (LandingTemplate.TryNormalise(typed, out var template, out var error))
                {
                    Assert.Null(error);
                    var url = Fill("https://shop.example/", template);
                    Assert.Equal([Given.ClickId], ClickIds(url, "clickid"));
                    Assert.DoesNotContain('{', url);
                    Assert.True(LandingPage.TryParse(url, out var parsed, out _) || url.Length > LandingPage.MaxLength);
                    Assert.True(parsed.Url == url || url.Length > LandingPage.MaxLength);
                }
                else
                {
                    Assert.NotEmpty(error);
                }
            },
            iter: 20_000);

    [Fact]
    public void The_address_keeps_every_pair_in_order_and_the_fragment_and_carries_one_click_id()
    {
        var templates = Gen.OneOf("", "t={campaign}", "a={subid1}&b=x", "clickid={clickid}", "x={param}&clickid=1&y");
        var names = Gen.OneOf("clickid", "CLICKID", "id", "q");
        Gen.Select(Arbitrary.Pages, templates, names, Arbitrary.Text).Sample(
            (typed, template, name, subId) =>
            {
                Assert.True(LandingPage.TryParse(typed, out var page, out var error), error);
                var values = Values with { Values = new ReportingValues(SubId1: ReportingValueRules.Clean(subId)) };

                var url = LandingTemplate.Fill(page.Url, template, name, values);

                var before = new Uri(page.Url);
                Assert.True(Uri.TryCreate(url, UriKind.Absolute, out var after), url);
                Assert.Equal(before.GetLeftPart(UriPartial.Path), after.GetLeftPart(UriPartial.Path));
                Assert.Equal(Fragment(page.Url), Fragment(url));
                Assert.Equal([Given.ClickId], ClickIds(url, name));
                var kept = Pairs(page.Url).Where(pair => pair.Length > 0 && NameOf(pair) != name).ToArray();
                Assert.Equal(kept, Pairs(url).Take(kept.Length));
                Assert.Equal($"{name}={Given.ClickId}", Pairs(url)[^1]);
            },
            iter: 10_000);
    }

    private static string Fill(string page, string? template, string parameter = "clickid") => LandingTemplate.Fill(page, template, parameter, Values);

    private static string Fragment(string url) => url.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 ? url[hash..] : "";

    private static string[] Pairs(string url)
    {
        var address = url.Split('#')[0];
        var mark = address.IndexOf('?', StringComparison.Ordinal);
        return mark < 0 ? [] : address[(mark + 1)..].Split('&');
    }

    private static string NameOf(string pair) => Uri.UnescapeDataString(pair.Split('=')[0]);

    private static string[] ClickIds(string url, string name) =>
        [.. Pairs(url).Where(pair => NameOf(pair) == name).Select(pair => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..])];
}
