namespace OrleansLinks.Api.Tests.Webhooks;

/// <summary>Webhooks as they are made and changed, where receivers must be public.</summary>
public sealed class WebhookSettingsTests(RunningHost host)
{
    private const string Url = "https://hooks.example.com/a?b=c";

    private static readonly string[] Created = ["conversion.created"];

    private static readonly string[] Mixed = ["conversion.reversed", "conversion.created", "conversion.created"];

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("ftp://hooks.example.com/")]
    [InlineData("hooks.example.com")]
    [InlineData("")]
    [InlineData("https://user:secret@hooks.example.com/")]
    [InlineData("https://hooks.example.com/#part")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    public async Task A_url_that_is_not_https_to_a_public_place_is_refused(string url)
    {
        var world = await World.Make(host);
        (await world.Brand.Post("/webhooks", new { url, events = Created })).ExpectProblem(422, "validation_failed", "url");
        var id = (await world.Brand.Post("/webhooks", new { url = Url, events = Created })).Expect(201)["id"];
        (await world.Brand.Patch($"/webhooks/{id}", new { url })).ExpectProblem(422, "validation_failed", "url");
    }

    [Fact]
    public async Task A_name_that_leads_into_ones_own_network_is_refused_when_it_is_connected_to()
    {
        await using var receiver = await WebhookReceiver.Start();
        var world = await World.Make(host);
        var url = receiver.Address.Replace("http://127.0.0.1", "https://localhost", StringComparison.Ordinal);
        var id = (await world.Brand.Post("/webhooks", new { url, events = Created })).Expect(201)["id"];

        var tested = (await world.Brand.Post($"/webhooks/{id}/test")).Expect(200).Json;

        Assert.False(tested["delivered"]!.GetValue<bool>());
        Assert.Contains("localhost has no public address", tested["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", tested["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(receiver.Received);
    }

    [Theory]
    [InlineData(Who.Brand, """{ "url": "https://hooks.example.com/" }""", "events")]
    [InlineData(Who.Brand, """{ "url": "https://hooks.example.com/", "events": [] }""", "events")]
    [InlineData(Who.Brand, """{ "url": "https://hooks.example.com/", "events": ["conversion.born"] }""", "events[0]")]
    [InlineData(Who.Brand, """{ "url": "https://hooks.example.com/", "events": [null] }""", "events[0]")]
    [InlineData(Who.Partner, """{ "url": "https://hooks.example.com/", "events": ["conversion.created", "conversion.unmatched"] }""", "events[1]")]
    [InlineData(Who.Operator, """{ "url": "https://hooks.example.com/", "events": ["conversion.created"] }""", "programId")]
    public async Task What_is_wrong_is_said_by_its_field(Who who, string body, string field)
    {
        var world = await World.Make(host);
        (await world.As(who).Post("/webhooks", body)).ExpectProblem(422, "validation_failed", field);
    }

    [Fact]
    public async Task Webhooks_are_read_listed_and_changed_at_their_version()
    {
        var world = await World.Make(host);
        var made = (await world.Partner.Post("/webhooks", new { url = Url, events = Mixed, description = "ours" })).Expect(201);
        Assert.Equal(("\"1\"", $"/api/v1/webhooks/{made["id"]}", world.PartnerId), (made.ETag, made.Location, made["partnerId"]));
        Assert.StartsWith("whsec_", made["secret"], StringComparison.Ordinal);
        Assert.Equal(["conversion.created", "conversion.reversed"], made.Json["events"]!.AsArray().Select(one => one!.GetValue<string>()));
        var path = $"/webhooks/{made["id"]}";

        var changed = (await world.Partner.Patch(path, new { description = (string?)null, enabled = false }, ("If-Match", "\"1\""))).Expect(200);
        (await world.Partner.Patch(path, new { enabled = true }, ("If-Match", "\"1\""))).ExpectProblem(412, "stale_version");
        (await world.Partner.Patch(path, """{ "enabled": null }""")).ExpectProblem(422, "validation_failed", "enabled");

        Assert.Equal(("\"2\"", "false"), (changed.ETag, changed["enabled"]));
        Assert.NotNull(changed.Json["disabledAt"]);
        var item = Assert.Single(await world.Partner.GetAll("/webhooks", 50));
        Assert.Equal((made["id"], null), (item["id"]!.GetValue<string>(), item["secret"]));
        (await world.Brand.Get(path)).ExpectProblem(404, "not_found");
        Assert.Equal("true", (await world.Operator.Patch(path, new { enabled = true })).Expect(200)["enabled"]);
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_answers_the_same_webhook_and_secret()
    {
        var world = await World.Make(host);
        var body = new { url = Url, events = Created };
        var first = (await world.Brand.Post("/webhooks", body, ("Idempotency-Key", "one"))).Expect(201);
        var again = (await world.Brand.Post("/webhooks", body, ("Idempotency-Key", "one"))).Expect(201);

        Assert.Equal((first["id"], first["secret"]), (again["id"], again["secret"]));
        Assert.Single(await world.Brand.GetAll("/webhooks", 50));
        var (rotated, repeated) = (await Rotate(), await Rotate());
        Assert.Equal(rotated["secret"], repeated["secret"]);
        Assert.NotEqual(first["secret"], rotated["secret"]);

        async Task<Answer> Rotate() => (await world.Brand.Post($"/webhooks/{first["id"]}/rotate", new { }, ("Idempotency-Key", "two"))).Expect(200);
    }

    [Fact]
    public async Task There_are_20_at_most_and_one_that_is_removed_makes_room()
    {
        var world = await World.Make(host);
        var made = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            made.Add((await Post()).Expect(201)["id"]);
        }

        (await Post()).ExpectProblem(422, "too_many_webhooks");
        (await world.Brand.Delete($"/webhooks/{made[3]}")).Expect(204);
        (await Post()).Expect(201);

        Task<Answer> Post() => world.Brand.Post("/webhooks", new { url = Url, events = Created });
    }

    [Fact]
    public async Task A_range_to_replay_has_a_beginning_before_its_end_and_cursors_of_its_own()
    {
        var world = await World.Make(host);
        var path = $"/webhooks/{(await world.Brand.Post("/webhooks", new { url = Url, events = Created })).Expect(201)["id"]}/replay";

        (await world.Brand.Post(path, new { })).ExpectProblem(422, "validation_failed", "from");
        (await world.Brand.Post(path, new { from = "2026-01-02T00:00:00Z", to = "2026-01-01T00:00:00Z" })).ExpectProblem(422, "validation_failed", "to");
        (await world.Brand.Post(path, new { from = "2026-01-02T00:00:00Z", cursor = "made-up" })).ExpectProblem(400, "cursor_invalid", "cursor");
        (await world.Brand.Get(path.Replace("replay", "deliveries?state=lost", StringComparison.Ordinal))).ExpectProblem(400, "parameter_invalid", "state");
    }
}
