namespace OrleansLinks.WebConsole.Campaigns;

/// <summary>What was typed for a day and a time of day, and is none.</summary>
/// <param name="DayText">What was typed for the day; null where that is one.</param>
/// <param name="Day">The day; null where it is none.</param>
/// <param name="Time">What was typed for the time of day.</param>
public sealed record UnreadTime(string? DayText, DateTime? Day, string? Time);
