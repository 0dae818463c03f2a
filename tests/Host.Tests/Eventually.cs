using System.Globalization;

namespace OrleansLinks.Host;

/// <summary>Waits for what is to come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until it is so.</summary>
    public static async Task Is(Func<Task<bool>> isSo)
    {
        using var timer = new PeriodicTimer(Pause);
        var deadline = DateTime.UtcNow + Child.Patience;
        while (!await isSo())
        {
            Assert.True(DateTime.UtcNow < deadline, string.Create(CultureInfo.InvariantCulture, $"Not so within {Child.Patience}."));
            await timer.WaitForNextTickAsync();
        }
    }
}
