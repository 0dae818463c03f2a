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
public sealed record ProgramChange(
    [property: Id(0)] Optional<string> Name = default,
    [property: Id(1)] Optional<string> DefaultLandingPage = default,
    [property: Id(2)] Optional<ImmutableArray<string>?> PermittedDomains = default,
    [property: Id(3)] Optional<string> TrackingHost = default,
    [property: Id(4)] Optional<string> Currency = default,
    [property: Id(5)] Optional<string> TimeZone = default,
    [property: Id(6)] Optional<string> ClickIdParameter = default,
    [property: Id(7)] Optional<string> LandingTemplate = default);
