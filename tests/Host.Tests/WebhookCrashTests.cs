using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansLinks.Host;

/// <summary>Events while the process that makes and sends them is killed again and again.</summary>
public sealed class WebhookCrashTests
{
    private const int Shops = 8;
    private const int Kills = 2;

    private static readonly string[] Events = ["conversion.created", "conversion.adjusted"];
    private static readonly string[] Paths = ["/brand", "/partner"];

    [Fact]
    public async Task What_was_acknowledged_comes_to_both_sides_in_order_and_repeats_are_known_by_their_id_whenever_the_process_is_killed()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await WebhookReceiver.Start();
        var seen = new ConcurrentDictionary<string, int>();
        receiver.Answer = one => seen.AddOrUpdate(one.Path + one.Id, 1, (_, times) => times + 1) == 1 && one.Id.EndsWith('7') ? 503 : 200;
        var port = Instance.FreePort();
        string clickId;
        await using (var first = await Start(folder.Path, port))
        {
            var scene = await Scene.Make(first.Operator);
            var link = await first.Operator.Post(scene.Links, Client.Json(Scene.NewLink(1)));
            var location = await first.Operator.Click(link.Text("trackingUrl"));
            clickId = location[location.IndexOf("clk_", StringComparison.Ordinal)..];
            await Ledger.CaughtUp(first.Operator);
            await first.Operator.Post("/webhooks", new { url = receiver.Address + "/brand", events = Events, programId = scene.Program });
            await first.Operator.Post("/webhooks", new { url = receiver.Address + "/partner", events = Events, partnerId = scene.Partner });
        }

        // The conversion, and how often its change was acknowledged.
        var acknowledged = new ConcurrentDictionary<string, int>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await ReportUntilKilled(folder.Path, port, clickId, acknowledged);
        }

        await using var again = await Start(folder.Path, port);
        Assert.True(acknowledged.Count > Kills, "Hardly an order was acknowledged.");
        var watch = Stopwatch.StartNew();
        while (Missing() is { Length: > 0 } missing)
        {
            Assert.True(watch.Elapsed < Child.Patience, $"{missing.Length} of {acknowledged.Count} events have not come in {watch.Elapsed}, such as {missing[0]}.");
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        foreach (var path in Paths)
        {
            var taken = receiver.TakenAt(path);
            Assert.All(taken.GroupBy(one => one.Id), same => Assert.Single(same.Select(one => one.Body).Distinct()));
            foreach (var conversion in taken.DistinctBy(one => one.Id).GroupBy(one => one.Data["id"]!.GetValue<string>()))
            {
                Assert.Equal(Enumerable.Range(1, conversion.Count()).Select(number => (long)number), conversion.Select(one => one.Sequence));
            }

            // What comes again was under way, or had just come, when the process was killed.
            Assert.InRange(taken.Length - taken.DistinctBy(one => one.Id).Count(), 0, 16 * (Kills + 1));
        }

        string[] Missing()
        {
            var received = receiver.Received.Where(one => one.IsTaken).Select(one => $"{one.Path} {one.Data["id"]} {one.Sequence}").ToHashSet();
            return [.. Paths.SelectMany(path => acknowledged.SelectMany(one => Enumerable.Range(1, one.Value).Select(sequence => $"{path} {one.Key} {sequence}"))).Where(one => !received.Contains(one))];
        }
    }

    private static Task<Instance> Start(string folder, int port) => Instance.Start(folder, port, arguments: ["--Webhooks:AllowPrivateNetworks", "true"]);

    private static async Task ReportUntilKilled(string folder, int port, string clickId, ConcurrentDictionary<string, int> acknowledged)
    {
        await using var instance = await Start(folder, port);
        var before = acknowledged.Count;
        var orders = Random.Shared.Next(1, 500);
        await Task.WhenAll(Enumerable.Range(0, Shops).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    var conversion = await instance.Operator.Post("/conversions", new { clickId, orderId = Guid.NewGuid(), amount = new { amount = "10.00", currency = "EUR" } });
                    acknowledged[conversion.Id()] = 1;
                    if (acknowledged.Count - before >= orders)
                    {
                        instance.Child.Kill();
                    }

                    await instance.Operator.Post($"/conversions/{conversion.Id()}/adjust", new { amount = new { amount = "12.00", currency = "EUR" } });
                    acknowledged[conversion.Id()] = 2;
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
