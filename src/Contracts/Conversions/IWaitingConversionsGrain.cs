namespace OrleansLinks.Conversions;

/// <summary>Looks after the conversions that wait for their click; there is one, its key is <see cref="Key"/>.</summary>
[Alias("IWaitingConversionsGrain")]
public interface IWaitingConversionsGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "waiting-conversions";

    /// <summary>
    /// Has some that wait look for their click once more, in a round over all of them: one whose click arrived just when a
    /// process ended was not told, and one that has waited for too long is given up.
    /// </summary>
    [Alias("LookAgain")]
    Task LookAgain();
}
