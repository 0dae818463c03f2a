using System.Collections.Concurrent;

namespace OrleansLinks.Clusters;

/// <summary>Events while the silos that make and send them are killed one after the other.</summary>
public sealed class WebhookTests(RunningCluster cluster)
{
    private static readonly string[] Events = ["conversion.created", "conversion.reversed"];

    [Fact]
    public async Task What_any_edge_acknowledged_comes_in_order_whichever_silo_is_killed()
    {
        await cluster.BeWhole();
        await using var receiver = await WebhookReceiver.Start();
        var scene = await Scene.Make(cluster.Operator);
        var link = await cluster.Operator.Post(scene.Links, Client.Json(Scene.NewLink(1)));
        var location = await cluster.Operator.Click(cluster.Edges[0].Instance.Origin + Links.PathOf(link));
        var clickId = location[location.IndexOf("clk_", StringComparison.Ordinal)..];
        await cluster.Operator.Post("/webhooks", new { url = receiver.Address + "/brand", events = Events, programId = scene.Program });
        await cluster.Operator.Post("/webhooks", new { url = receiver.Address + "/partner", events = Events, partnerId = scene.Partner });
        var acknowledged = new ConcurrentDictionary<string, int>();
        using var end = new CancellationTokenSource();
        var shops = Task.WhenAll(Enumerable.Range(0, 4).Select(shop => Task.Run(() => Sell(cluster.Edges[shop % 2].Instance.Operator, clickId, acknowledged, end.Token), end.Token)));

        for (var kill = 0; kill < 2; kill++)
        {
            await MoreCome(50);
            await cluster.Silos[0].Kill();
            await MoreCome(50);
            await cluster.BeWhole();
        }

        await end.CancelAsync();
        await shops;
        await Eventually.So(() => Task.FromResult(Missing().Length == 0), $"all events of {acknowledged.Count} conversions come", TimeSpan.FromSeconds(60));
        foreach (var conversion in receiver.Received.DistinctBy(one => one.Path + one.Id).GroupBy(one => (one.Path, one.Data["id"]!.GetValue<string>())))
        {
            Assert.Equal(conversion.Select(one => one.Sequence).Order(), conversion.Select(one => one.Sequence));
        }

        string[] Missing()
        {
            var received = receiver.Received.Select(one => $"{one.Path} {one.Data["id"]} {one.Sequence}").ToHashSet();
            return [.. acknowledged.SelectMany(one => Enumerable.Range(1, one.Value).SelectMany(number => new[] { $"/brand {one.Key} {number}", $"/partner {one.Key} {number}" })).Where(one => !received.Contains(one))];
        }

        async Task MoreCome(int count)
        {
            var before = receiver.Received.Length;
            await Eventually.So(() => Task.FromResult(receiver.Received.Length >= before + count), "events go on coming", TimeSpan.FromSeconds(30));
        }
    }

    private static async Task Sell(Client edge, string clickId, ConcurrentDictionary<string, int> acknowledged, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var conversion = await edge.Post("/conversions", new { clickId, orderId = Guid.NewGuid(), amount = new { amount = "10.00", currency = "EUR" } });
                acknowledged[conversion.Id()] = 1;
                await edge.Post($"/conversions/{conversion.Id()}/reverse");
                acknowledged[conversion.Id()] = 2;
            }
#pragma warning disable CA1031 // What is not acknowledged is nobody's business here.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.Yield();
            }
        }
    }
}
