using System.Net;
using OrleansLinks.Hosting;
using OrleansLinks.Redirect;

namespace OrleansLinks.Api.Tests.Redirect;

/// <summary>Where visitors are.</summary>
public sealed class CountryTests
{
    private static readonly Countries Shipped = Countries.Open("");

    [Theory]
    [InlineData("8.8.8.8", "US")]
    [InlineData("::ffff:8.8.8.8", "US")]
    [InlineData("2001:4860:4860::8888", "US")]
    [InlineData("193.99.144.80", "DE")]
    [InlineData("2a02:2e0:3fe:1001:302::", "DE")]
    [InlineData("133.11.0.1", "JP")]
    [InlineData("114.114.114.114", "CN")]
    [InlineData("81.2.69.142", "GB")]
    public void An_address_is_of_a_country(string address, string country) => Assert.Equal(country, Shipped.Find(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("203.0.113.5")]
    [InlineData("224.0.0.1")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1%1")]
    [InlineData("2001:db8::1")]
    public void A_private_address_is_of_no_country(string address) => Assert.Null(Shipped.Find(IPAddress.Parse(address)));

    [Fact]
    public void A_visitor_without_an_address_is_of_no_country() => Assert.Null(Shipped.Find(null));

    [Theory]
    [InlineData("country_code", "DE")]
    [InlineData("country", "iso_code", "DE")] // as GeoLite2 and DB-IP have it
    public async Task Another_file_can_be_used(params string[] record)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, SmallestFile(record), TestContext.Current.CancellationToken);

        Assert.Equal("DE", Countries.Open(path).Find(IPAddress.Parse("8.8.8.8")));

        File.Delete(path);
    }

    [Theory]
    [InlineData("/nowhere/countries.mmdb")]
    [InlineData("/etc/hostname")]
    [InlineData("/tmp")]
    public void A_file_that_cannot_be_read_is_named(string path)
    {
        var failure = Assert.Throws<StartupException>(() => Countries.Open(path));
        Assert.Contains("Geo:Database", failure.Message, StringComparison.Ordinal);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    /// <summary>A file that says the same of every address (https://maxmind.github.io/MaxMind-DB/).</summary>
    private static byte[] SmallestFile(string[] record)
    {
        const byte Map = 0xe0, UInt16 = 0xa1, UInt32 = 0xc1, Node = 1 + 16;
        byte[] data = [.. record[..^1].SelectMany(name => (byte[])[Map | 1, .. Text(name)]), .. Text(record[^1])];
        return
        [
            0, 0, Node, 0, 0, Node, // one node, whose both sides are the first data
            .. new byte[16],
            .. data,
            0xab, 0xcd, 0xef, .. "MaxMind.com"u8,
            Map | 9,
            .. Text("node_count"), UInt32, 1,
            .. Text("record_size"), UInt16, 24,
            .. Text("ip_version"), UInt16, 4,
            .. Text("database_type"), .. Text("test"),
            .. Text("languages"), 0, 4,
            .. Text("binary_format_major_version"), UInt16, 2,
            .. Text("binary_format_minor_version"), UInt16, 0,
            .. Text("build_epoch"), 1, 2, 1,
            .. Text("description"), Map,
        ];

        static byte[] Text(string text) => [(byte)(0x40 | text.Length), .. System.Text.Encoding.UTF8.GetBytes(text)];
    }
}
