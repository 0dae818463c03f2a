namespace OrleansLinks;

/// <summary>
/// Counts the changes of settings that actors of this process have made, so that what was read before one of them is
/// known to be stale at once. Changes made in other processes are met by the short life of what was read.
/// </summary>
public sealed class SettingsEpoch
{
    private long _value;

    /// <summary>The number of changes so far.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Says that a setting has changed, after it was written and before it is acknowledged.</summary>
    public void Advance() => Interlocked.Increment(ref _value);
}
