using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansLinks.Host;

public sealed class RestartTests
{
    [Fact]
    public Task Everything_is_there_after_a_stop_and_a_start() => Everything_is_there_after(instance => instance.Stop());

    [Fact]
    public Task Everything_is_there_after_a_kill_and_a_start() => Everything_is_there_after(instance => instance.Kill());

    private static async Task Everything_is_there_after(Func<Instance, Task> end)
    {
        using var folder = new TemporaryFolder();
        string[] paths;
        string trackingUrl, page, before;
        int port;
        await using (var instance = await Instance.Start(folder.Path))
        {
            port = instance.Port;
            var scene = await Scene.Make(instance.Operator);
            var link = await instance.Operator.Post(scene.Links, Scene.NewLink(1));
            trackingUrl = link.Text("trackingUrl");
            page = link.Text("landingPage");
            var clicks = new List<string>();
            for (var i = 0; i < 3; i++)
            {
                clicks.Add(ClickIdOf(await instance.Operator.Click(trackingUrl)));
            }

            paths =
            [
                "/programs",
                $"/programs/{scene.Program}",
                $"/programs/{scene.Program}/campaigns",
                $"/campaigns/{scene.Campaign}",
                $"/campaigns/{scene.Campaign}/participants",
                $"/campaigns/{scene.Campaign}/tasks",
                $"/campaigns/{scene.Campaign}/counters",
                $"/partners/{scene.Partner}/campaigns",
                $"/partners/{scene.Partner}/tasks",
                $"/tasks/{scene.Task}",
                $"/tasks/{scene.Task}/links",
                $"/tasks/{scene.Task}/counters",
                $"/tasks/{scene.Task}/clicks",
                $"/links/{link.Id()}",
                $"/links/{link.Id()}/counters",
                .. clicks.Select(id => $"/clicks/{id}"),
            ];
            before = await ReadAll(instance.Operator, paths);
            Assert.Equal(3, (await instance.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
            Assert.Single((await instance.Operator.Get(scene.Links)).GetProperty("items").EnumerateArray());
            await end(instance);
        }

        // At the same port, which is part of the links: it must be free at once.
        await using var again = await Instance.Start(folder.Path, port);
        Assert.Equal(before, await ReadAll(again.Operator, paths));
        Assert.StartsWith($"{page}?clickid=clk_", await again.Operator.Click(trackingUrl), StringComparison.Ordinal);
    }

    private static string ClickIdOf(string landingPage) => landingPage[landingPage.IndexOf("clk_", StringComparison.Ordinal)..];

    /// <summary>What the API says at those paths, without the time at which it says so.</summary>
    private static async Task<string> ReadAll(Client client, string[] paths)
    {
        var all = new JsonObject();
        foreach (var path in paths)
        {
            var answer = JsonObject.Create(await client.Get(path))!;
            answer.Remove("asOf");
            all[path] = answer;
        }

        return all.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
