using OrleansLinks.WebConsole.Reports;

namespace OrleansLinks.WebConsole.Programs;

/// <summary>The time zones that a program can have.</summary>
internal static class ZoneNames
{
    /// <summary>IANA names, in their order.</summary>
    public static readonly IReadOnlyList<string> All =
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(ZoneList.IsKnown).Append(ZoneList.Utc).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A time zone as it is shown, with its offset of now.</summary>
    public static string Show(string? id, DateTimeOffset now) =>
        id is null or ZoneList.Utc || !ZoneList.IsKnown(id) ? id ?? "" : $"{id} ({ZoneList.Offset(id, now)})";
}
