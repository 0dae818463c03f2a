using OrleansLinks.WebConsole.Layout;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Discover;

/// <summary>From when to when, in words.</summary>
internal static class ViewerDates
{
    public static string Dates(this Viewer viewer, PageTexts texts, DateTimeOffset? startsAt, DateTimeOffset? endsAt) => (startsAt, endsAt) switch
    {
        ({ } from, { } to) => texts["Discover.DatesBetween", viewer.Day(from), viewer.Day(to)],
        ({ } from, null) => texts["Discover.DatesFrom", viewer.Day(from)],
        (null, { } to) => texts["Discover.DatesUntil", viewer.Day(to)],
        _ => texts["Discover.DatesOpen"],
    };
}
