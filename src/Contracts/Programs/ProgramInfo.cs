using System.Collections.Immutable;

namespace OrleansLinks.Programs;

/// <summary>A brand's account and the settings that all its campaigns share.</summary>
/// <param name="Id">The program's id (<c>prg_…</c>).</param>
/// <param name="Name">Its name, 1 to 200 characters.</param>
/// <param name="DefaultLandingPage">Where a visitor ends up when nothing else is chosen or allowed.</param>
/// <param name="PermittedDomains">Hosts that a partner's landing page may have: exact, or <c>*.</c> and a domain whose subdomains are meant.</param>
/// <param name="TrackingHost">Host (and port) of the program's tracking links; null for the installation's own.</param>
/// <param name="Currency">ISO 4217 code of all the program's money.</param>
/// <param name="TimeZone">IANA name of the time zone in which the program's days begin.</param>
/// <param name="ClickIdParameter">Name of the query parameter that carries the click id to the landing page.</param>
/// <param name="LandingTemplate">Query parameters with macros that are added to every landing page; null for none.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows by one with every change.</param>
[GenerateSerializer, Immutable, Alias("ProgramInfo")]
public sealed record ProgramInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string DefaultLandingPage,
    [property: Id(3)] ImmutableArray<string> PermittedDomains,
    [property: Id(4)] string? TrackingHost,
    [property: Id(5)] string Currency,
    [property: Id(6)] string TimeZone,
    [property: Id(7)] string ClickIdParameter,
    [property: Id(8)] string? LandingTemplate,
    [property: Id(9)] DateTimeOffset CreatedAt,
    [property: Id(10)] long Version);

/// <summary>The fields of a program to set; those of a new program, or those to change.</summary>
[GenerateSerializer, Immutable, Alias("ProgramChange")]
public sealed record ProgramChange
{
    /// <summary>Its name, 1 to 200 characters; required of a new program.</summary>
    [Id(0)]
    public Optional<string> Name { get; init; }

    /// <summary>Where a visitor ends up when nothing else is chosen or allowed: absolute http or https, at most 2,048 characters; required of a new program.</summary>
    [Id(1)]
    public Optional<string> DefaultLandingPage { get; init; }

    /// <summary>Hosts that a typed landing page may have, such as <c>www.example.com</c>, or <c>*.example.com</c> for its subdomains; at most 500. Without any given, the host of the default landing page.</summary>
    [Id(2)]
    public Optional<ImmutableArray<string>?> PermittedDomains { get; init; }

    /// <summary>Host (and port) of the program's tracking links; null for the installation's own.</summary>
    [Id(3)]
    public Optional<string> TrackingHost { get; init; }

    /// <summary>ISO 4217 code of all the program's money; required of a new program, and stays.</summary>
    [Id(4)]
    public Optional<string> Currency { get; init; }

    /// <summary>IANA name of the time zone in which the program's days begin; required of a new program.</summary>
    [Id(5)]
    public Optional<string> TimeZone { get; init; }

    /// <summary>Name of the query parameter that carries the click id to the landing page: 1 to 64 of <c>A-Z a-z 0-9 - _ . ~</c>; <c>clickid</c> unless set.</summary>
    [Id(6)]
    public Optional<string> ClickIdParameter { get; init; }

    /// <summary>Query parameters that are added to every landing page, with the macros {clickid} {program} {campaign} {task} {partner} {link} {subid1} {subid2} {subid3} {sharedid} {param}; at most 1,000 characters; null for none.</summary>
    [Id(7)]
    public Optional<string> LandingTemplate { get; init; }
}
