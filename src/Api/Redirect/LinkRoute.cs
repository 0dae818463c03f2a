using OrleansLinks.Links;

namespace OrleansLinks.Redirect;

/// <summary>
/// What a redirect needs of a link. There are as many in memory as the directory has room for, so that it is kept small:
/// ids and settings are its task's, and what links share they refer to.
/// </summary>
internal sealed class LinkRoute
{
    private readonly string? _page;
    private readonly long _stamp;

    // Which settings of the task the page was checked by (their number, times two), and whether they allow it: one field,
    // so that one thread never sees the half of what another has found out.
    private long _checked = -2;

    public LinkRoute(Link link, TaskRoute task, long stamp)
    {
        Code = link.Code;
        Task = task;
        Values = link.Values == ReportingValues.None ? ReportingValues.None : link.Values;
        Form = link.Form;
        Target = link.Target;
        IsDisabled = link.State == LinkState.Disabled;
        _page = link.Target == LinkTarget.SavedPage ? link.SavedPageId : link.LandingPage;
        _stamp = stamp;
    }

    public string Code { get; }

    public TaskRoute Task { get; }

    public ReportingValues Values { get; }

    public LinkForm Form { get; }

    public bool IsDisabled { get; }

    /// <summary>Where it leads.</summary>
    public LinkDestination Destination => Target == LinkTarget.SavedPage ? new(Target, null, _page) : new(Target, _page);

    private LinkTarget Target { get; }

    /// <summary>The place of a link's stamp.</summary>
    public static ushort PlaceOf(string code)
    {
        Span<char> id = stackalloc char[EntityId.Link.Length + ShortCodes.MaxLength];
        EntityId.Link.CopyTo(id);
        code.CopyTo(id[EntityId.Link.Length..]);
        return ChangeStamps.PlaceOf(id[..(EntityId.Link.Length + code.Length)]);
    }

    /// <summary>Whether the link has not changed since it was read.</summary>
    public bool IsFresh(ChangeStamps stamps) => stamps.At(PlaceOf(Code)) == _stamp;

    /// <summary>Decides on a click on it.</summary>
    public RedirectDecision Decide(TaskSettings settings, DateTimeOffset now)
    {
        var check = Volatile.Read(ref _checked);
        if (check >> 1 != settings.Number)
        {
            check = (settings.Number << 1) | (RedirectPolicy.IsAllowed(Destination, settings.Terms) ? 1L : 0L);
            Volatile.Write(ref _checked, check);
        }

        return RedirectPolicy.Decide(Destination, (check & 1) != 0, settings.Terms, now);
    }
}
