using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace OrleansLinks.Clusters;

/// <summary>From one process over SQLite to a cluster.</summary>
public sealed class MoveTests(RunningCluster cluster)
{
    private const int Clicks = 40;
    private const int Waiting = 10;
    private static readonly string[] Events = ["conversion.created"];

    [Fact]
    public async Task Everything_works_on_in_the_cluster_as_it_was_left_in_the_process()
    {
        await cluster.Run("CREATE DATABASE moved");
        using var folder = new TemporaryFolder();
        await using var receiver = await WebhookReceiver.Start();
        receiver.Answer = _ => 500;
        (string, string)[] places =
        [
            ("/var/lib/orleanslinks-edge", folder.File("edge")), ("/var/lib/orleanslinks", folder.File("data")), ("/backup/move", folder.File("move")),
            ("$DATABASE", cluster.ConnectionStringOf("moved")),
        ];
        var database = new Dictionary<string, string?> { ["DATABASE"] = cluster.ConnectionStringOf("moved") };
        Left left;
        Scene other;
        await using (var process = await Instance.Start(folder.File("data"), arguments: ["--Webhooks:AllowPrivateNetworks", "true"]))
        {
            left = await Left.Make(process, receiver.Address);
            other = await Scene.Make(process.Operator);
            var link = (await process.Operator.Post(other.Links, Client.Json(Scene.NewLink(1)))).Text("trackingUrl");
            await process.Operator.Peek(link);
            await Ledger.CaughtUp(process.Operator);
            left.Told = await left.Tell(process);

            // While somebody else holds the ledger, clicks wait in the journal alone.
            using (Hold(folder.File("data/links.db")))
            {
                for (var i = 0; i < Waiting; i++)
                {
                    await process.Operator.Click(link);
                }

                await Handbook.Run(Handbook.ExportToMove, null, places);
                await process.Kill();
            }
        }

        var moved = await Handbook.Run(Handbook.Import, database, [.. places.Where(place => place.Item1 != "$DATABASE")]);
        Assert.Contains("drift 0", moved.Output, StringComparison.Ordinal);
        Assert.Contains($" {Waiting} clicks of its journal", moved.Output, StringComparison.Ordinal);
        Assert.Equal(["export.json", "grains.db", "journal", "links.db"], Directory.EnumerateFileSystemEntries(folder.File("move")).Select(Path.GetFileName).Order());
        (await Handbook.Try(Handbook.Import, database, [.. places.Where(place => place.Item1 != "$DATABASE")])).IsOneLineThatNames("is not empty");

        await using var silo = await Silo.Start([.. Handbook.ArgumentsOf(Handbook.Silo, places), "--Webhooks:AllowPrivateNetworks", "true"]);
        await using var edge = await Instance.Start(folder.File("edge"), arguments: Handbook.ArgumentsOf(Handbook.Edge, places));
        var client = edge.Operator;
        Assert.Equal(left.Told, await left.Tell(edge));
        Assert.Equal(Waiting, (await client.Get($"/tasks/{other.Task}/counters")).Number("clicks"));
        await Ledger.CaughtUp(client);

        // Links lead where they led, and to nowhere where they were disabled.
        Assert.StartsWith("https://www.example.com/page/1?", await client.Click(edge.Origin + left.Path), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, await client.StatusOfLink(edge.Origin + left.DisabledPath));
        var counters = await client.Get($"/tasks/{left.Scene.Task}/counters");
        Assert.Equal((Clicks + 1, 1), (counters.Number("clicks"), counters.Number("uniqueClicks")));

        // Keys work, and those that were revoked do not.
        using (var brand = new Client(edge.Origin, left.BrandKey))
        {
            Assert.Equal(left.Scene.Program, Assert.Single(await brand.List("/programs")).Id());
        }

        using (var revoked = new Client(edge.Origin, left.RevokedKey))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await revoked.StatusOf("/keys/current"));
        }

        // Requests that were answered are answered again, orders that were reported are known, and others of old clicks are taken.
        Assert.Equal(left.Link.Id(), (await client.Post(left.Scene.Links, Client.Json(Scene.NewLink(1)), "first-link")).Id());
        Assert.Equal(left.Conversion, (await left.Sell(client, "A-1")).Id());
        await left.Sell(client, "A-2");
        await client.Post(left.Scene.Links, Client.Json(Scene.NewLink(3)));
        await client.Patch($"/campaigns/{left.Scene.Campaign}", new { name = "Renamed" });
        Assert.Equal(2, (await client.Get($"/tasks/{left.Scene.Task}/counters")).Number("conversions"));

        // What was still to be delivered is, with what comes after it.
        receiver.Answer = _ => 200;
        await client.Patch($"/webhooks/{left.Webhook}", new { enabled = true });
        await Eventually.So(
            () => Task.FromResult(receiver.TakenAt("/hook").Select(one => one.Data["orderId"]!.GetValue<string>()).Distinct().Order().SequenceEqual(["A-1", "A-2"])),
            "the events of both orders come",
            TimeSpan.FromSeconds(30));
        await Ledger.CaughtUp(client);
    }

    /// <summary>Keeps others from writing to a database.</summary>
    private static SqliteConnection Hold(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }

    /// <summary>What a process was left with.</summary>
    private sealed class Left
    {
        public required Scene Scene { get; init; }

        public required JsonElement Link { get; init; }

        public required JsonElement Disabled { get; init; }

        public required string ClickId { get; init; }

        public required string BrandKey { get; init; }

        public required string RevokedKey { get; init; }

        public required string Webhook { get; init; }

        public string Conversion { get; private set; } = "";

        public string Told { get; set; } = "";

        public string Path => Links.PathOf(Link);

        public string DisabledPath => Links.PathOf(Disabled);

        public static async Task<Left> Make(Instance process, string receiver)
        {
            var client = process.Operator;
            var scene = await Scene.Make(client);
            var webhook = await client.Post("/webhooks", new { url = receiver + "/hook", events = Events, programId = scene.Program });
            var link = await client.Post(scene.Links, Client.Json(Scene.NewLink(1)), "first-link");
            var disabled = await client.Post(scene.Links, Client.Json(Scene.NewLink(2)));
            await client.Delete($"/links/{disabled.Id()}");
            var revoked = await client.Post("/keys", new { role = "brand", programId = scene.Program, name = "revoked" });
            await client.Delete($"/keys/{revoked.Id()}");
            var clickId = "";
            for (var i = 0; i < Clicks; i++)
            {
                var location = await client.Click(link.Text("trackingUrl"));
                clickId = location[location.IndexOf("clk_", StringComparison.Ordinal)..];
            }

            var left = new Left
            {
                Scene = scene,
                Link = link,
                Disabled = disabled,
                ClickId = clickId,
                BrandKey = (await client.Post("/keys", new { role = "brand", programId = scene.Program, name = "brand" })).Text("key"),
                RevokedKey = revoked.Text("key"),
                Webhook = webhook.Id(),
            };
            left.Conversion = (await left.Sell(client, "A-1")).Id();
            return left;
        }

        public Task<JsonElement> Sell(Client client, string orderId) =>
            client.Post("/conversions", new { clickId = ClickId, orderId, amount = new { amount = "10.00", currency = "EUR" } });

        /// <summary>All that the API tells of it, but for when it was asked and at which address.</summary>
        public async Task<string> Tell(Instance instance)
        {
            var client = instance.Operator;
            var told = new List<string>();
            foreach (var path in new[]
            {
                $"/programs/{Scene.Program}", $"/campaigns/{Scene.Campaign}", $"/tasks/{Scene.Task}", $"/links/{Link.Id()}", $"/links/{Disabled.Id()}", $"/clicks/{ClickId}",
                $"/clicks/{ClickId}/why", $"/conversions/{Conversion}", $"/conversions/{Conversion}/why", "/programs?search=BRAND",
            })
            {
                told.Add((await client.Get(path)).ToString());
            }

            foreach (var path in new[]
            {
                $"/tasks/{Scene.Task}/clicks", Scene.Links, $"/campaigns/{Scene.Campaign}/conversions", $"/programs/{Scene.Program}/campaigns", "/keys", "/partners",
            })
            {
                told.AddRange((await client.List(path)).ConvertAll(item => item.ToString()));
            }

            var report = await client.Get($"/reports/performance?groupBy=day,link&from=2026-01-01&programId={Scene.Program}");
            told.Add($"{report.GetProperty("items")} {report.GetProperty("totals")}");
            return string.Join('\n', told).Replace(instance.Origin, "", StringComparison.Ordinal);
        }
    }
}
