using System.Collections.Immutable;
using System.Globalization;

namespace OrleansLinks.WebConsole.Reports;

/// <summary>Time zones to choose from, by their IANA names.</summary>
internal static class ZoneList
{
    public const string Utc = "UTC";

    private static readonly ImmutableArray<string> Names =
    [
        .. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id != Utc && !id.StartsWith("Etc/", StringComparison.Ordinal) && IsKnown(id))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether the API knows a time zone by that name.</summary>
    public static bool IsKnown(string name) => TimeZones.TryFind(name, out _);

    /// <summary>The time zone of a name.</summary>
    public static TimeZoneInfo Find(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The time zones that a text is in, those with a word that begins so first; all for none.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="first">Those that are most likely meant.</param>
    public static IEnumerable<string> Search(string? text, IEnumerable<string> first)
    {
        var words = (text ?? "").Replace('_', ' ').Trim();
        return first.Concat(Names).Distinct()
            .Where(name => words.Length == 0 || Write(name).Contains(words, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(name => Write(name).Split('/', ' ').Any(word => word.StartsWith(words, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A name as it is read.</summary>
    public static string Write(string name) => name.Replace('_', ' ');

    /// <summary>How far its clocks are from UTC at a time.</summary>
    public static string Offset(string name, DateTimeOffset at)
    {
        var offset = Find(name).GetUtcOffset(at);
        return string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '−' : '+')}{offset:hh\\:mm}");
    }
}
