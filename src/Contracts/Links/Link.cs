using System.Collections.Immutable;

namespace OrleansLinks.Links;

/// <summary>The form of a tracking link.</summary>
[GenerateSerializer, Alias("LinkForm")]
public enum LinkForm
{
    /// <summary><c>https://{tracking host}/{code}</c></summary>
    Short,

    /// <summary><c>https://{tracking host}/c/{partnerId}/{taskId}/{campaignId}?u={landing page}</c></summary>
    Regular,
}

/// <summary>Whether a link redirects.</summary>
[GenerateSerializer, Alias("LinkState")]
public enum LinkState
{
    /// <summary>It redirects.</summary>
    Active,

    /// <summary>It answers 410.</summary>
    Disabled,
}

/// <summary>Who created a link.</summary>
[GenerateSerializer, Alias("LinkCreator")]
public enum LinkCreator
{
    /// <summary>The brand (or the operator), on the partner's behalf.</summary>
    Brand,

    /// <summary>The partner itself.</summary>
    Partner,
}

/// <summary>What decides on a link's landing page.</summary>
[GenerateSerializer, Alias("LinkTarget")]
public enum LinkTarget
{
    /// <summary>The program's default page, whichever that is at the time of the click.</summary>
    ProgramDefault,

    /// <summary>A saved page of the campaign, wherever that leads at the time of the click.</summary>
    SavedPage,

    /// <summary>The page that was typed.</summary>
    TypedPage,
}

/// <summary>The reporting values of a link or a click, each at most 255 characters; null where there is none.</summary>
/// <param name="SubId1">For the partner alone.</param>
/// <param name="SubId2">For the partner alone.</param>
/// <param name="SubId3">For the partner alone.</param>
/// <param name="SharedId">For the partner and the brand.</param>
/// <param name="Param">For the brand alone.</param>
[GenerateSerializer, Immutable, Alias("ReportingValues")]
public sealed record ReportingValues(
    [property: Id(0)] string? SubId1 = null,
    [property: Id(1)] string? SubId2 = null,
    [property: Id(2)] string? SubId3 = null,
    [property: Id(3)] string? SharedId = null,
    [property: Id(4)] string? Param = null)
{
    /// <summary>No values.</summary>
    public static ReportingValues None { get; } = new();
}

/// <summary>What says where a link leads; where that is, the settings of the time of the click say.</summary>
/// <param name="Target">What decides on the landing page.</param>
/// <param name="LandingPage">The typed page; null with another target.</param>
/// <param name="SavedPageId">The saved page; null with another target.</param>
public readonly record struct LinkDestination(LinkTarget Target, string? LandingPage = null, string? SavedPageId = null);

/// <summary>A tracking link as it is stored.</summary>
/// <param name="Code">The short code or alias; of a regular link, a key of the same kind. Case-sensitive, never issued twice.</param>
/// <param name="Form">Short or regular.</param>
/// <param name="TaskId">The task that it hangs on.</param>
/// <param name="CampaignId">The task's campaign.</param>
/// <param name="PartnerId">The task's partner.</param>
/// <param name="ProgramId">The campaign's program.</param>
/// <param name="Target">What decides on the landing page.</param>
/// <param name="LandingPage">The typed page; null with another target.</param>
/// <param name="SavedPageId">The saved page; null with another target.</param>
/// <param name="Values">The reporting values kept inside.</param>
/// <param name="CreatedBy">Who created it.</param>
/// <param name="CreatedAt">When it was created, to the millisecond.</param>
/// <param name="State">Active or disabled.</param>
/// <param name="Version">Grows by one with every change.</param>
/// <param name="CreationId">Names the act of creation, so that a repeat of it finds its own link.</param>
/// <param name="DisabledBy">Which side disabled it; null when it is active.</param>
[GenerateSerializer, Immutable, Alias("Link")]
public sealed record Link(
    [property: Id(0)] string Code,
    [property: Id(1)] LinkForm Form,
    [property: Id(2)] string TaskId,
    [property: Id(3)] string CampaignId,
    [property: Id(4)] string PartnerId,
    [property: Id(5)] string ProgramId,
    [property: Id(6)] LinkTarget Target,
    [property: Id(7)] string? LandingPage,
    [property: Id(8)] string? SavedPageId,
    [property: Id(9)] ReportingValues Values,
    [property: Id(10)] LinkCreator CreatedBy,
    [property: Id(11)] DateTimeOffset CreatedAt,
    [property: Id(12)] LinkState State,
    [property: Id(13)] long Version,
    [property: Id(14)] Guid CreationId,
    [property: Id(15)] LinkCreator? DisabledBy = null)
{
    /// <summary>The link's id in the API (<c>lnk_…</c>).</summary>
    public string Id => EntityId.Link + Code;

    /// <summary>What says where it leads.</summary>
    public LinkDestination Destination => new(Target, LandingPage, SavedPageId);
}

/// <summary>A link with what its campaign and program make of it now.</summary>
/// <param name="Link">The link.</param>
/// <param name="LandingPage">Where it leads now.</param>
/// <param name="TrackingHost">Host of its URL; null for the installation's own.</param>
[GenerateSerializer, Immutable, Alias("LinkDetails")]
public sealed record LinkDetails(
    [property: Id(0)] Link Link,
    [property: Id(1)] string LandingPage,
    [property: Id(2)] string? TrackingHost);

/// <summary>A page of links.</summary>
/// <param name="Items">The links.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
[GenerateSerializer, Immutable, Alias("LinkPage")]
public sealed record LinkPage(
    [property: Id(0)] ImmutableArray<LinkDetails> Items,
    [property: Id(1)] long? Next);

/// <summary>A link to be created.</summary>
/// <param name="Form">Short or regular; short when not chosen.</param>
/// <param name="LandingPage">The page, where the campaign lets one be typed.</param>
/// <param name="SavedPageId">The saved page, where the campaign offers them.</param>
/// <param name="Alias">A code of one's own for a short link: 3 to 64 of <c>A-Z a-z 0-9 - _</c>.</param>
/// <param name="SubId1">Reporting value for the partner alone.</param>
/// <param name="SubId2">Reporting value for the partner alone.</param>
/// <param name="SubId3">Reporting value for the partner alone.</param>
/// <param name="SharedId">Reporting value for both sides.</param>
/// <param name="Param">Reporting value for the brand alone.</param>
[GenerateSerializer, Immutable, Alias("LinkRequest")]
public sealed record LinkRequest(
    [property: Id(0)] LinkForm? Form = null,
    [property: Id(1)] string? LandingPage = null,
    [property: Id(2)] string? SavedPageId = null,
    [property: Id(3)] string? Alias = null,
    [property: Id(4)] string? SubId1 = null,
    [property: Id(5)] string? SubId2 = null,
    [property: Id(6)] string? SubId3 = null,
    [property: Id(7)] string? SharedId = null,
    [property: Id(8)] string? Param = null);

/// <summary>Links to be created together.</summary>
/// <param name="Links">The links.</param>
/// <param name="Creator">Who creates them.</param>
/// <param name="Atomic">Whether all are refused when one is.</param>
/// <param name="Seed">Made by <see cref="EntityId.NewSeed"/>; the codes are drawn from it; the same seed finds the links of the first time.</param>
[GenerateSerializer, Immutable, Alias("LinkBatch")]
public sealed record LinkBatch(
    [property: Id(0)] ImmutableArray<LinkRequest> Links,
    [property: Id(1)] LinkCreator Creator,
    [property: Id(2)] bool Atomic,
    [property: Id(3)] Guid Seed);

/// <summary>The fields of a link to change.</summary>
[GenerateSerializer, Immutable, Alias("LinkChange")]
public sealed record LinkChange
{
    /// <summary>The page that it leads to, where the campaign lets one be typed.</summary>
    [Id(0)]
    public Optional<string> LandingPage { get; init; }

    /// <summary>The saved page that it leads to, where the campaign offers them.</summary>
    [Id(1)]
    public Optional<string> SavedPageId { get; init; }

    /// <summary>Active or disabled.</summary>
    [Id(2)]
    public Optional<LinkState?> State { get; init; }
}
