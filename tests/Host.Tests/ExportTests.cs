using System.Collections.Concurrent;

namespace OrleansLinks.Host;

/// <summary>Copies of a data folder that is in use, and starts on them.</summary>
public sealed class ExportTests
{
    private const int Visitors = 12;
    private const int Links = 100;
    private const int Before = 500;

    [Fact]
    public void Every_command_of_the_handbook_is_one_that_a_test_runs() => Assert.Equal(Handbook.Commands, Handbook.Written());

    [Fact]
    public async Task What_was_answered_before_an_export_is_in_it_once_though_clicks_go_on_and_the_original_is_killed()
    {
        using var folder = new TemporaryFolder();
        using var backups = new TemporaryFolder();
        var copy = backups.File("monday");
        var answered = new ConcurrentQueue<string>();
        string[] before;
        Scene scene;
        string key;
        await using (var original = await Instance.Start(folder.Path))
        {
            scene = await Scene.Make(original.Operator);
            key = (await original.Operator.Post("/keys", new { role = "brand", programId = scene.Program, name = "brand" })).Text("key");
            var made = await original.Operator.Post($"{scene.Links}/batch", Client.Json(Enumerable.Range(0, Links).Select(Scene.NewLink)));
            string[] links = [.. made.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("link").Text("trackingUrl"))];
            var visitors = Task.WhenAll(Enumerable.Range(0, Visitors).Select(visitor => Visit(original, links, visitor, answered)));
            await More(answered, Before);

            before = [.. answered];
            var sold = await original.Operator.Post("/conversions", new { clickId = before[0], orderId = "A-1", amount = new { amount = "10.00", currency = "EUR" } });
            await Handbook.Run(Handbook.Export, null, ("/var/lib/orleanslinks", folder.Path), ("/backup/monday", copy));
            await More(answered, Before);
            await original.Kill();
            await visitors;
            Assert.Equal("pending", sold.Text("state"));
        }

        await using var restored = await Instance.Start(copy, arguments: Handbook.ArgumentsOf(Handbook.Restore, ("/backup/monday", copy)));
        var client = restored.Operator;
        await Ledger.CaughtUp(client);
        var kept = (await client.List($"/tasks/{scene.Task}/clicks")).ConvertAll(click => click.Id());
        Assert.Distinct(kept);
        Assert.Empty(before.Except(kept));
        Assert.Empty(kept.Except(answered).Skip(Visitors));
        var counters = await client.Get($"/tasks/{scene.Task}/counters");
        Assert.Equal((kept.Count, 1), (counters.Number("clicks"), counters.Number("conversions")));
        using var brand = new Client(restored.Origin, key);
        Assert.Equal(Links, (await brand.List(scene.Links)).Count);
    }

    [Fact]
    public async Task A_folder_of_a_program_that_was_killed_is_exported_too()
    {
        using var folder = new TemporaryFolder();
        using var backups = new TemporaryFolder();
        Scene scene;
        await using (var original = await Instance.Start(folder.Path))
        {
            scene = await Scene.Make(original.Operator);
            await original.Operator.Click((await original.Operator.Post(scene.Links, Client.Json(Scene.NewLink(1)))).Text("trackingUrl"));
            await original.Kill();
        }

        await Handbook.Run(Handbook.Export, null, ("/var/lib/orleanslinks", folder.Path), ("/backup/monday", backups.File("monday")));

        await using var restored = await Instance.Start(backups.File("monday"));
        await Ledger.CaughtUp(restored.Operator);
        Assert.Equal(1, (await restored.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
    }

    [Fact]
    public async Task What_cannot_be_exported_or_imported_is_said_in_one_line_and_nothing_is_left_of_it()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        await using (var made = await Instance.Start(folder.Path))
        {
            await Scene.Make(made.Operator);
            await made.Stop();
        }

        await File.WriteAllTextAsync(other.File("file"), "", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(other.File("empty"));
        Directory.CreateDirectory(other.File("full/thing"));
        Directory.CreateDirectory(other.File("broken.unfinished"));
        Directory.CreateDirectory(other.File("no-journal"));
        foreach (var database in new[] { "links.db", "grains.db" })
        {
            File.Copy(folder.File(database), other.File($"no-journal/{database}"));
        }

        var (data, to) = (folder.Path, other.File("to"));
        string[] postgres = ["--Database:Provider", "Postgres", "--Database:ConnectionString", $"Host={other.File("nowhere")};Username=x;Database=x"];
        await Task.WhenAll(
            Refuses("Export:To", "export", "--data", data),
            Refuses("no data folder", "export", "--data", other.File("missing"), "--to", to),
            Refuses("is a file", "export", "--data", other.File("file"), "--to", to),
            Refuses("is no data folder", "export", "--data", other.File("empty"), "--to", to),
            Refuses("Clicks:JournalFolder", "export", "--data", other.File("no-journal"), "--to", to),
            Refuses("is a file", "export", "--data", data, "--to", other.File("file")),
            Refuses("is not empty", "export", "--data", data, "--to", other.File("full")),
            Refuses("was broken off", "export", "--data", data, "--to", other.File("broken")),
            Refuses("the data folder itself", "export", "--data", data, "--to", data),
            Refuses("in it", "export", "--data", data, "--to", Path.Combine(data, "to")),
            Refuses("cannot be created", "export", "--data", data, "--to", "/proc/self/to"));
        await Task.WhenAll(
            Refuses("Database:Provider", "import", "--from", data),
            Refuses("Database:ConnectionString", "import", "--from", data, "--Database:Provider", "Postgres"),
            Refuses("Import:From", ["import", .. postgres]),
            Refuses("no folder", ["import", "--from", other.File("missing"), .. postgres]),
            Refuses("is a file", ["import", "--from", other.File("file"), .. postgres]),
            Refuses("is no export", ["import", "--from", other.File("empty"), .. postgres]),
            Refuses("no journal", ["import", "--from", other.File("no-journal"), .. postgres]),
            Refuses("Database:ConnectionString", ["import", "--from", data, .. postgres]));

        Assert.False(Directory.Exists(to));
        Assert.False(Directory.Exists(other.File("empty/.lock")));
        Assert.Equal(["broken.unfinished", "empty", "file", "full", "no-journal"], Directory.GetFileSystemEntries(other.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_export_that_finds_no_room_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using var backups = new TemporaryFolder();
        await using (var made = await Instance.Start(folder.Path))
        {
            await made.Stop();
        }

        // No file can be longer than that; and no signal instead of an error.
        var ended = await Child.Run(
            "bash",
            ["-c", $"trap '' XFSZ; ulimit -f 40; exec dotnet '{Repository.Edge}' export --data '{folder.Path}' --to '{backups.File("monday")}'"],
            new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" });

        ended.IsOneLineThatNames("links.db");
        Assert.Empty(Directory.GetFileSystemEntries(backups.Path));
    }

    private static async Task Refuses(string named, params string[] arguments)
    {
        var ended = await Child.Run("dotnet", [Repository.Edge, .. arguments]);
        ended.IsOneLineThatNames(named);
        Assert.Equal(1, ended.ExitCode);
    }

    private static async Task Visit(Instance instance, string[] links, int visitor, ConcurrentQueue<string> answered)
    {
        try
        {
            for (var i = visitor; ; i++)
            {
                var location = await instance.Operator.Click(links[i % links.Length]);
                answered.Enqueue(location[location.IndexOf("clk_", StringComparison.Ordinal)..]);
            }
        }
        catch (Exception exception) when (Client.IsGone(exception))
        {
            // It is killed.
        }
    }

    private static async Task More(ConcurrentQueue<string> answered, int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var goal = answered.Count + count;
        using var deadline = new CancellationTokenSource(Child.Patience);
        while (answered.Count < goal)
        {
            Assert.True(await timer.WaitForNextTickAsync(deadline.Token), "Clicks are not answered.");
        }
    }
}
