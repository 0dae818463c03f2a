using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace OrleansLinks.Host;

/// <summary>Visitors while something that clicks need is broken.</summary>
public sealed class OutageTests
{
    private const int Visitors = 16;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(4);

    /// <summary>How soon after the end of an outage all clicks are counted.</summary>
    private static readonly TimeSpan CountedWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Visitors_get_through_while_the_database_is_locked_and_their_clicks_are_counted_soon_after()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);
        var scene = await Scene.Make(instance.Operator);
        var urls = await MakeLinks(instance, scene);
        var answered = new ConcurrentQueue<string>();

        using (LockDatabase(folder.Path, "links.db"))
        using (LockDatabase(folder.Path, "grains.db"))
        {
            await ClickFor(Outage, instance, urls, answered);
            var ledger = await instance.Operator.Get("/ledger");
            Assert.Equal(answered.Count, ledger.Number("durable"));
            Assert.InRange(ledger.Number("oldestUnappliedMs"), (Outage / 2).TotalMilliseconds, double.MaxValue);
        }

        await Ledger.CaughtUp(instance.Operator, CountedWithin);
        Assert.Equal(answered.Count, (await instance.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
    }

    [Theory]
    [InlineData("Disk")]
    [InlineData("Ledger")]
    [InlineData("Buffered")]
    public async Task Whatever_a_redirect_waits_for_its_click_is_counted_once_and_found(string durability)
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path, arguments: ["--Clicks:Durability", durability]);
        var scene = await Scene.Make(instance.Operator);
        var urls = await MakeLinks(instance, scene);
        var answered = new ConcurrentQueue<string>();
        await ClickUntil(() => Task.FromResult(answered.Count > 500), instance, urls, answered);
        if (durability == "Ledger")
        {
            Assert.True((await instance.Operator.Get("/ledger")).Number("applied") >= answered.Count);
        }

        // Asked to stop, it leaves nothing behind: neither in memory nor in the journal.
        await instance.Stop();
        await using var again = await Instance.Start(folder.Path, instance.Port);
        await Ledger.CaughtUp(again.Operator);
        Assert.Equal(answered.Count, (await again.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
    }

    [Fact]
    public async Task A_full_journal_is_shouted_visitors_get_through_and_what_is_not_kept_is_counted_as_lost()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path, arguments: ["--Clicks:JournalMaxBytes", "1000000", "--Clicks:JournalMaxHeldBytes", "300000"]);
        var scene = await Scene.Make(instance.Operator);
        var urls = await MakeLinks(instance, scene);
        var answered = new ConcurrentQueue<string>();
        using (LockDatabase(folder.Path, "links.db"))
        {
            await ClickUntil(async () => (await instance.Operator.Get("/ledger")).Number("lost") > 0, instance, urls, answered);
            var ledger = await instance.Operator.Get("/ledger");
            Assert.Contains("Clicks:JournalMaxBytes", ledger.Text("trouble"), StringComparison.Ordinal);
            using var http = new HttpClient();
            Assert.Contains("Clicks:JournalMaxBytes", await http.GetStringAsync($"{instance.Origin}/health/ready", TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Contains("orleanslinks_journal_writable{otel_scope_name=\"OrleansLinks\"} 0", await http.GetStringAsync($"{instance.Origin}/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Contains(instance.Child.Output, line => line.Contains("Clicks:JournalMaxBytes", StringComparison.Ordinal));
        }

        var counted = 0L;
        var lost = 0L;
        await Eventually.Is(async () =>
        {
            lost = (await instance.Operator.Get("/ledger")).Number("lost");
            counted = (await instance.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks");
            return counted + lost == answered.Count;
        });
        Assert.True(lost > 0 && counted > 0, $"{answered.Count} answered, {counted} counted, {lost} lost");

        // What was lost stays known, and the journal works again.
        await instance.Stop();
        await using var again = await Instance.Start(folder.Path, instance.Port);
        Assert.Equal(lost, (await again.Operator.Get("/ledger")).Number("lost"));
        await again.Operator.Click(urls[0]);
        Assert.Equal(counted + 1, (await again.Operator.Get($"/tasks/{scene.Task}/counters")).Number("clicks"));
    }

    private static async Task<string[]> MakeLinks(Instance instance, Scene scene)
    {
        var made = await instance.Operator.Post($"{scene.Links}/batch", Client.Json(Enumerable.Range(0, 50).Select(Scene.NewLink)));
        string[] urls = [.. made.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("link").Text("trackingUrl"))];
        foreach (var url in urls)
        {
            await instance.Operator.Peek(url);
        }

        return urls;
    }

    private static Task ClickFor(TimeSpan time, Instance instance, string[] urls, ConcurrentQueue<string> answered)
    {
        var end = Task.Delay(time);
        return ClickUntil(async () =>
        {
            await Task.WhenAny(end, Task.Delay(100));
            return end.IsCompleted;
        }, instance, urls, answered);
    }

    /// <summary>Every click must be answered with its redirect.</summary>
    private static async Task ClickUntil(Func<Task<bool>> isOver, Instance instance, string[] urls, ConcurrentQueue<string> answered)
    {
        using var stop = new CancellationTokenSource();
        var visitors = Enumerable.Range(0, Visitors).Select(async visitor =>
        {
            for (var i = visitor; !stop.IsCancellationRequested; i++)
            {
                answered.Enqueue(await instance.Operator.Click(urls[i % urls.Length]));
            }
        }).ToArray();
        while (!await isOver())
        {
            Assert.False(visitors.Any(visitor => visitor.IsFaulted), visitors.FirstOrDefault(visitor => visitor.IsFaulted)?.Exception?.ToString());
        }

        await stop.CancelAsync();
        await Task.WhenAll(visitors);
    }

    /// <summary>Holds a database's write lock until disposal.</summary>
    private static SqliteConnection LockDatabase(string folder, string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, file), Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }
}
