using System.Diagnostics;
using System.Text.Json;

namespace OrleansLinks.Processes;

/// <summary>Waits for the ledger.</summary>
internal static class Ledger
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until all clicks that were taken in are counted; checks that nothing was lost and nothing drifts.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> CaughtUp(Client client, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        JsonElement ledger;
        while ((ledger = await client.Get("/ledger")).Number("applied") != ledger.Number("journaled"))
        {
            Assert.True(watch.Elapsed < (within ?? Child.Patience), $"The ledger has not caught up in {watch.Elapsed}: {ledger}");
            using var timer = new PeriodicTimer(Pause);
            await timer.WaitForNextTickAsync();
        }

        Assert.True(ledger.Number("lost") == 0 && ledger.Number("oldestUnappliedMs") == 0, $"{ledger}");
        ledger = await client.Get("/ledger");
        Assert.True(ledger.Number("drift") == 0, $"{ledger}");
        return watch.Elapsed;
    }
}
