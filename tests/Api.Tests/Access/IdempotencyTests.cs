using System.Text.Json.Nodes;
using OrleansLinks.Access;

namespace OrleansLinks.Api.Tests.Access;

/// <summary>A repeat with the same <c>Idempotency-Key</c> does nothing again and answers the same.</summary>
public sealed class IdempotencyTests(RunningHost host)
{
    private const string Header = "Idempotency-Key";

    public static TheoryData<string> Creations => [.. EndpointTable.Rows.Where(row => row.Method == HttpMethod.Post && row.Body is not null).Select(row => row.Endpoint)];

    [Fact]
    public void Every_post_that_takes_a_body_creates_and_takes_the_key()
    {
        var marked = host.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<CreatesMetadata>() is not null)
            .Select(endpoint => "POST " + endpoint.RoutePattern.RawText!.TrimEnd('/')[ApiClient.Base.Length..]);
        Assert.Equal(Creations.Select(row => row.Data).Order(StringComparer.Ordinal), marked.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Creations))]
    public async Task Repeats_also_at_the_same_time_create_once_and_are_answered_alike(string endpoint)
    {
        var (world, row, path, body) = await Prepare(endpoint);
        var client = world.As(row.Caller);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Post(path, body, (Header, "one act"))));
        var after = await world.Describe();
        var later = await client.Post(path, body, (Header, "one act"));

        var first = answers[0].Expect(row.Expected(row.Caller));
        Assert.All(answers.Append(later), answer => Assert.Equal(
            (first.Status, first.Text, first.Location, first.ETag, first.ContentType), (answer.Status, answer.Text, answer.Location, answer.ETag, answer.ContentType)));
        Assert.Equal(after, await world.Describe());
        // What holds a secret is read in its list alone.
        if (first.Location is { } location && !location.Contains("/keys/", StringComparison.Ordinal) && !location.Contains("/signing-secrets/", StringComparison.Ordinal))
        {
            Assert.Equal(first["id"], (await host.Operator.SendRaw(HttpMethod.Get, location)).Expect(200)["id"]);
        }
    }

    [Theory]
    [MemberData(nameof(Creations))]
    public async Task The_key_with_another_body_is_refused_and_creates_nothing(string endpoint)
    {
        var (world, row, path, body) = await Prepare(endpoint);
        var client = world.As(row.Caller);
        (await client.Post(path, body, (Header, "used"))).Expect(row.Expected(row.Caller));
        var after = await world.Describe();
        (await client.Post(path, body + " ", (Header, "used"))).ExpectProblem(422, "idempotency_key_reused", Header);
        (await client.Post(path, "{", (Header, "used"))).ExpectProblem(422, "idempotency_key_reused", Header);
        Assert.Equal(after, await world.Describe());
    }

    [Theory]
    [MemberData(nameof(Creations))]
    public async Task A_refused_request_is_corrected_and_sent_again_with_its_key(string endpoint)
    {
        var (world, row, path, body) = await Prepare(endpoint);
        var client = world.As(row.Caller);
        var before = await world.Describe();
        foreach (var wrong in new[] { "{", "null", """{ "noSuchField": 1 }""", row.Endpoint.EndsWith("/rotate", StringComparison.Ordinal) || row.Endpoint.EndsWith("/signing-secrets", StringComparison.Ordinal) ? """{ "overlapSeconds": -1 }""" : row.Endpoint.EndsWith("/batch", StringComparison.Ordinal) ? "[{}]" : row.Endpoint.EndsWith("/reverse", StringComparison.Ordinal) ? """{ "reason": 1 }""" : "{}" })
        {
            var refused = await client.Post(path, wrong, (Header, "corrected"));
            Assert.InRange(refused.Status, 400, 422);
            refused.AssertIsProblem();
        }

        Assert.Equal(before, await world.Describe());
        (await client.Post(path, body, (Header, "corrected"))).Expect(row.Expected(row.Caller));
        Assert.True(before != await world.Describe() || row.Endpoint is "POST /programs" or "POST /webhooks/{webhookId}/replay", "Nothing was created.");
    }

    [Fact]
    public async Task The_key_of_another_caller_is_another_one()
    {
        var world = await World.Make(host);
        var ids = new HashSet<string>();
        foreach (var client in new[] { world.Brand, world.Partner, world.Operator, await world.MakeKey(world.KeyBody(Who.Brand).ToJsonString()) })
        {
            ids.Add((await client.Post($"/tasks/{world.TaskId}/links", new { landingPage = World.Page }, (Header, "same"))).Expect(201)["id"]);
        }

        Assert.Equal(4, ids.Count);
        Assert.Equal(4, (await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50)).Length);
    }

    [Fact]
    public async Task The_key_on_another_path_is_another_one()
    {
        var world = await World.Make(host);
        var other = await world.MakeTask(world.CampaignId, world.PartnerId);
        var first = (await world.Brand.Post($"/tasks/{world.TaskId}/links", new { landingPage = World.Page }, (Header, "same"))).Expect(201);
        var second = (await world.Brand.Post($"/tasks/{other}/links", new { landingPage = World.Page }, (Header, "same"))).Expect(201);
        Assert.Equal((world.TaskId, other), (first["taskId"], second["taskId"]));
    }

    [Fact]
    public async Task A_refusal_by_the_state_of_things_is_not_kept()
    {
        var world = await World.Make(host);
        var body = """{ "landingPage": "https://shop.example.com/" }""";
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/pause")).Expect(200);
        (await world.Partner.Post($"/tasks/{world.TaskId}/links", body, (Header, "patient"))).ExpectProblem(422, "campaign_not_active");
        (await world.Brand.Post($"/campaigns/{world.CampaignId}/activate")).Expect(200);
        (await world.Partner.Post($"/tasks/{world.TaskId}/links", body, (Header, "patient"))).Expect(201);
    }

    [Theory]
    [InlineData("")]
    [InlineData("größe")]
    [InlineData("tab\there")]
    [InlineData("256")]
    public async Task A_key_of_other_characters_or_too_long_is_refused(string key)
    {
        var world = await World.Make(host);
        var value = key == "256" ? new string('k', 256) : key;
        (await world.Partner.Post($"/tasks/{world.TaskId}/links", new { landingPage = World.Page }, (Header, value))).ExpectProblem(400, "idempotency_key_invalid", Header);
        Assert.Empty(await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 50));
    }

    [Fact]
    public async Task A_key_of_255_characters_is_taken()
    {
        var world = await World.Make(host);
        (await world.Partner.Post($"/tasks/{world.TaskId}/links", new { landingPage = World.Page }, (Header, new string('k', 255)))).Expect(201);
    }

    private async Task<(World World, EndpointRow Row, string Path, string Body)> Prepare(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await World.MakeFull(host);
        JsonNode body = row.Body!(world, row.Caller);
        return (world, row, row.Path(world, row.Caller), body.ToJsonString());
    }
}
