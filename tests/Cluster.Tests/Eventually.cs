using System.Diagnostics;

namespace OrleansLinks.Clusters;

/// <summary>Waits for what is to come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until it is so; whoever does not answer says no.</summary>
    /// <param name="isSo">What is asked.</param>
    /// <param name="missing">What has not happened when the time is over.</param>
    /// <param name="within">The time.</param>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> So(Func<Task<bool>> isSo, string missing, TimeSpan within)
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        do
        {
            try
            {
                if (await isSo())
                {
                    TestContext.Current.TestOutputHelper?.WriteLine($"{missing}: after {watch.Elapsed.TotalSeconds:0.00} s");
                    return watch.Elapsed;
                }
            }
            catch (Exception exception) when (exception is TaskCanceledException || Client.IsGone(exception))
            {
                last = exception;
            }

            await Task.Delay(Pause);
        }
        while (watch.Elapsed < within);

        Assert.Fail($"It did not happen in {within} that {missing}. {last?.Message}");
        return watch.Elapsed;
    }
}
