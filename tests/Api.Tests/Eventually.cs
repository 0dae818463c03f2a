using System.Diagnostics;

namespace OrleansLinks.Api.Tests;

/// <summary>Waits for what is promised within a time.</summary>
internal static class Eventually
{
    /// <summary>How soon a change is met everywhere.</summary>
    public static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Tries again and again until it is so; fails, saying what was missing, when it is not in time.</summary>
    public static async Task Is(Func<Task<bool>> isSo, string missing, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        var deadline = within ?? ASecond;
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < deadline, $"Not within {deadline.TotalMilliseconds} ms: {missing}.");
            using var timer = new PeriodicTimer(Pause);
            await timer.WaitForNextTickAsync();
        }
    }
}
