using CsCheck;
using OrleansLinks.Links;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>Which hosts a typed page may have.</summary>
public sealed class PermittedDomainTests
{
    [Theory]
    [InlineData("example.com", "https://example.com/", true)]
    [InlineData("example.com", "https://EXAMPLE.com/", true)]
    [InlineData("Example.COM", "https://example.com/", true)]
    [InlineData("example.com", "https://example.com:8443/", true)]
    [InlineData("example.com", "http://example.com/", true)]
    [InlineData("example.com", "https://example.com./", true)]
    [InlineData("example.com.", "https://example.com/", true)]
    [InlineData("example.com", "https://www.example.com/", false)]
    [InlineData("www.example.com", "https://example.com/", false)]
    [InlineData("example.com", "https://evil-example.com/", false)]
    [InlineData("example.com", "https://evilexample.com/", false)]
    [InlineData("example.com", "https://example.com.evil.net/", false)]
    [InlineData("example.com", "https://example.co/", false)]
    [InlineData("example.com", "https://example.community/", false)]
    [InlineData("example.com", "https://evil.net/example.com", false)]
    [InlineData("example.com", "https://evil.net/?example.com", false)]
    [InlineData("example.com", "https://evil.net#example.com", false)]
    public void An_exact_domain_covers_itself_alone(string entry, string page, bool covered) => Check(entry, page, covered);

    [Theory]
    [InlineData("*.example.com", "https://www.example.com/", true)]
    [InlineData("*.example.com", "https://a.b.c.d.example.com/", true)]
    [InlineData("*.Example.com", "https://WWW.example.COM/", true)]
    [InlineData("*.example.com", "https://www.example.com./", true)]
    [InlineData("*.www.example.com", "https://a.www.example.com/", true)]
    [InlineData("*.example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://evil-example.com/", false)]
    [InlineData("*.example.com", "https://www.evil-example.com/", false)]
    [InlineData("*.example.com", "https://www.example.com.evil.net/", false)]
    [InlineData("*.example.com", "https://xexample.com/", false)]
    [InlineData("*.example.com", "https://wwwexample.com/", false)]
    [InlineData("*.www.example.com", "https://b.example.com/", false)]
    public void A_wildcard_covers_subdomains_at_any_depth_and_not_the_domain_itself(string entry, string page, bool covered) =>
        Check(entry, page, covered);

    [Theory]
    [InlineData("bücher.example", "https://bücher.example/", true)]
    [InlineData("bücher.example", "https://BÜCHER.example/", true)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/", true)]
    [InlineData("xn--bcher-kva.example", "https://bücher.example/", true)]
    [InlineData("*.bücher.example", "https://www.bücher.example/", true)]
    [InlineData("*.bücher.example", "https://bücher.example/", false)]
    [InlineData("例え.テスト", "https://例え。テスト/", true)]
    [InlineData("example.com", "https://ｅｘａｍｐｌｅ．ｃｏｍ/", true)]
    [InlineData("bücher.example", "https://bucher.example/", false)]
    [InlineData("apple.example", "https://аpple.example/", false)] // Cyrillic а
    public void International_names_match_in_either_form(string entry, string page, bool covered) => Check(entry, page, covered);

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1/", true)]
    [InlineData("127.0.0.1", "http://0x7f.1/", true)]
    [InlineData("127.0.0.1", "http://2130706433/", true)]
    [InlineData("[::1]", "http://[::1]:8080/", true)]
    [InlineData("[::1]", "http://[0:0:0:0:0:0:0:1]/", true)]
    [InlineData("127.0.0.1", "http://127.0.0.2/", false)]
    [InlineData("localhost", "http://localhost:5000/", true)]
    [InlineData("localhost", "http://127.0.0.1/", false)]
    public void Addresses_match_in_any_notation(string entry, string page, bool covered) => Check(entry, page, covered);

    [Fact]
    public void One_covering_entry_among_many_is_enough()
    {
        Assert.True(PermittedDomains.Cover(["a.example", "*.b.example", "c.example"], "x.b.example"));
        Assert.False(PermittedDomains.Cover(["a.example", "*.b.example", "c.example"], "b.example"));
        Assert.False(PermittedDomains.Cover([], "a.example"));
    }

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("  Example.COM.  ", "example.com")]
    [InlineData("*.Example.com", "*.example.com")]
    [InlineData("*.bücher.example", "*.xn--bcher-kva.example")]
    [InlineData("0x7f.1", "127.0.0.1")]
    [InlineData("[0:0::1]", "[::1]")]
    public void An_entry_is_kept_in_its_normal_form(string entry, string expected)
    {
        Assert.True(PermittedDomains.TryNormalise(entry, out var domain));
        Assert.Equal(expected, domain);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData(".")]
    [InlineData(".example.com")]
    [InlineData("example..com")]
    [InlineData("example.com..")]
    [InlineData("*example.com")]
    [InlineData("**.example.com")]
    [InlineData("*.*.example.com")]
    [InlineData("www.*.com")]
    [InlineData("*.127.0.0.1")]
    [InlineData("*.[::1]")]
    [InlineData("https://example.com")]
    [InlineData("example.com/path")]
    [InlineData("example.com:8080")]
    [InlineData("user@example.com")]
    [InlineData("exa mple.com")]
    [InlineData("example.com?x")]
    [InlineData("example.com#x")]
    [InlineData("-example.com")]
    [InlineData("example-.com")]
    [InlineData("exam\0ple.com")]
    [InlineData("bü\0cher.example")]
    [InlineData("exam\nple.com")]
    [InlineData("1.2.3.4.5")]
    [InlineData("256.256.256.256")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[[::1]]")]
    [InlineData("[::1]/64")]
    [InlineData("::1/64")]
    [InlineData("[::1/64]")]
    [InlineData("[fe80::1%25eth0]")]
    [InlineData("[fe80::1%eth0]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[]")]
    [InlineData("[::g]")]
    public void What_is_no_host_is_refused(string? entry) => Assert.False(PermittedDomains.TryNormalise(entry, out _));

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.False(PermittedDomains.TryNormalise("\uD800.example", out _));
        Assert.False(PermittedDomains.TryNormalise("a\uDC00b.example", out _));
    }

    [Fact]
    public void Reading_an_entry_never_throws_and_reading_it_again_changes_nothing() =>
        Gen.OneOf(Arbitrary.Text, Arbitrary.HostLike).Sample(
            entry =>
            {
                if (PermittedDomains.TryNormalise(entry, out var domain))
                {
                    Assert.True(PermittedDomains.TryNormalise(domain, out var again), domain);
                    Assert.Equal(domain, again);
                }
            },
            iter: 20_000);

    [Fact]
    public void A_wildcard_covers_exactly_the_hosts_with_more_labels_in_front()
    {
        var label = Gen.String[Gen.Char["abx"], 1, 3];
        Gen.Select(label.Array[0, 4], label).Sample(
            (front, tail) =>
            {
                var host = string.Join('.', [.. front, tail, "example"]);

                Assert.Equal(front.Length > 0, PermittedDomains.Cover([$"*.{tail}.example"], host));
                Assert.Equal(front.Length == 0, PermittedDomains.Cover([$"{tail}.example"], host));
            },
            iter: 2000);
    }

    private static void Check(string entry, string page, bool covered)
    {
        Assert.True(PermittedDomains.TryNormalise(entry, out var domain));
        Assert.True(LandingPage.TryParse(page, out var parsed, out var error), error);
        Assert.Equal(covered, PermittedDomains.Cover([domain], parsed.Host));
    }
}
