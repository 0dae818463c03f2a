using System.Text.RegularExpressions;

namespace OrleansLinks;

/// <summary>Time zones by their IANA names.</summary>
internal static partial class TimeZones
{
    private const int MaxLength = 64;

    /// <summary>
    /// Finds a time zone. The name is as IANA spells it: .NET takes another case too where it knows the zone already, and not where it
    /// has to look for it.
    /// </summary>
    public static bool TryFind(string name, out TimeZoneInfo zone)
    {
        zone = TimeZoneInfo.Utc;
        return name == "UTC"
            || (name.Length <= MaxLength && Pattern().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!) && zone.Id == name);
    }

    // The system looks names up as paths below its folder of zones, which holds copies in posix and right.
    [GeneratedRegex(@"\A(?!posix/|right/)[A-Za-z]+(/[A-Za-z0-9_+-]+)+\z")]
    private static partial Regex Pattern();
}
