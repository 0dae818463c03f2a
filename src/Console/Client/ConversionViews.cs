using OrleansLinks.Clicks;
using OrleansLinks.Conversions;

namespace OrleansLinks.WebConsole.Client;

/// <summary>A conversion, as the API shows it; in lists without what changed it.</summary>
public sealed record ConversionOf(
    string Id,
    ConversionState State,
    string? Reason,
    ClickClass? Class,
    string OrderId,
    string EventType,
    string ClickId,
    Money Amount,
    Money Payout,
    DateTimeOffset OccurredAt,
    DateTimeOffset ReportedAt,
    DateTimeOffset? ClickedAt,
    DateTimeOffset? LocksAt,
    string? LinkId,
    string? TaskId,
    string? CampaignId,
    string? PartnerId,
    string ProgramId,
    int Version,
    IReadOnlyList<ConversionChange>? Entries)
{
    /// <summary>Whether its amount can still be changed, and it can be taken back.</summary>
    public bool CanChange => State is ConversionState.Pending or ConversionState.WaitingForClick;
}

/// <summary>A change of a conversion, as the API shows it.</summary>
public sealed record ConversionChange(ConversionEntryKind Kind, DateTimeOffset At, string? Reason, int Conversions, Money Amount, Money Payout);

/// <summary>Why something is what it is, as the API shows it.</summary>
public sealed record Why(string Id, IReadOnlyList<WhyStep> Steps);

/// <summary>A decision, as the API shows it.</summary>
public sealed record WhyStep(string Rule, string Outcome, IReadOnlyDictionary<string, string> Inputs, long? SettingsVersion);
