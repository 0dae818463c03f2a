using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Tasks;
using OrleansLinks.WebConsole.Security;

namespace OrleansLinks.WebConsole.Client;

/// <summary>A page of a list.</summary>
/// <param name="Items">The things on the page.</param>
/// <param name="NextCursor">Where the next page begins; null on the last.</param>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>An access key, as the API shows it.</summary>
public sealed record Key(
    string Id,
    [property: System.Text.Json.Serialization.JsonPropertyName("key")] string? Secret,
    string Name,
    Role Role,
    string? ProgramId,
    string? PartnerId,
    bool ReadOnly,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt);

/// <summary>A task, as the API shows it.</summary>
public sealed record TaskOf(
    string Id,
    string CampaignId,
    string ProgramId,
    string PartnerId,
    string Name,
    string? Description,
    DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt,
    long Version,
    LinkSettings LinkSettings,
    TrackingLink? Link);

/// <summary>A tracking link, as the API shows it.</summary>
public sealed record TrackingLink(
    string Id,
    string? Code,
    LinkForm Form,
    string TrackingUrl,
    string ShareableUrl,
    string LandingPage,
    string? SavedPageId,
    string TaskId,
    string CampaignId,
    string PartnerId,
    LinkCreator CreatedBy,
    DateTimeOffset CreatedAt,
    LinkState State,
    LinkCreator? DisabledBy,
    long Version,
    string? SubId1,
    string? SubId2,
    string? SubId3,
    string? SharedId,
    string? Param,
    CounterView? Counters)
{
    /// <summary>Whether somebody can enable it: what the brand has disabled, a partner cannot.</summary>
    /// <param name="user">Who it is.</param>
    public bool CanBeEnabledBy(SignedIn user) => State == LinkState.Disabled && user.CanWrite && !(user.IsPartner && DisabledBy == LinkCreator.Brand);
}

/// <summary>A campaign that a partner takes part in, as the API shows it.</summary>
public sealed record ParticipatingIn(
    string Id,
    string Name,
    string ProgramId,
    string ProgramName,
    CampaignKind Kind,
    CampaignStatus Status,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt,
    PayForPerformance PayForPerformance,
    LandingMode LandingMode);

/// <summary>A report, as the API shows it.</summary>
public sealed record Report(
    IReadOnlyList<string> GroupBy,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    DateTimeOffset AsOf,
    IReadOnlyList<ReportGroup> Items,
    ReportGroup? Totals);

/// <summary>A group of a report, or all of its groups added up; what it is not grouped by is null.</summary>
public sealed record ReportGroup(
    string? Hour,
    string? Day,
    string? Week,
    string? Month,
    string? ProgramId,
    string? CampaignId,
    string? TaskId,
    string? PartnerId,
    string? LinkId,
    string? Country,
    DeviceClass? Device,
    string? SubId1,
    string? SubId2,
    string? SubId3,
    string? SharedId,
    string? Param,
    long Clicks,
    long UniqueClicks,
    long BotClicks,
    long OutsideTermsClicks,
    long Conversions,
    Money Revenue,
    Money Payout);

/// <summary>The state of the ledger, as the API shows it.</summary>
public sealed record Ledger(
    long Journaled,
    long Durable,
    long Applied,
    long Lost,
    long OldestUnappliedMs,
    long? Drift,
    IReadOnlyList<string> Findings,
    DateTimeOffset? DriftCheckedAt,
    long HeldBytes,
    string? Trouble);
