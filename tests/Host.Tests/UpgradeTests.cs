using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace OrleansLinks.Host;

/// <summary>What an older program made goes on to work.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task What_was_made_before_names_were_kept_is_found_by_its_name_after_the_upgrade()
    {
        using var folder = new TemporaryFolder();
        Scene scene;
        var tasks = new List<string>();
        await using (var instance = await Instance.Start(folder.Path))
        {
            scene = await Scene.Make(instance.Operator);
            tasks.Add(scene.Task);

            // More than are named in a turn.
            foreach (var some in Enumerable.Range(0, 600).Chunk(50))
            {
                tasks.AddRange((await Task.WhenAll(some.Select(_ => instance.Operator.Post($"/campaigns/{scene.Campaign}/tasks", scene.NewTask)))).Select(task => task.Id()));
            }

            await instance.Stop();
        }

        ForgetNames(folder.Path);
        await using var again = await Instance.Start(folder.Path);
        var client = again.Operator;
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        int found;
        while ((found = await Count(client, $"/campaigns/{scene.Campaign}/tasks", "TASK")) < tasks.Count)
        {
            Assert.True(watch.Elapsed < Child.Patience, $"Of {tasks.Count} tasks {found} are found by their names within {Child.Patience}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, await Count(client, "/programs", "brand"));
        Assert.Equal(1, await Count(client, "/partners", "PART"));
        Assert.Equal(1, await Count(client, $"/programs/{scene.Program}/campaigns", "paign"));
        Assert.Equal(1, await Count(client, $"/partners/{scene.Partner}/campaigns", "campaign"));

        await client.Patch($"/tasks/{scene.Task}", new { name = "Renamed" });
        Assert.Equal(1, await Count(client, $"/partners/{scene.Partner}/tasks", "renamed"));
        Assert.Equal(tasks.Count - 1, await Count(client, $"/partners/{scene.Partner}/tasks", "task"));
    }

    private static async Task<int> Count(Client client, string path, string search)
    {
        var count = 0;
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.Get($"{path}?search={search}&limit=500{(cursor.Length == 0 ? "" : $"&cursor={cursor}")}");
            count += page.GetProperty("items").GetArrayLength();
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return count;
    }

    /// <summary>Takes the database back to the schema that had no names.</summary>
    private static void ForgetNames(string folder)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "links.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DROP TABLE directory_names; PRAGMA user_version = 8;";
        command.ExecuteNonQuery();
    }
}
