namespace OrleansLinks;

/// <summary>Ends activations that were made for keys that nothing is behind, which anybody can make up.</summary>
internal static class EmptyActivations
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Ends an activation shortly, if nothing is behind its key by then. Not at once: calls that are on their way would be
    /// passed on to the next activation, which would end at once as well, until they are rejected.
    /// </summary>
    public static IGrainTimer LeaveSoon<TGrain>(this TGrain grain, Func<bool> isEmpty)
        where TGrain : Grain => grain.RegisterGrainTimer(
        () =>
        {
            if (isEmpty())
            {
                grain.DeactivateOnIdle();
            }

            return Task.CompletedTask;
        },
        new GrainTimerCreationOptions(Linger, Timeout.InfiniteTimeSpan));
}
