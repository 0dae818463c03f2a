using System.Collections.Concurrent;
using System.Globalization;

namespace OrleansLinks.Host;

/// <summary>Clicks while the process is killed again and again; <c>bench/crash.sh</c> kills it more often.</summary>
public sealed class ClickCrashTests
{
    /// <summary>Names how often the process is killed.</summary>
    private const string KillsVariable = "ORLEANSLINKS_TEST_KILLS";

    private const int Visitors = 24;
    private const int Links = 200;

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_click_that_was_answered_is_kept_and_counted_once_whenever_the_process_is_killed()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        Scene scene;
        List<(string Id, string Url)> links;
        await using (var first = await Instance.Start(folder.Path, port))
        {
            scene = await Scene.Make(first.Operator);
            var made = await first.Operator.Post($"{scene.Links}/batch", Client.Json(Enumerable.Range(0, Links).Select(Scene.NewLink)));
            links = [.. made.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("link")).Select(link => (link.Id(), link.Text("trackingUrl")))];
        }

        var answered = new ConcurrentQueue<string>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await ClickUntilKilled(folder.Path, port, links, answered);
        }

        await using var again = await Instance.Start(folder.Path, port);
        await Ledger.CaughtUp(again.Operator);
        Assert.True(answered.Count > Kills, "Hardly a click was answered.");
        Assert.Distinct(answered);
        await Parallel.ForEachAsync(answered, async (id, _) => Assert.Equal(id, (await again.Operator.Get($"/clicks/{id}")).Id()));

        var listed = (await again.Operator.List($"/tasks/{scene.Task}/clicks")).ConvertAll(click => click.Id());
        Assert.Distinct(listed);
        Assert.Subset(listed.ToHashSet(), answered.ToHashSet());
        Assert.Equal(listed.Count, (await again.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
        Assert.Equal(listed.Count, (await again.Operator.Get($"/campaigns/{scene.Campaign}/counters")).Number("clicks"));
        var ofLinks = await Task.WhenAll(links.Select(async link => (await again.Operator.Get($"/links/{link.Id}/counters")).Number("clicks")));
        Assert.Equal(listed.Count, ofLinks.Sum());

        // Kept without its answer is only what was under way: one click for each visitor and kill at most.
        Assert.InRange(listed.Count - answered.Count, 0, Visitors * Kills);
    }

    /// <summary>Clicks until the process is killed, at any moment of its first seconds: also while it works off what the one before left.</summary>
    private static async Task ClickUntilKilled(string folder, int port, List<(string Id, string Url)> links, ConcurrentQueue<string> answered)
    {
        await using var instance = await Instance.Start(folder, port);
        var before = answered.Count;
        var clicks = Random.Shared.Next(1, 4000);
        await Task.WhenAll(Enumerable.Range(0, Visitors).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    var location = await instance.Operator.Click(links[Random.Shared.Next(links.Count)].Url);
                    answered.Enqueue(location[location.IndexOf("clk_", StringComparison.Ordinal)..]);
                    if (answered.Count - before == clicks)
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
