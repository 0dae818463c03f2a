using System.Text.Json;

namespace OrleansLinks.Host;

public sealed class ManyLinksTests
{
    private const int Batches = 100;
    private const int BatchSize = 1000;
    private const long MaxResidentBytes = 600L * 1024 * 1024;

    [Fact]
    public async Task A_task_takes_100_000_links_in_little_memory_and_lists_them_all()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);
        var scene = await Scene.Make(instance.Operator);
        var body = Client.Json(Enumerable.Range(0, BatchSize).Select(Scene.NewLink));
        await Parallel.ForEachAsync(Enumerable.Range(0, Batches), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) =>
        {
            var answer = await instance.Operator.Post($"{scene.Links}/batch", body);
            Assert.Equal(BatchSize, answer.GetProperty("items").EnumerateArray().Count(item => item.Number("status") == 201));
        });

        var ids = new HashSet<string>();
        var page = await instance.Operator.Get($"{scene.Links}?limit=50");
        Add(page, 50);
        while (page.GetProperty("nextCursor").GetString() is { } cursor)
        {
            // In large steps to the end, and there in small ones to the last page.
            var left = (Batches * BatchSize) - ids.Count;
            var limit = left > 500 ? 500 : 50;
            page = await instance.Operator.Get($"{scene.Links}?limit={limit}&cursor={cursor}");
            Add(page, Math.Min(limit, left));
        }

        Assert.Equal(Batches * BatchSize, ids.Count);
        Assert.InRange(instance.Child.PeakResidentBytes, 0, MaxResidentBytes);

        void Add(JsonElement page, int count)
        {
            Assert.Equal(count, page.GetProperty("items").GetArrayLength());
            Assert.All(page.GetProperty("items").EnumerateArray(), link => Assert.True(ids.Add(link.Id())));
        }
    }
}
