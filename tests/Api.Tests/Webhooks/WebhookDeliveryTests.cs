using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Webhooks;
using StandardWebhooks;

namespace OrleansLinks.Api.Tests.Webhooks;

/// <summary>What a receiver gets.</summary>
public sealed class WebhookDeliveryTests(PrivateNetworkHost host) : IClassFixture<PrivateNetworkHost>, IAsyncLifetime
{
    private static readonly string[] ForBrands =
        ["conversion.created", "conversion.attributed", "conversion.unmatched", "conversion.adjusted", "conversion.reversed", "conversion.approved"];

    private static readonly string[] ForPartners = ["conversion.created", "conversion.adjusted", "conversion.reversed", "conversion.approved"];

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ASecond = TimeSpan.FromSeconds(1);

    private WebhookReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await WebhookReceiver.Start();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task An_event_is_signed_so_that_a_library_for_standard_webhooks_takes_it()
    {
        var (world, clickId) = await Make();
        var webhook = await Hook(world, Who.Brand, "/brand", ForBrands);
        var conversion = (await world.Convert(clickId)).Expect(201);

        var received = await One("/brand");

        Assert.Equal(("conversion.created", received.Json["id"]!.GetValue<string>()), (received.Type, received.Id));
        Assert.Equal(conversion["id"], received.Data["id"]!.GetValue<string>());
        var signature = new StandardWebhook(webhook["secret"]).Sign(received.Id, DateTimeOffset.FromUnixTimeSeconds(received.Timestamp), received.Body);
        Assert.Equal([signature], received.Signatures);
        Assert.DoesNotContain(webhook["secret"], (await world.Brand.Get($"/webhooks/{webhook["id"]}")).Expect(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_side_is_told_what_the_api_tells_it()
    {
        var (world, clickId) = await Make();
        await Hook(world, Who.Brand, "/brand", ForBrands);
        await Hook(world, Who.Partner, "/partner", ForPartners);
        await Hook(await World.Make(host), Who.Brand, "/stranger", ForBrands);
        var id = (await world.Convert(clickId)).Expect(201)["id"];
        (await world.Brand.Post($"/conversions/{id}/adjust", new { amount = new { amount = "80.00", currency = "EUR" }, reason = "One was sent back." })).Expect(200);

        var (brand, partner) = (await Some("/brand", 2), await Some("/partner", 2));

        foreach (var (who, events) in new[] { (Who.Brand, brand), (Who.Partner, partner) })
        {
            Assert.Equal(["conversion.created", "conversion.adjusted"], events.Select(one => one.Type));
            Assert.Equal([1L, 2L], events.Select(one => one.Sequence));
            var told = (await world.As(who).Get($"/conversions/{id}")).Expect(200).Json;
            Assert.Equal(WithoutEntries(told), WithoutEntries(events[1].Data));
            Assert.Equal("100.00", events[0].Data["amount"]!["amount"]!.GetValue<string>());
            Assert.Equal("One was sent back.", events[1].Data["entries"]!.AsArray().Single()!["reason"]!.GetValue<string>());
            Assert.Equal((world.ProgramId, world.TaskId, world.PartnerId), (Text(events[0], "programId"), Text(events[0], "taskId"), Text(events[0], "partnerId")));
        }

        Assert.Equal(brand.Select(one => one.Id), partner.Select(one => one.Id));
        Assert.Empty(_receiver.TakenAt("/stranger"));

        static string Text(ReceivedEvent one, string name) => one.Json[name]!.GetValue<string>();

        static string WithoutEntries(JsonObject conversion)
        {
            var copy = conversion.DeepClone().AsObject();
            copy.Remove("entries");
            return copy.ToJsonString();
        }
    }

    [Fact]
    public async Task What_waits_for_its_click_or_has_none_is_the_brands_alone()
    {
        var (world, _) = await Make();
        await Hook(world, Who.Brand, "/brand", ForBrands);
        await Hook(world, Who.Partner, "/partner", ForPartners);
        var waiting = (await world.Brand.Post("/conversions", World.ConversionBody("clk_" + World.Absent))).Expect(202)["id"];
        var foreign = await World.Make(host);
        var clickId = World.ClickIdOf(await foreign.Click((await foreign.MakeLink())["trackingUrl"]));
        var unmatched = (await world.Convert(clickId)).Expect(201)["id"];

        var events = await Some("/brand", 2);

        Assert.Equal(
            new[] { (waiting, "conversion.created", "waitingForClick"), (unmatched, "conversion.created", "unmatched") }.Order(),
            events.Select(one => (one.Data["id"]!.GetValue<string>(), one.Type, one.Data["state"]!.GetValue<string>())).Order());
        Assert.Empty(_receiver.TakenAt("/partner"));
    }

    [Fact]
    public async Task Of_a_conversion_one_event_comes_after_the_other_however_often_the_receiver_fails_and_others_do_not_wait()
    {
        var (world, clickId) = await Make();
        var webhook = await Hook(world, Who.Brand, "/brand", ForBrands);
        var (slow, failures) = ((await world.Convert(clickId)).Expect(201)["id"], 3);
        _receiver.Answer = one => one.Data["id"]!.GetValue<string>() == slow && Interlocked.Decrement(ref failures) >= 0 ? 500 : 204;
        (await world.Brand.Post($"/conversions/{slow}/adjust", new { amount = new { amount = "80.00", currency = "EUR" } })).Expect(200);
        (await world.Brand.Post($"/conversions/{slow}/reverse")).Expect(200);
        var quick = (await world.Convert(clickId)).Expect(201)["id"];

        Assert.Equal([quick], (await Some("/brand", 1)).Select(one => one.Data["id"]!.GetValue<string>()));
        await Is(() => TriesOf(slow) == 1, "the first event of the conversion was tried");
        JsonObject[] pending = [];
        await Eventually.Is(
            async () => (pending = (await world.Brand.Get($"/webhooks/{webhook["id"]}/deliveries?state=pending")).Expect(200).Items) is [_, _, var first] && first["lastStatus"] is not null,
            "the try is kept", Soon);
        Assert.Equal(["conversion.reversed", "conversion.adjusted", "conversion.created"], pending.Select(one => one["type"]!.GetValue<string>()));
        Assert.Equal((1, 500), (pending[2]["attempts"]!.GetValue<int>(), pending[2]["lastStatus"]!.GetValue<int>()));
        Assert.Equal("It answered 500: Not today: 今日は無理です。", pending[2]["lastError"]!.GetValue<string>());
        Assert.Null(pending[1]["nextAttemptAt"]);
        for (var tries = 2; tries <= 4; tries++)
        {
            host.Skip(TimeSpan.FromMinutes(10));
            await Is(() => TriesOf(slow) >= tries, $"it was tried {tries} times");
            await Kept(world.Brand, webhook["id"]);
        }

        var taken = (await Some("/brand", 4)).Where(one => one.Data["id"]!.GetValue<string>() == slow).ToArray();
        Assert.Equal(["conversion.created", "conversion.adjusted", "conversion.reversed"], taken.Select(one => one.Type));
        Assert.Equal(4, _receiver.Received.Count(one => one.Id == taken[0].Id));
        Assert.Single(_receiver.Received.Where(one => one.Id == taken[0].Id).Select(one => one.Body).Distinct());

        int TriesOf(string id) => _receiver.Received.Count(one => one.Data["id"]!.GetValue<string>() == id);
    }

    [Fact]
    public async Task A_conversion_whose_lock_comes_is_approved_once_and_one_that_is_reported_past_it_too()
    {
        var (world, clickId) = await Make();
        var atOnce = await world.MakeCampaign(body => body["tracking"]!["lockingPeriodDays"] = 0);
        var task = await world.MakeTask(atOnce, world.PartnerId);
        var link = (await world.Brand.Post($"/tasks/{task}/links", new { landingPage = World.Page })).Expect(201);
        await Hook(world, Who.Brand, "/brand", ForBrands);
        await Hook(world, Who.Partner, "/partner", ForPartners);
        var later = (await world.Convert(clickId)).Expect(201)["id"];
        var past = (await world.Convert(World.ClickIdOf(await world.Click(link["trackingUrl"])))).Expect(201)["id"];
        await Some("/brand", 2);

        host.Skip(TimeSpan.FromMinutes(1));
        await Some("/brand", 3);
        host.Skip(TimeSpan.FromDays(31));

        foreach (var path in new[] { "/brand", "/partner" })
        {
            var events = await Some(path, 4);
            foreach (var id in new[] { later, past })
            {
                var own = events.Where(one => one.Data["id"]!.GetValue<string>() == id).ToArray();
                Assert.Equal(["conversion.created", "conversion.approved"], own.Select(one => one.Type));
                Assert.Equal([1L, 2L], own.Select(one => one.Sequence));
                Assert.Equal("approved", own[1].Data["state"]!.GetValue<string>());
            }
        }
    }

    [Fact]
    public async Task Clicks_are_told_by_task_with_the_tasks_totals()
    {
        var (world, _) = await Make();
        await Eventually.Is(async () => (await world.Brand.Get($"/tasks/{world.TaskId}/counters"))["clicks"] == "1", "the first click is counted", Soon);
        await Hook(world, Who.Brand, "/brand", ["clicks.counted"]);
        await Hook(world, Who.Partner, "/partner", ["clicks.counted"]);
        var link = await world.MakeLink();
        for (var i = 0; i < 3; i++)
        {
            await world.Click(link["trackingUrl"]);
        }

        await Eventually.Is(async () => (await world.Brand.Get($"/tasks/{world.TaskId}/counters"))["clicks"] == "4", "the clicks are counted", Soon);
        await host.Services.GetRequiredService<IGrainFactory>().Actor<IWebhookFeedGrain>(IWebhookFeedGrain.Key).CountClicks();

        foreach (var path in new[] { "/brand", "/partner" })
        {
            await Is(() => _receiver.TakenAt(path).Sum(one => one.Data["clicks"]!.GetValue<int>()) == 3, $"three clicks came to {path}");
            var last = _receiver.TakenAt(path)[^1];
            Assert.Equal((world.TaskId, "clicks.counted"), (last.Json["taskId"]!.GetValue<string>(), last.Type));
            Assert.Equal(4, last.Data["totals"]!["clicks"]!.GetValue<int>());
            Assert.Equal(last.Sequence, last.Data["totals"]!["version"]!.GetValue<long>());
        }
    }

    [Fact]
    public async Task A_webhook_without_success_for_three_days_is_disabled_and_goes_on_where_it_was()
    {
        var (world, clickId) = await Make();
        var id = (await Hook(world, Who.Partner, "/partner", ForPartners))["id"];
        var isUp = false;
        _receiver.Answer = _ => isUp ? 200 : 503;
        var first = (await world.Convert(clickId)).Expect(201)["id"];
        await Is(() => _receiver.Received.Length >= 1, "the event was tried");
        await Reads(id, world, webhook => webhook["failingSince"] is not null);

        host.Skip(TimeSpan.FromDays(4));

        var disabled = await Reads(id, world, webhook => !webhook["enabled"]!.GetValue<bool>());
        Assert.Equal(("no_success", 503), (disabled["disabledReason"]!.GetValue<string>(), disabled["lastStatus"]!.GetValue<int>()));
        Assert.NotNull(disabled["disabledAt"]);
        (isUp, var tries) = (true, _receiver.Received.Length);
        var second = (await world.Convert(clickId)).Expect(201)["id"];
        await Eventually.Is(
            async () => (await world.Partner.Get($"/webhooks/{id}/deliveries?state=pending")).Items.Length == 2, "events are kept while it is disabled", Soon);
        Assert.Equal(tries, _receiver.Received.Length);

        var enabled = (await world.Partner.Patch($"/webhooks/{id}", new { enabled = true })).Expect(200).Json;

        Assert.Null(enabled["disabledReason"]);
        Assert.Equal(new[] { first, second }.Order(), (await Some("/partner", 2)).Select(one => one.Data["id"]!.GetValue<string>()).Order());
        var well = await Reads(id, world, webhook => webhook["lastSuccessAt"] is not null);
        Assert.Null(well["failingSince"]);
    }

    [Fact]
    public async Task A_receiver_that_only_fails_is_tried_with_one_event_at_a_time_and_gets_all_when_it_is_back()
    {
        var (world, clickId) = await Make();
        var id = (await Hook(world, Who.Partner, "/partner", ForPartners))["id"];
        var isUp = false;
        _receiver.Answer = _ => isUp ? 200 : 500;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => world.Convert(clickId)));

        // Of the 16 that are sent side by side, some go out until ten have failed.
        await Tried(tries => tries >= 10);
        var before = _receiver.Received.Length;
        Assert.InRange(before, 10, 25);
        host.Skip(TimeSpan.FromHours(2));
        await Tried(tries => tries > before);
        Assert.InRange(_receiver.Received.Length, before + 1, before + 5);
        isUp = true;
        host.Skip(TimeSpan.FromHours(2));

        Assert.Equal(40, (await Some("/partner", 40)).Select(one => one.Id).Distinct().Count());

        Task Tried(Func<int, bool> isSo) => Kept(world.Partner, id, isSo);
    }

    [Fact]
    public async Task A_receiver_that_says_that_it_is_gone_is_left_alone_at_once()
    {
        var (world, clickId) = await Make();
        var id = (await Hook(world, Who.Partner, "/partner", ForPartners))["id"];
        _receiver.Answer = _ => 410;
        (await world.Convert(clickId)).Expect(201);

        var disabled = await Reads(id, world, webhook => !webhook["enabled"]!.GetValue<bool>());

        Assert.Equal(("gone", 410), (disabled["disabledReason"]!.GetValue<string>(), disabled["lastStatus"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Events_are_sent_again_under_their_ids()
    {
        var (world, clickId) = await Make();
        var webhook = await Hook(world, Who.Brand, "/brand", ForBrands);
        var from = (await world.Brand.Get($"/webhooks/{webhook["id"]}"))["createdAt"];
        (await world.Convert(clickId)).Expect(201);
        (await world.Convert(clickId)).Expect(201);
        var events = await Some("/brand", 2);
        await Eventually.Is(async () => (await Delivered()).Length == 2, "both are delivered", Soon);
        Assert.Equal(events.Select(one => one.Id).Order(), (await Delivered()).Select(one => one["id"]!.GetValue<string>()).Order());

        (await world.Brand.Post($"/webhooks/{webhook["id"]}/deliveries/{events[0].Id}/replay")).Expect(200);
        Assert.Equal((events[0].Id, events[0].Body), (await Some("/brand", 3))[2] is var again ? (again.Id, again.Body) : default);
        await Eventually.Is(async () => (await Delivered()).Length == 2, "all are delivered", Soon);
        var range = (await world.Brand.Post($"/webhooks/{webhook["id"]}/replay", new { from })).Expect(200);

        Assert.Equal((2, null), (range.Json["replayed"]!.GetValue<int>(), range.Json["nextCursor"]));
        Assert.Equal(events.Select(one => one.Id).Order(), (await Some("/brand", 5))[3..].Select(one => one.Id).Order());

        async Task<JsonObject[]> Delivered() => (await world.Brand.Get($"/webhooks/{webhook["id"]}/deliveries?state=delivered")).Expect(200).Items;
    }

    [Fact]
    public async Task After_a_rotation_events_have_a_signature_by_each_secret_until_the_overlap_is_over()
    {
        var (world, clickId) = await Make();
        var webhook = await Hook(world, Who.Brand, "/brand", ForBrands);
        var secret = (await world.Brand.Post($"/webhooks/{webhook["id"]}/rotate", new { overlapSeconds = 3600 })).Expect(200)["secret"];
        (await world.Convert(clickId)).Expect(201);
        var both = await One("/brand");
        host.Skip(TimeSpan.FromHours(2));
        (await world.Convert(clickId)).Expect(201);
        var newest = (await Some("/brand", 2))[1];

        Assert.NotEqual(webhook["secret"], secret);
        Assert.Equal([Sign(secret, both), Sign(webhook["secret"], both)], both.Signatures);
        Assert.Equal([Sign(secret, newest)], newest.Signatures);

        static string Sign(string by, ReceivedEvent one) => new StandardWebhook(by).Sign(one.Id, DateTimeOffset.FromUnixTimeSeconds(one.Timestamp), one.Body);
    }

    [Fact]
    public async Task A_test_sends_a_ping_and_says_what_it_came_to()
    {
        var (world, _) = await Make();
        var id = (await Hook(world, Who.Brand, "/brand", ForBrands))["id"];

        var well = (await world.Brand.Post($"/webhooks/{id}/test")).Expect(200).Json;
        Assert.Equal((true, 200, null), (well["delivered"]!.GetValue<bool>(), well["status"]!.GetValue<int>(), well["error"]));
        Assert.Equal("ping", (await One("/brand")).Type);

        _receiver.Answer = _ => 302;
        var moved = (await world.Brand.Post($"/webhooks/{id}/test")).Expect(200).Json;
        Assert.Equal((false, 302, "It answered 302; redirects are not followed."), (moved["delivered"]!.GetValue<bool>(), moved["status"]!.GetValue<int>(), moved["error"]!.GetValue<string>()));
        Assert.DoesNotContain(_receiver.Received, one => one.Path == "/elsewhere");

        (await world.Brand.Patch($"/webhooks/{id}", new { url = "http://127.0.0.1:1/" })).Expect(200);
        var away = (await world.Brand.Post($"/webhooks/{id}/test")).Expect(200).Json;
        Assert.False(away["delivered"]!.GetValue<bool>());
        Assert.Null(away["status"]);
        Assert.NotEmpty(away["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task Many_events_that_fail_together_do_not_keep_their_receiver_waiting_once_it_is_back()
    {
        var (world, clickId) = await Make();
        var id = (await Hook(world, Who.Brand, "/brand", ForBrands))["id"];
        _receiver.Answer = _ => 500;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => world.Convert(clickId)));
        await Reads(id, world, webhook => webhook["pausedUntil"] is not null);

        _receiver.Answer = _ => 200;
        host.Skip(TimeSpan.FromSeconds(60));

        // One that was under way may fail only now, and then it has its own pause, and all have another break; five minutes are more than both.
        var left = TimeSpan.FromMinutes(5);
        await Eventually.Is(
            () =>
            {
                if (left > TimeSpan.Zero)
                {
                    left -= ASecond;
                    host.Skip(ASecond);
                }

                return Task.FromResult(_receiver.TakenAt("/brand").Length >= 40);
            },
            "40 events came",
            Soon);
        await Reads(id, world, webhook => webhook["pausedUntil"] is null && webhook["failingSince"] is null);
    }

    [Fact]
    public async Task A_test_that_succeeds_ends_a_break()
    {
        var (world, clickId) = await Make();
        var id = (await Hook(world, Who.Brand, "/brand", ForBrands))["id"];
        _receiver.Answer = _ => 500;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Convert(clickId)));
        await Reads(id, world, webhook => webhook["pausedUntil"] is not null);
        _receiver.Answer = _ => 200;

        Assert.True((await world.Brand.Post($"/webhooks/{id}/test")).Expect(200).Json["delivered"]!.GetValue<bool>());

        await Some("/brand", 21);
    }

    [Fact]
    public async Task Nothing_is_sent_after_a_webhook_is_removed()
    {
        var (world, clickId) = await Make();
        var (removed, kept) = (await Hook(world, Who.Brand, "/removed", ForBrands), await Hook(world, Who.Brand, "/kept", ForBrands));
        (await world.Brand.Delete($"/webhooks/{removed["id"]}")).Expect(204);
        (await world.Brand.Get($"/webhooks/{removed["id"]}")).ExpectProblem(404, "not_found");
        Assert.Equal([kept["id"]], (await world.Brand.GetAll("/webhooks", 50)).Select(one => one["id"]!.GetValue<string>()));

        (await world.Convert(clickId)).Expect(201);

        await One("/kept");
        Assert.Empty(_receiver.TakenAt("/removed"));
    }

    private async Task<(World World, string ClickId)> Make()
    {
        var world = await World.Make(host);
        return (world, World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"])));
    }

    private async Task<Answer> Hook(World world, Who who, string path, string[] events) =>
        (await world.As(who).Post("/webhooks", new { url = _receiver.Address + path, events })).Expect(201);

    /// <summary>Waits until all that was sent is kept, as what is tried next goes by when it was.</summary>
    private Task Kept(ApiClient caller, string id, Func<int, bool>? isSo = null) => Eventually.Is(
        async () => (await caller.Get($"/webhooks/{id}/deliveries?limit=500")).Items.Sum(one => one["attempts"]!.GetValue<int>()) is var tries
            && tries == _receiver.Received.Length && isSo?.Invoke(tries) != false,
        "what was tried is kept", Soon);

    private async Task<ReceivedEvent> One(string path) => (await Some(path, 1)).Single();

    private async Task<ReceivedEvent[]> Some(string path, int count)
    {
        await Is(() => _receiver.TakenAt(path).Length >= count, $"{count} events came to {path}");
        var taken = _receiver.TakenAt(path);
        Assert.True(taken.Length == count, $"{taken.Length} events instead of {count} came to {path}: {string.Join('\n', taken.Select(one => one.Body))}");
        return taken;
    }

    private static async Task<JsonObject> Reads(string id, World world, Func<JsonObject, bool> isSo)
    {
        JsonObject webhook = null!;
        await Eventually.Is(async () => isSo(webhook = (await world.Operator.Get($"/webhooks/{id}")).Expect(200).Json), "the webhook stands as it should", Soon);
        return webhook;
    }

    private static Task Is(Func<bool> isSo, string missing) => Eventually.Is(() => Task.FromResult(isSo()), missing, Soon);
}
