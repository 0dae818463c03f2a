using System.Diagnostics;

namespace OrleansLinks.Edge;

internal static class Waiting
{
    /// <summary>How long anything may take before a test gives up on it; what is in order takes a fraction of that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a condition.</summary>
    public static async Task Until(string what, Func<bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"Waited in vain until {what}.");
            await Task.Delay(1);
        }
    }

    /// <summary>Waits for something that is to complete.</summary>
    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
}
