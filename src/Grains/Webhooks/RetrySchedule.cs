namespace OrleansLinks.Webhooks;

/// <summary>When an event that was not delivered is tried again.</summary>
internal static class RetrySchedule
{
    /// <summary>An event is given up, and a webhook that has had no success is disabled, after so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    /// <summary>For how long a receiver can ask to be left alone.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(12);

    /// <summary>How long a webhook is left alone for all its events, as one is that only fails.</summary>
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
    ];

    /// <summary>The pause after so many tries, up to a fifth longer so that events that failed together do not come together.</summary>
    /// <param name="attempts">Tries so far, from 1.</param>
    /// <param name="retryAfter">What the receiver asks for; null for nothing.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(int attempts, TimeSpan? retryAfter, double chance)
    {
        var pause = Pauses[Math.Clamp(attempts - 1, 0, Pauses.Length - 1)] * (1 + (chance / 5));
        return retryAfter is not { } asked || asked <= pause ? pause : asked < LongestRetryAfter ? asked : LongestRetryAfter;
    }

    /// <summary>
    /// For how long a webhook is left alone that has only failed for so long: half as long again, so that one whose receiver was away
    /// for a moment goes on a moment later, however many events failed meanwhile; and ten minutes at most.
    /// </summary>
    public static TimeSpan BreakAfter(TimeSpan failing, double chance)
    {
        var pause = failing / 2 * (1 + (chance / 5));
        return pause < ShortestBreak ? ShortestBreak : pause < LongestBreak ? pause : LongestBreak;
    }
}
