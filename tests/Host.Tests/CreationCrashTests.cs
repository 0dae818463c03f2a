using System.Collections.Concurrent;
using System.Text.Json;

namespace OrleansLinks.Host;

public sealed class CreationCrashTests
{
    private const int Rounds = 2;

    [Fact]
    public async Task What_was_acknowledged_as_created_is_there_after_a_kill()
    {
        using var folder = new TemporaryFolder();
        var port = Instance.FreePort();
        Scene scene;
        await using (var first = await Instance.Start(folder.Path, port))
        {
            scene = await Scene.Make(first.Operator);
        }

        var everyLink = new HashSet<string>();
        for (var round = 1; round <= Rounds; round++)
        {
            var (acknowledged, cutOff) = await CreateUntilKilled(folder.Path, port, scene, acknowledgements: round * 40);
            Assert.Contains(acknowledged, creation => creation.Path == scene.Links);

            await using var again = await Instance.Start(folder.Path, port);
            var lists = new Dictionary<string, List<JsonElement>>();
            foreach (var path in acknowledged.Select(creation => creation.Path).Distinct())
            {
                lists[path] = await again.Operator.List(path);
                Assert.Distinct(lists[path].Select(item => item.Id()));
            }

            foreach (var creation in acknowledged)
            {
                var listed = lists[creation.Path].Where(item => item.Id() == creation.Answer.Id());
                Assert.True(listed.Count() == 1, $"{creation.Answer} is not in {creation.Path}.");
                if (creation.Kind is { } kind)
                {
                    AssertSame(creation.Answer, await again.Operator.Get($"{kind}/{creation.Answer.Id()}"));
                }

                AssertSame(creation.Answer, await again.Operator.Post(creation.Path, creation.Body, creation.IdempotencyKey));
            }

            // What was not acknowledged may be there or not; repeated, it is there once.
            foreach (var creation in cutOff)
            {
                var repeated = await again.Operator.Post(creation.Path, creation.Body, creation.IdempotencyKey);
                AssertSame(repeated, await again.Operator.Post(creation.Path, creation.Body, creation.IdempotencyKey));
            }

            var created = acknowledged.Concat(cutOff).Count(creation => creation.Path == scene.Links);
            var links = await again.Operator.List(scene.Links);
            Assert.Equal(everyLink.Count + created, links.Count);
            everyLink.UnionWith(links.Select(link => link.Id()));
            Assert.Equal(links.Count, everyLink.Count);
            foreach (var link in links.Take(50))
            {
                Assert.StartsWith($"{link.Text("landingPage")}?clickid=clk_", await again.Operator.Peek(link.Text("trackingUrl")), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Creates things of all kinds at once, kills the instance when it has acknowledged so many, and tells which it has.</summary>
    private static async Task<(List<Creation> Acknowledged, List<Creation> CutOff)> CreateUntilKilled(
        string folder, int port, Scene scene, int acknowledgements)
    {
        await using var instance = await Instance.Start(folder, port);
        var acknowledged = new ConcurrentQueue<Creation>();
        var cutOff = new ConcurrentQueue<Creation>();
        var left = acknowledgements;
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, 8).Select(_ => Create("/links", scene.Links, Scene.NewLink)),
            Create("/programs", "/programs", _ => Scene.NewProgram),
            Create("/partners", "/partners", _ => Scene.NewPartner),
            Create("/campaigns", $"/programs/{scene.Program}/campaigns", _ => Scene.NewCampaign),
            Create("/tasks", $"/campaigns/{scene.Campaign}/tasks", _ => scene.NewTask),
            Create(null, "/keys", _ => new { role = "brand", programId = scene.Program, name = "Key" }),
        ]);
        await instance.Kill();
        return ([.. acknowledged], [.. cutOff]);

        async Task Create(string? kind, string path, Func<int, object> body)
        {
            for (var number = 0; ; number++)
            {
                var creation = new Creation(kind, path, Client.Json(body(number)), Guid.NewGuid().ToString(), default);
                try
                {
                    creation = creation with { Answer = await instance.Operator.Post(path, creation.Body, creation.IdempotencyKey) };
                }
                catch (Exception exception) when (Client.IsGone(exception))
                {
                    cutOff.Enqueue(creation);
                    return;
                }

                if (Interlocked.Decrement(ref left) == 0)
                {
                    instance.Child.Kill();
                }

                acknowledged.Enqueue(creation);
            }
        }
    }

    private static void AssertSame(JsonElement expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(expected, actual), $"Expected {expected}\nbut got  {actual}");

    /// <summary>A request that creates, and its answer.</summary>
    /// <param name="Kind">Path under which things of its kind are read by their id; null when they are not.</param>
    /// <param name="Path">Path of the list that the thing is on, and that it is posted to.</param>
    /// <param name="Body">The body that was sent.</param>
    /// <param name="IdempotencyKey">The key that was sent with it.</param>
    /// <param name="Answer">The thing.</param>
    private sealed record Creation(string? Kind, string Path, string Body, string IdempotencyKey, JsonElement Answer);
}
