using System.Net;
using MaxMind.Db;
using OrleansLinks.Hosting;

namespace OrleansLinks.Redirect;

/// <summary>
/// Tells the country of a visitor's address, by a file in the MaxMind DB format that is held in memory; the address is not kept.
/// Where the one that comes with the program is from: NOTICE.md.
/// </summary>
internal sealed class Countries
{
    private const string Shipped = "geo-whois-asn-country.mmdb";

    // Special-purpose addresses (https://www.iana.org/assignments/iana-ipv4-special-registry, …ipv6…) are in no country, whatever
    // a file says: the shipped one has some in the countries of those who registered them.
    private static readonly IPNetwork[] Nowhere =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "::/127", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10",
        }.Select(IPNetwork.Parse),
    ];

    private readonly Reader _reader;

    private Countries(Reader reader) => _reader = reader;

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file; empty for the one that comes with the program.</param>
    /// <exception cref="StartupException">It cannot be read.</exception>
    public static Countries Open(string path)
    {
        if (path.Length == 0)
        {
            using var shipped = typeof(Countries).Assembly.GetManifestResourceStream(Shipped)
                ?? throw new InvalidOperationException("The countries of addresses are not in the assembly.");
            return new Countries(new Reader(shipped));
        }

        try
        {
            var countries = new Countries(new Reader(path, FileAccessMode.Memory));
            countries._reader.Find<CountryEntry>(IPAddress.IPv6Loopback);
            return countries;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDatabaseException or DeserializationException or ArgumentException or NotSupportedException)
        {
            throw new StartupException($"The setting Geo:Database is not valid: {path} cannot be read as a MaxMind DB file: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The country's ISO 3166-1 alpha-2 code, in capitals; null where it is not known.</summary>
    public string? Find(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        var visitor = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var entry = _reader.Find<CountryEntry>(visitor);
        return entry?.Code is [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] code && !IsNowhere(visitor) ? code : null;
    }

    private static bool IsNowhere(IPAddress address)
    {
        foreach (var network in Nowhere)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What a file has of an address: a code, or a country that has one.</summary>
[method: Constructor]
internal sealed class CountryEntry([MapKey("country_code")] string? code, [MapKey("country")] CountryPart? country)
{
    public string? Code => code ?? country?.Code;
}

/// <summary>A country as GeoLite2 and DB-IP have it.</summary>
[method: Constructor]
internal sealed class CountryPart([MapKey("iso_code")] string? code)
{
    public string? Code => code;
}
