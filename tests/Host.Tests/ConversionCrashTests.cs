using System.Collections.Concurrent;

namespace OrleansLinks.Host;

/// <summary>Orders while the process is killed again and again.</summary>
public sealed class ConversionCrashTests
{
    private const int Shops = 16;
    private const int Kills = 3;

    [Fact]
    public async Task A_conversion_that_was_acknowledged_is_there_once_and_counted_whenever_the_process_is_killed()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        Scene scene;
        string clickId;
        await using (var first = await Instance.Start(folder.Path, port))
        {
            scene = await Scene.Make(first.Operator);
            var link = await first.Operator.Post(scene.Links, Client.Json(Scene.NewLink(1)));
            var location = await first.Operator.Click(link.Text("trackingUrl"));
            clickId = location[location.IndexOf("clk_", StringComparison.Ordinal)..];
        }

        var acknowledged = new ConcurrentDictionary<string, string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await ReportUntilKilled(folder.Path, port, clickId, acknowledged);
        }

        await using var again = await Instance.Start(folder.Path, port);
        Assert.True(acknowledged.Count > Kills, "Hardly an order was acknowledged.");
        var listed = await again.Operator.List($"/campaigns/{scene.Campaign}/conversions");
        var byOrder = listed.ToDictionary(conversion => conversion.Text("orderId"), conversion => conversion.Id());
        Assert.All(acknowledged, order => Assert.Equal(order.Value, byOrder[order.Key]));
        var counters = await again.Operator.Get($"/campaigns/{scene.Campaign}/counters");
        Assert.Equal(listed.Count, counters.Number("conversions"));
        Assert.Equal($"{listed.Count * 10}.00", counters.GetProperty("revenue").Text("amount"));
        await Ledger.CaughtUp(again.Operator);

        // Kept without its answer is only what was under way.
        Assert.InRange(listed.Count - acknowledged.Count, 0, Shops * Kills);
    }

    private static async Task ReportUntilKilled(string folder, int port, string clickId, ConcurrentDictionary<string, string> acknowledged)
    {
        await using var instance = await Instance.Start(folder, port);
        var before = acknowledged.Count;
        var orders = Random.Shared.Next(1, 1000);
        await Task.WhenAll(Enumerable.Range(0, Shops).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    var order = Guid.NewGuid().ToString("N");
                    var conversion = await instance.Operator.Post("/conversions", new { clickId, orderId = order, amount = new { amount = "10.00", currency = "EUR" } });
                    acknowledged[order] = conversion.Id();
                    if (acknowledged.Count - before == orders)
                    {
                        instance.Child.Kill();
                    }
                }
            }
            catch (Exception exception) when (Client.IsGone(exception))
            {
                // It is killed.
            }
        }));
        await instance.Kill();
    }
}
