using OrleansLinks.Clicks;

namespace OrleansLinks.WebConsole.Client;

/// <summary>A click, as the API shows it.</summary>
public sealed record ClickOf(
    string Id,
    DateTimeOffset At,
    ClickClass Class,
    string? OutsideTermsReason,
    bool IsBot,
    bool IsUnique,
    string? LinkId,
    string? Country,
    DeviceClass Device);
