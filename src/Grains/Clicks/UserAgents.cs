using System.Collections.Concurrent;

namespace OrleansLinks.Clicks;

/// <summary>What a user agent says of who uses it.</summary>
/// <param name="IsCrawler">Whether it says that it is a crawler or a link preview.</param>
/// <param name="Device">What it runs on.</param>
public sealed record UserAgent(bool IsCrawler, DeviceClass Device);

/// <summary>User agents repeat: what one is found to say is remembered.</summary>
public static class UserAgents
{
    private const int MaxKnown = 10_000;

    private static readonly UserAgent Nobody = new(false, DeviceClass.Unknown);
    private static readonly ConcurrentDictionary<string, UserAgent> Known = new();

    /// <summary>What a user agent says.</summary>
    public static UserAgent Find(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent))
        {
            return Nobody;
        }

        if (Known.TryGetValue(userAgent, out var known))
        {
            return known;
        }

        if (Known.Count >= MaxKnown)
        {
            Known.Clear();
        }

        return Known[userAgent] = new UserAgent(Crawlers.Match(userAgent), Devices.Of(userAgent));
    }
}
