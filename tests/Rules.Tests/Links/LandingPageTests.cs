using CsCheck;
using OrleansLinks.Links;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>What a landing page's address may be.</summary>
public sealed class LandingPageTests
{
    [Theory]
    [InlineData("https://www.example.com/page")]
    [InlineData("http://www.example.com/page")]
    [InlineData("https://example.com/?id=7&ref=a%20b#top")]
    [InlineData("https://example.com/a//b/../c/./d;v=1/%7Euser/~user")]
    [InlineData("https://example.com/?q=a+b&q=a%2Bb&empty=&flag&=x")]
    [InlineData("https://example.com/?")]
    [InlineData("https://example.com/?a?b=c/d:e@f")]
    [InlineData("https://example.com/#")]
    [InlineData("https://example.com/page#/route?x=1&y=2")]
    [InlineData("https://example.com/?url=https://other.example/?x=1")]
    [InlineData("https://example.com/%E2%82%AC%e2%82%ac")]
    [InlineData("https://example.com/!$&'()*+,;=:@-._~")]
    [InlineData("https://example.com/?a[]=1&a[x]=2")]
    [InlineData("https://example.com/@user")]
    [InlineData("https://example.com/a@b:c")]
    [InlineData("https://example.com:8443/")]
    [InlineData("https://example.com:80/")]
    [InlineData("http://example.com:443/")]
    [InlineData("https://example.com:65535/")]
    [InlineData("https://a_b.example.com/")]
    [InlineData("https://a--b.example.com/")]
    [InlineData("https://localhost:5001/")]
    [InlineData("https://192.0.2.7/")]
    [InlineData("https://[2001:db8::1]/")]
    [InlineData("https://[2001:db8::1]:8443/")]
    [InlineData("https://xn--bcher-kva.example/")]
    public void An_address_in_its_normal_form_stays_to_the_letter(string address) => Assert.Equal(address, Parse(address).Url);

    [Theory]
    [InlineData("https://example.com", "https://example.com/")]
    [InlineData("https://example.com?x=1", "https://example.com/?x=1")]
    [InlineData("https://example.com#top", "https://example.com/#top")]
    [InlineData("  https://example.com/  ", "https://example.com/")]
    [InlineData("\thttps://example.com/\r\n", "https://example.com/")]
    [InlineData("HTTPS://WWW.Example.COM/Path?Q=A#F", "https://www.example.com/Path?Q=A#F")]
    [InlineData("https://example.com:443/", "https://example.com/")]
    [InlineData("http://example.com:80/", "http://example.com/")]
    [InlineData("https://example.com:/", "https://example.com/")]
    [InlineData("https://example.com:08443/", "https://example.com:8443/")]
    [InlineData("https://example.com./page", "https://example.com/page")]
    [InlineData("https://example.com.:8443/page", "https://example.com:8443/page")]
    public void Scheme_host_and_port_take_their_normal_form(string typed, string expected) => Assert.Equal(expected, Parse(typed).Url);

    [Theory]
    [InlineData("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC")]
    [InlineData("https://BÜCHER.example/", "https://xn--bcher-kva.example/")]
    [InlineData("https://例え.テスト/ページ?検索=値#節", "https://xn--r8jz45g.xn--zckzah/%E3%83%9A%E3%83%BC%E3%82%B8?%E6%A4%9C%E7%B4%A2=%E5%80%A4#%E7%AF%80")]
    [InlineData("https://straße.example/", "https://xn--strae-oqa.example/")]
    [InlineData("https://www。example。com/", "https://www.example.com/")]
    [InlineData("https://www．example．com/", "https://www.example.com/")]
    [InlineData("https://ｗｗｗ.ｅｘａｍｐｌｅ.com/", "https://www.example.com/")]
    [InlineData("https://exam\u00ADple.com/", "https://example.com/")]
    [InlineData("https://bücher.example./", "https://xn--bcher-kva.example/")]
    [InlineData("https://example.com。/", "https://example.com/")]
    [InlineData("https://example.com/😀", "https://example.com/%F0%9F%98%80")]
    public void International_names_are_normalised_and_other_text_is_encoded(string typed, string expected) => Assert.Equal(expected, Parse(typed).Url);

    [Theory]
    [InlineData("https://example.com/a b", "https://example.com/a%20b")]
    [InlineData("https://example.com/?q=a b&c=\"d\"", "https://example.com/?q=a%20b&c=%22d%22")]
    [InlineData("https://example.com/<script>", "https://example.com/%3Cscript%3E")]
    [InlineData("https://example.com/{clickid}|^`", "https://example.com/%7Bclickid%7D%7C%5E%60")]
    [InlineData("https://example.com/100%", "https://example.com/100%25")]
    [InlineData("https://example.com/%zz%4", "https://example.com/%25zz%254")]
    [InlineData("https://example.com/%%20", "https://example.com/%25%20")]
    [InlineData("https://example.com/#a#b", "https://example.com/#a%23b")]
    [InlineData("https://example.com/?x#a?b#c", "https://example.com/?x#a?b%23c")]
    [InlineData("https://example.com/\u00A0x", "https://example.com/%C2%A0x")]
    [InlineData("https://example.com/\u202Egpj", "https://example.com/%E2%80%AEgpj")]
    public void What_may_not_stand_in_an_address_is_encoded(string typed, string expected) => Assert.Equal(expected, Parse(typed).Url);

    [Theory]
    [InlineData("http://127.0.0.1/", "127.0.0.1")]
    [InlineData("http://0x7f.1/", "127.0.0.1")]
    [InlineData("http://0x7F000001/", "127.0.0.1")]
    [InlineData("http://2130706433/", "127.0.0.1")]
    [InlineData("http://0177.0.0.1/", "127.0.0.1")]
    [InlineData("http://127.1/", "127.0.0.1")]
    [InlineData("http://127.0.0.1./", "127.0.0.1")]
    [InlineData("http://１２７.0.0.1/", "127.0.0.1")]
    [InlineData("http://[::1]/", "[::1]")]
    [InlineData("http://[0:0:0:0:0:0:0:1]:8080/", "[::1]")]
    [InlineData("http://[2001:DB8:0:0::1]/", "[2001:db8::1]")]
    public void An_address_in_numbers_is_known_in_any_notation(string typed, string host)
    {
        var page = Parse(typed);

        Assert.Equal(host, page.Host);
        Assert.StartsWith("http://" + host, page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("example.com")]
    [InlineData("www.example.com/page")]
    [InlineData("/page")]
    [InlineData("?q=1")]
    [InlineData("//example.com/")]
    [InlineData("///example.com/")]
    [InlineData("https:example.com")]
    [InlineData("https:/example.com")]
    [InlineData("https//example.com")]
    [InlineData("https :// example.com")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JavaScript:alert(1)")]
    [InlineData("javascript://example.com/%0Aalert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("mailto:a@example.com")]
    [InlineData("blob:https://example.com/1")]
    [InlineData("intent://example.com/#Intent;scheme=https;end")]
    [InlineData("view-source:https://example.com/")]
    [InlineData("ｈｔｔｐｓ://example.com/")]
    [InlineData("https：//example.com/")]
    [InlineData("httpſ://example.com/")]
    public void Only_absolute_http_and_https_are_allowed(string typed) => Refuse(typed);

    [Theory]
    [InlineData("https://")]
    [InlineData("https:///")]
    [InlineData("https:///example.com")]
    [InlineData("https://?x")]
    [InlineData("https://#x")]
    [InlineData("https://:443/")]
    [InlineData("https://./")]
    [InlineData("https://../")]
    [InlineData("https://.example.com/")]
    [InlineData("https://example..com/")]
    [InlineData("https://example.com../")]
    [InlineData("https://-example.com/")]
    [InlineData("https://1271._.com/")]
    [InlineData("https://example-.com/")]
    [InlineData("https://exa mple.com/")]
    [InlineData("https://exam%70le.com/")]
    [InlineData("https://example.com%2F.evil.example/")]
    [InlineData("https://exam+ple.com/")]
    [InlineData("https://exam,ple.com/")]
    [InlineData("https://*.example.com/")]
    [InlineData("https://example.com℀.evil.example/")]
    [InlineData("https://example.com／.evil.example/")]
    [InlineData("https://example.com？.evil.example/")]
    [InlineData("https://example.com＃.evil.example/")]
    [InlineData("https://user＠example.com/")]
    [InlineData("https://1.2.3.4.5/")]
    [InlineData("https://256.256.256.256/")]
    [InlineData("https://0x7g.1/")]
    [InlineData("https://4294967296/")]
    [InlineData("https://::1/")]
    [InlineData("https://1::2:80/")]
    [InlineData("https://[::1/")]
    [InlineData("https://::1]/")]
    [InlineData("https://[::1]]/")]
    [InlineData("https://[[::1]]/")]
    [InlineData("https://[::1]./")]
    [InlineData("https://[::1]x/")]
    [InlineData("https://[::1]x:80/")]
    [InlineData("https://x[::1]/")]
    [InlineData("https://[::g]/")]
    [InlineData("https://[]/")]
    [InlineData("https://[1.2.3.4]/")]
    [InlineData("https://[example.com]/")]
    [InlineData("https://[fe80::1%eth0]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://example.com:0/")]
    [InlineData("https://example.com:65536/")]
    [InlineData("https://example.com:99999999999999999999/")]
    [InlineData("https://example.com:+80/")]
    [InlineData("https://example.com:-1/")]
    [InlineData("https://example.com: 80/")]
    [InlineData("https://example.com:８０/")]
    [InlineData("https://example.com:80:80/")]
    [InlineData("https://example.com:http/")]
    public void An_address_without_a_valid_host_or_port_is_refused(string typed) => Refuse(typed);

    [Theory]
    [InlineData("https://user@example.com/")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("https://@example.com/")]
    [InlineData("https://:@example.com/")]
    [InlineData("https://example.com@evil.example/")]
    [InlineData("https://example.com:443@evil.example/")]
    [InlineData("https://a@b@evil.example/")]
    public void User_information_is_refused(string typed) => Assert.Contains("user name", Refuse(typed), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.com\\@evil.example/")]
    [InlineData("https:\\\\example.com\\")]
    [InlineData("https://example.com/a\\b")]
    [InlineData("\\\\example.com\\share")]
    public void A_backslash_is_refused(string typed) => Assert.Contains("backslash", Refuse(typed), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.com/\0")]
    [InlineData("\0https://example.com/")]
    [InlineData("https://exam\0ple.com/")]
    [InlineData("https://example.com/a\nb")]
    [InlineData("https://example.com/a\r\nSet-Cookie: x=y")]
    [InlineData("https://example.com/a\tb")]
    [InlineData("java\nscript:alert(1)")]
    [InlineData("https://example.com/\u001B[31m")]
    [InlineData("https://example.com/\u007F")]
    [InlineData("https://example.com/a\u0085b")]
    [InlineData("https://example.com/\u009F")]
    public void Control_characters_are_refused(string typed) => Assert.Contains("control characters", Refuse(typed), StringComparison.Ordinal);

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Refuse("https://example.com/\uD83D");
        Refuse("https://example.com/\uDE00");
        Refuse("https://example.com/\uDE00\uD83D");
        Refuse("https://exam\uD83Dple.com/");
    }

    [Fact]
    public void Null_is_refused() => Assert.False(LandingPage.TryParse(null, out _, out _));

    [Fact]
    public void An_address_has_at_most_2048_characters_as_typed()
    {
        const string Start = "https://example.com/";

        Assert.Equal(2048, Parse(Start + new string('a', 2048 - Start.Length)).Url.Length);
        Assert.Equal(2048, Parse("   " + Start + new string('a', 2048 - Start.Length) + "   ").Url.Length);
        Assert.Contains("2049", Refuse(Start + new string('a', 2049 - Start.Length)), StringComparison.Ordinal);
        Refuse(Start + new string('a', 1_000_000));
    }

    [Fact]
    public void An_address_has_at_most_2048_characters_when_encoded()
    {
        const string Start = "https://example.com/";
        var umlauts = new string('ü', (2048 - Start.Length) / 6);

        Assert.Equal(2048, Parse(Start + umlauts + new string('a', 2048 - Start.Length - (umlauts.Length * 6))).Url.Length);
        Assert.Contains("2054", Refuse(Start + umlauts + "ü" + new string('a', 2048 - Start.Length - (umlauts.Length * 6))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_has_at_most_63_characters_and_a_host_253()
    {
        var label = new string('a', 63);

        Assert.Equal(label + ".example", Parse($"https://{label}.example/").Host);
        Refuse($"https://{label}a.example/");
        Refuse($"https://{new string('ü', 63)}.example/");

        var host = $"{label}.{label}.{label}.{new string('b', 61)}";
        Assert.Equal(253, Parse($"https://{host}/").Host.Length);
        Refuse($"https://{host}b/");
        Refuse($"https://{string.Join('.', Enumerable.Repeat("ü", 300))}/");
    }

    [Fact]
    public void Reading_never_throws_and_what_it_accepts_is_a_clean_absolute_address() =>
        Gen.OneOf(Arbitrary.Text, Arbitrary.AddressLike, Arbitrary.Pages).Sample(
            typed =>
            {
                if (!LandingPage.TryParse(typed, out var page, out var error))
                {
                    Assert.NotEmpty(error);
                    return;
                }

                Assert.Null(error);
                Assert.InRange(page.Url.Length, 1, LandingPage.MaxLength);
                Assert.All(page.Url, c => Assert.InRange(c, '!', '~'));
                Assert.True(Uri.TryCreate(page.Url, UriKind.Absolute, out var uri), page.Url);
                Assert.True(uri.Scheme is "http" or "https");
                Assert.Empty(uri.UserInfo);
                Assert.Equal(page.Host, uri.Host);

                Assert.True(LandingPage.TryParse(page.Url, out var again, out _), page.Url);
                Assert.Equal(page, again);
            },
            iter: 20_000);

    private static LandingPage Parse(string typed)
    {
        Assert.True(LandingPage.TryParse(typed, out var page, out var error), error);
        return page;
    }

    private static string Refuse(string typed)
    {
        Assert.False(LandingPage.TryParse(typed, out var page, out var error), $"It was read as {page.Url}.");
        Assert.NotEmpty(error);
        return error;
    }
}
