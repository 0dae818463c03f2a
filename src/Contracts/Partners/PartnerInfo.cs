namespace OrleansLinks.Partners;

/// <summary>What a publisher of links is called; the rules are the same for both.</summary>
[GenerateSerializer, Alias("PartnerKind")]
public enum PartnerKind
{
    /// <summary>A partner.</summary>
    Partner,

    /// <summary>A creator.</summary>
    Creator,
}

/// <summary>Whether a partner may be paid for clicks.</summary>
[GenerateSerializer, Alias("PartnerState")]
public enum PartnerState
{
    /// <summary>Takes part as its campaigns say.</summary>
    Active,

    /// <summary>Gone: no new links, and clicks on old ones are outside terms.</summary>
    Inactive,
}

/// <summary>Somebody who publishes tracking links.</summary>
/// <param name="Id">The partner's id (<c>prt_…</c>).</param>
/// <param name="Name">Its name, 1 to 200 characters.</param>
/// <param name="Kind">Partner or creator.</param>
/// <param name="Email">Where to reach it, if known.</param>
/// <param name="Locale">BCP 47 tag of its language, if known.</param>
/// <param name="State">Active, or gone.</param>
/// <param name="CreatedByProgramId">The program whose brand made it; null when the operator did.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows by one with every change.</param>
[GenerateSerializer, Immutable, Alias("PartnerInfo")]
public sealed record PartnerInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] PartnerKind Kind,
    [property: Id(3)] string? Email,
    [property: Id(4)] string? Locale,
    [property: Id(5)] PartnerState State,
    [property: Id(6)] string? CreatedByProgramId,
    [property: Id(7)] DateTimeOffset CreatedAt,
    [property: Id(8)] long Version);

/// <summary>The fields of a partner to set.</summary>
[GenerateSerializer, Immutable, Alias("PartnerChange")]
public sealed record PartnerChange
{
    /// <summary>Its name, 1 to 200 characters; required of a new partner.</summary>
    [Id(0)]
    public Optional<string> Name { get; init; }

    /// <summary>Partner or creator; required of a new partner.</summary>
    [Id(1)]
    public Optional<PartnerKind?> Kind { get; init; }

    /// <summary>Where to reach it; null for not known.</summary>
    [Id(2)]
    public Optional<string> Email { get; init; }

    /// <summary>BCP 47 tag of its language; null for not known.</summary>
    [Id(3)]
    public Optional<string> Locale { get; init; }

    /// <summary>Active, or gone; for the operator to change.</summary>
    [Id(4)]
    public Optional<PartnerState?> State { get; init; }
}
