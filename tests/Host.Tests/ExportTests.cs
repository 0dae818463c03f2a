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

        await using var restored = await Instance.Start(copy, arguments: Handbook.ArgumentsOf(Handbook.Restore, ("/var/lib/orleanslinks-restored", copy)));
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

        // What was killed is exported too, with all that it had answered.
        await Handbook.Run(Handbook.Export, null, ("/var/lib/orleanslinks", folder.Path), ("/backup/monday", backups.File("tuesday")));
        await using var last = await Instance.Start(backups.File("tuesday"));
        await Ledger.CaughtUp(last.Operator);
        kept = (await last.Operator.List($"/tasks/{scene.Task}/clicks")).ConvertAll(click => click.Id());
        Assert.Distinct(kept);
        Assert.Empty(answered.Except(kept));
        Assert.Equal(kept.Count, (await last.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
    }

    [Fact]
    public async Task What_cannot_be_exported_or_imported_is_said_in_one_line_and_nothing_is_left_of_it()
    {
        using var folder = new TemporaryFolder();
        using var backups = new TemporaryFolder();
        await using (var made = await Instance.Start(folder.Path))
        {
            await made.Stop();
        }

        var to = backups.File("monday");
        await Refuses("no data folder", "dotnet", Repository.Edge, "export", "--data", folder.File("missing"), "--to", to);
        await Refuses("export.json", "dotnet", [.. Import(folder.Path)]);

        // Where no file can be longer than that; and no signal instead of an error.
        await Refuses("links.db", "bash", "-c", $"trap '' XFSZ; ulimit -f 40; exec dotnet '{Repository.Edge}' export --data '{folder.Path}' --to '{to}'");
        Assert.Empty(Directory.GetFileSystemEntries(backups.Path));
    }

    [Fact]
    public async Task What_cannot_be_written_can_be_exported_all_the_same_and_a_damaged_export_is_neither_imported_nor_started_on()
    {
        using var folder = new TemporaryFolder();
        using var backups = new TemporaryFolder();
        var (monday, tuesday) = (backups.File("monday"), backups.File("tuesday"));
        string program;
        await using (var made = await Instance.Start(folder.Path))
        {
            program = (await made.Operator.Post("/programs", Scene.NewProgram)).Id();
            await made.Kill();
        }

        // That of a program that was killed has logs beside its databases, and an export has none.
        await ExportReadOnly(folder.Path, monday);
        await ExportReadOnly(monday, tuesday);
        await using (var database = File.Open(Path.Combine(monday, "links.db"), FileMode.Open))
        {
            database.Seek(-1, SeekOrigin.End);
            database.WriteByte(1);
        }

        await Refuses("monday/links.db' is not what was exported", "dotnet", [.. Import(monday)]);
        await Refuses("monday/links.db' is not what was exported", "dotnet", Repository.Edge, "--data", monday, "--port", "0");
        await Refuses("Database:ConnectionString", "dotnet", [.. Import(tuesday)]);
        await using var restored = await Instance.Start(tuesday);
        Assert.Equal(program, Assert.Single(await restored.Operator.List("/programs")).Id());
        Assert.False(File.Exists(Path.Combine(tuesday, "export.json")));
    }

    private static string[] Import(string from) =>
        [Repository.Edge, "import", "--from", from, "--Database:Provider", "Postgres", "--Database:ConnectionString", "Host=/nowhere;Username=x;Database=x"];

    /// <summary>Exports a folder in which nothing can be written, not even by root.</summary>
    private static async Task ExportReadOnly(string from, string to)
    {
        var export = $"dotnet '{Repository.Edge}' export --data '{from}' --to '{to}'";
        var ended = await Child.Run("bash", ["-c", $"chmod -R a-w '{from}'; $([ $(id -u) -ne 0 ] || echo setpriv --bounding-set=-dac_override) {export}; code=$?; chmod -R u+w '{from}'; exit $code"]);
        Assert.True(ended.ExitCode == 0, ended.Errors);
    }

    private static async Task Refuses(string named, string program, params string[] arguments)
    {
        var ended = await Child.Run(program, arguments, new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0" });
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
