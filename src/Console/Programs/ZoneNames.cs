using System.Globalization;

namespace OrleansLinks.WebConsole.Programs;

/// <summary>The time zones that a program can have.</summary>
internal static class ZoneNames
{
    /// <summary>IANA names, in their order.</summary>
    public static readonly IReadOnlyList<string> All =
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => TimeZones.TryFind(id, out _)).Append("UTC").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A time zone as it is shown, with its offset of now.</summary>
    public static string Show(string? id, DateTimeOffset now)
    {
        if (id is null || !TimeZones.TryFind(id, out var zone))
        {
            return id ?? "";
        }

        var offset = zone.GetUtcOffset(now);
        return id == "UTC" ? id : string.Create(CultureInfo.InvariantCulture, $"{id} (UTC{(offset < TimeSpan.Zero ? '−' : '+')}{offset:hh\\:mm})");
    }
}
