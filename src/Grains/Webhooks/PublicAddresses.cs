using System.Net;
using System.Net.Sockets;

namespace OrleansLinks.Webhooks;

/// <summary>
/// Tells addresses of the public internet from those of a machine, a network or a special use, by the registries of IANA
/// (https://www.iana.org/assignments/iana-ipv4-special-registry, …-ipv6-special-registry).
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] NotPublic4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    // All that is given out to the public is in here, but for these: Teredo and its neighbours, documentation, 6to4 (which has an IPv4
    // address in it).
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublic6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    /// <summary>Whether an address is one of the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !NotPublic4.Any(network => network.Contains(address)),
            AddressFamily.InterNetworkV6 => Global6.Contains(address) && !NotPublic6.Any(network => network.Contains(address)),
            _ => false,
        };
    }
}
