namespace OrleansLinks.Api.Tests.Clicks;

/// <summary>Counters that move while one watches.</summary>
public sealed class LiveCounterTests(RunningHost host)
{
    [Fact]
    public async Task The_totals_come_at_once_and_then_within_a_second_of_each_click()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await using var events = await world.Brand.Watch($"/tasks/{world.TaskId}/counters/live");
        var first = await events.Next();
        Assert.Equal(("counters", 0L), (first.Type, first.Clicks));
        Assert.Equal((await world.Brand.Get($"/tasks/{world.TaskId}/counters")).Json["revenue"]!.ToJsonString(), first.Json["revenue"]!.ToJsonString());

        for (var clicks = 1; clicks <= 3; clicks++)
        {
            (await world.Click(link["trackingUrl"])).Expect(302);
            var next = await events.TryNext(Eventually.ASecond);
            Assert.Equal(clicks, next?.Clicks);
            Assert.Equal(next!.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), next.Id);
        }
    }

    [Fact]
    public async Task Who_comes_back_is_sent_what_has_changed_meanwhile_and_nothing_twice()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.Click(link["trackingUrl"])).Expect(302);
        await Eventually.Is(async () => (await world.Brand.Get($"/tasks/{world.TaskId}/counters")).Json["clicks"]!.GetValue<int>() == 1, "the click is counted");
        long known;
        await using (var events = await world.Partner.Watch($"/tasks/{world.TaskId}/counters/live"))
        {
            known = (await events.Next()).Version;
        }

        await using var again = await world.Partner.Watch($"/tasks/{world.TaskId}/counters/live", known);
        Assert.Null(await again.TryNext(TimeSpan.FromMilliseconds(300)));
        (await world.Click(link["trackingUrl"])).Expect(302);
        Assert.Equal(2, (await again.Next()).Clicks);

        await using var later = await world.Partner.Watch($"/tasks/{world.TaskId}/counters/live", known);
        Assert.Equal(2, (await later.Next()).Clicks);
    }

    [Fact]
    public async Task A_watcher_is_told_at_most_five_times_a_second_and_of_the_last_click()
    {
        const int Clicks = 300;
        var world = await World.Make(host);
        var link = await world.MakeLink();
        await using var events = await world.Operator.Watch($"/tasks/{world.TaskId}/counters/live");
        await events.Next();

        var began = System.Diagnostics.Stopwatch.StartNew();
        var clicking = Parallel.ForAsync(0, Clicks, async (_, _) => (await world.Click(link["trackingUrl"])).Expect(302));
        var told = 0;
        var last = await events.Until(one => ++told > 0 && one.Clicks == Clicks, $"all {Clicks} clicks were counted");
        await clicking;

        Assert.InRange(told, 1, (5 * began.Elapsed.TotalSeconds) + 1);
        Assert.Equal(Clicks, last.Clicks);
    }

    [Fact]
    public async Task Many_watch_one_task_at_once_and_each_is_told_what_is_true()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        (await world.Click(link["trackingUrl"])).Expect(302);
        Assert.Equal(1, (await world.Brand.Get($"/tasks/{world.TaskId}/counters")).Json["clicks"]!.GetValue<int>());
        var watchers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => world.Brand.Watch($"/tasks/{world.TaskId}/counters/live")));
        try
        {
            Assert.All(await Task.WhenAll(watchers.Select(watcher => watcher.Next())), told => Assert.Equal(1, told.Clicks));
            (await world.Click(link["trackingUrl"])).Expect(302);
            Assert.All(await Task.WhenAll(watchers.Select(watcher => watcher.Next())), told => Assert.Equal(2, told.Clicks));
        }
        finally
        {
            foreach (var watcher in watchers)
            {
                await watcher.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_watcher_whose_key_is_revoked_is_sent_away_at_the_next_heartbeat()
    {
        var world = await World.Make(host);
        var key = (await world.Operator.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        await using var events = await host.As(key["key"]).Watch($"/tasks/{world.TaskId}/counters/live");
        await events.Next();
        (await world.Operator.Delete($"/keys/{key["id"]}")).Expect(204);
        await events.End();
    }
}
