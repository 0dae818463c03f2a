using System.Collections.Concurrent;

namespace OrleansLinks.Host;

public sealed class ClickCrashTests
{
    private const int Rounds = 3;
    private const int Visitors = 24;

    [Fact]
    public async Task A_click_that_was_answered_is_kept_and_counted_once_after_a_kill()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        Scene scene;
        var links = new List<(string Id, string Url)>();
        await using (var first = await Instance.Start(folder.Path, port))
        {
            scene = await Scene.Make(first.Operator);
            for (var number = 0; number < 7; number++)
            {
                var link = await first.Operator.Post(scene.Links, Scene.NewLink(number));
                links.Add((link.Id(), link.Text("trackingUrl")));
            }
        }

        var answered = new ConcurrentQueue<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            await ClickUntilKilled(folder.Path, port, links, answered, round * 400);

            await using var again = await Instance.Start(folder.Path, port);
            Assert.Distinct(answered);
            await Parallel.ForEachAsync(answered, async (id, _) => Assert.Equal(id, (await again.Operator.Get($"/clicks/{id}")).Id()));

            var listed = (await again.Operator.List($"/tasks/{scene.Task}/clicks")).ConvertAll(click => click.Id());
            Assert.Distinct(listed);
            Assert.Subset(listed.ToHashSet(), answered.ToHashSet());
            Assert.Equal(listed.Count, (await again.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
            Assert.Equal(listed.Count, (await again.Operator.Get($"/campaigns/{scene.Campaign}/counters")).Number("clicks"));
            var ofLinks = 0L;
            foreach (var (id, _) in links)
            {
                ofLinks += (await again.Operator.Get($"/links/{id}/counters")).Number("clicks");
            }

            Assert.Equal(listed.Count, ofLinks);

            // Kept without its answer is only what was under way: one click for each visitor and round at most.
            Assert.InRange(listed.Count - answered.Count, 0, Visitors * round);
        }
    }

    private static async Task ClickUntilKilled(
        string folder, int port, List<(string Id, string Url)> links, ConcurrentQueue<string> answered, int answers)
    {
        await using var instance = await Instance.Start(folder, port);
        var left = answers;
        await Task.WhenAll(Enumerable.Range(0, Visitors).Select(async visitor =>
        {
            try
            {
                for (var i = visitor; ; i++)
                {
                    var location = await instance.Operator.Click(links[i % links.Count].Url);
                    answered.Enqueue(location[location.IndexOf("clk_", StringComparison.Ordinal)..]);
                    if (Interlocked.Decrement(ref left) == 0)
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
