using System.Text;

namespace OrleansLinks.Api.Tests.Access;

public sealed class KeyTests(RunningHost host)
{
    [Fact]
    public async Task A_revoked_key_stops_within_a_second()
    {
        var world = await World.Make(host);
        var made = (await world.Brand.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        var key = host.As(made["key"]);
        (await key.Get("/programs")).Expect(200);

        (await world.Brand.Delete($"/keys/{made["id"]}")).Expect(204);

        await Eventually.Is(async () => (await key.Get("/programs")).Status == 401, "the revoked key is refused");
        (await world.Brand.Delete($"/keys/{made["id"]}")).ExpectProblem(404, "not_found");
        Assert.DoesNotContain(await world.Brand.GetAll("/keys", 50), item => item["id"]!.GetValue<string>() == made["id"]);
    }

    [Fact]
    public async Task A_key_stops_when_it_expires()
    {
        var world = await World.Make(host);
        var expiresAt = DateTimeOffset.UtcNow.AddMilliseconds(700);
        var body = world.KeyBody(Who.Partner);
        body["expiresAt"] = expiresAt.ToString("O");
        var key = host.As((await world.Partner.Post("/keys", body)).Expect(201)["key"]);
        var first = await key.Get("/partners");
        Assert.True(first.Status == 200 || DateTimeOffset.UtcNow >= expiresAt, "A key that has not expired is refused.");

        await Eventually.Is(async () => (await key.Get("/partners")).Status == 401, "the expired key is refused", expiresAt - DateTimeOffset.UtcNow + Eventually.ASecond);
        Assert.True(DateTimeOffset.UtcNow >= expiresAt, "The key was refused before it expired.");
    }

    [Fact]
    public async Task A_key_cannot_be_made_with_an_end_in_the_past()
    {
        var world = await World.Make(host);
        var body = world.KeyBody(Who.Brand);
        body["expiresAt"] = "2020-01-01T00:00:00Z";
        (await world.Brand.Post("/keys", body)).ExpectProblem(422, "validation_failed", "expiresAt");
    }

    [Fact]
    public async Task A_rotated_key_works_on_for_the_overlap_and_no_longer()
    {
        var world = await World.Make(host);
        var old = (await world.Brand.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        var renewed = (await world.Brand.Post($"/keys/{old["id"]}/rotate", new { overlapSeconds = 1 })).Expect(201);
        var rotatedAt = DateTimeOffset.UtcNow;

        Assert.NotEqual(old["key"], renewed["key"]);
        Assert.Equal((old["name"], old["role"], old["programId"], old["readOnly"]), (renewed["name"], renewed["role"], renewed["programId"], renewed["readOnly"]));
        var during = await host.As(old["key"]).Get("/programs");
        Assert.True(during.Status == 200 || DateTimeOffset.UtcNow >= rotatedAt.AddMilliseconds(900), "The old key does not work during the overlap.");
        (await host.As(renewed["key"]).Get("/programs")).Expect(200);

        await Eventually.Is(async () => (await host.As(old["key"]).Get("/programs")).Status == 401, "the old key is refused", TimeSpan.FromSeconds(2));
        (await host.As(renewed["key"]).Get("/programs")).Expect(200);
    }

    [Fact]
    public async Task A_long_overlap_lets_both_keys_work_and_shows_when_the_old_one_ends()
    {
        var world = await World.Make(host);
        var old = (await world.Brand.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        var renewed = (await world.Brand.Post($"/keys/{old["id"]}/rotate", new { overlapSeconds = 3600 })).Expect(201);

        (await host.As(old["key"]).Get("/programs")).Expect(200);
        (await host.As(renewed["key"]).Get("/programs")).Expect(200);
        var listed = (await world.Brand.GetAll("/keys", 50)).ToDictionary(item => item["id"]!.GetValue<string>());
        Assert.InRange(listed[old["id"]]["expiresAt"]!.GetValue<DateTimeOffset>(), DateTimeOffset.UtcNow.AddMinutes(55), DateTimeOffset.UtcNow.AddMinutes(60));
        Assert.Null(listed[renewed["id"]]["expiresAt"]);
    }

    [Theory]
    [InlineData(Who.Brand)]
    [InlineData(Who.Partner)]
    public async Task A_caller_reads_the_key_that_it_came_with_and_not_its_secret(Who who)
    {
        var world = await World.Make(host);
        var body = world.KeyBody(who);
        body["readOnly"] = true;
        body["expiresAt"] = "2096-01-01T00:00:00Z";
        var made = (await world.As(who).Post("/keys", body)).Expect(201);

        var current = (await host.As(made["key"]).Get("/keys/current")).Expect(200);

        var expected = made.Json;
        expected.Remove("key");
        Assert.Equal(expected.ToJsonString(), current.Json.ToJsonString());
        Assert.DoesNotContain(made["key"], current.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operator_reads_its_own_key()
    {
        var current = (await host.Operator.Get("/keys/current")).Expect(200).Json;
        Assert.Equal(("operator", false), (current["role"]!.GetValue<string>(), current["readOnly"]!.GetValue<bool>()));
        Assert.False(current.ContainsKey("programId") || current.ContainsKey("partnerId") || current.ContainsKey("key"));
    }

    [Fact]
    public async Task A_key_that_is_rotated_without_overlap_stops_at_once()
    {
        var world = await World.Make(host);
        var old = (await world.Partner.Post("/keys", world.KeyBody(Who.Partner))).Expect(201);
        var renewed = (await host.As(old["key"]).Post($"/keys/{old["id"]}/rotate", new { })).Expect(201);
        await Eventually.Is(async () => (await host.As(old["key"]).Get("/partners")).Status == 401, "the old key is refused");
        (await host.As(renewed["key"]).Get("/partners")).Expect(200);
    }

    [Fact]
    public async Task A_repeated_rotation_answers_the_same_key()
    {
        var world = await World.Make(host);
        var old = (await world.Brand.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        var first = (await world.Brand.Post($"/keys/{old["id"]}/rotate", new { overlapSeconds = 0 }, ("Idempotency-Key", "again"))).Expect(201);
        var second = (await world.Brand.Post($"/keys/{old["id"]}/rotate", new { overlapSeconds = 0 }, ("Idempotency-Key", "again"))).Expect(201);
        Assert.Equal(first.Text, second.Text);
        (await host.As(first["key"]).Get("/programs")).Expect(200);
        (await world.Brand.Post($"/keys/{old["id"]}/rotate", new { overlapSeconds = 0 })).ExpectProblem(404, "not_found");
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("brand")]
    [InlineData("partner")]
    [InlineData("both")]
    public async Task A_brand_or_a_partner_makes_keys_for_itself_alone(string wish)
    {
        var own = await World.Make(host);
        var foreign = await World.Make(host);
        var body = wish switch
        {
            "operator" => World.Parse("""{ "role": "operator", "name": "Wish" }"""),
            "brand" => foreign.KeyBody(Who.Brand),
            "partner" => foreign.KeyBody(Who.Partner),
            _ => World.Parse($$"""{ "role": "brand", "name": "Wish", "programId": "{{own.ProgramId}}", "partnerId": "{{own.PartnerId}}" }"""),
        };
        (await own.Brand.Post("/keys", body)).ExpectProblem(403, "key_not_for_others");
        (await own.Partner.Post("/keys", body)).ExpectProblem(403, "key_not_for_others");
    }

    [Fact]
    public async Task A_brand_and_a_partner_need_not_name_themselves()
    {
        var world = await World.Make(host);
        Assert.Equal(world.ProgramId, (await world.Brand.Post("/keys", new { role = "brand", name = "Mine" })).Expect(201)["programId"]);
        Assert.Equal(world.PartnerId, (await world.Partner.Post("/keys", new { role = "partner", name = "Mine" })).Expect(201)["partnerId"]);
    }

    [Theory]
    [InlineData("""{ "name": "No role" }""", "role")]
    [InlineData("""{ "role": "operator" }""", "name")]
    [InlineData("""{ "role": "operator", "name": "   " }""", "name")]
    [InlineData("""{ "role": "brand", "name": "No program" }""", "programId")]
    [InlineData("""{ "role": "brand", "name": "Absent program", "programId": "prg_01k2v0000000000000000000zz" }""", "programId")]
    [InlineData("""{ "role": "partner", "name": "No partner" }""", "partnerId")]
    [InlineData("""{ "role": "partner", "name": "Absent partner", "partnerId": "prt_01k2v0000000000000000000zz" }""", "partnerId")]
    [InlineData("""{ "role": "operator", "name": "Too much", "programId": "prg_01k2v0000000000000000000zz" }""", "programId")]
    [InlineData("""{ "role": "operator", "name": "Too much", "partnerId": "prt_01k2v0000000000000000000zz" }""", "partnerId")]
    public async Task A_key_that_is_nobodys_is_refused_with_the_field_to_blame(string body, string field) =>
        (await host.Operator.Post("/keys", body)).ExpectProblem(422, "validation_failed", field);

    [Theory]
    [InlineData(-1)]
    [InlineData(604_801)]
    public async Task An_overlap_out_of_bounds_is_refused_and_rotates_nothing(int seconds)
    {
        var world = await World.Make(host);
        var key = (await world.Brand.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        (await world.Brand.Post($"/keys/{key["id"]}/rotate", new { overlapSeconds = seconds })).ExpectProblem(422, "validation_failed", "overlapSeconds");
        (await host.As(key["key"]).Get("/programs")).Expect(200);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_is_nowhere_afterwards()
    {
        var world = await World.Make(host);
        var plain = (await world.Brand.Post("/keys", world.KeyBody(Who.Brand))).Expect(201);
        var named = World.Parse(world.KeyBody(Who.Brand).ToJsonString());
        named["name"] = $"repeated {world.Word}";
        var first = (await world.Brand.Post("/keys", named, ("Idempotency-Key", "shown once"))).Expect(201);
        var repeat = (await world.Brand.Post("/keys", named, ("Idempotency-Key", "shown once"))).Expect(201);
        Assert.Equal(first.Text, repeat.Text);
        var rotated = (await world.Brand.Post($"/keys/{plain["id"]}/rotate", new { overlapSeconds = 60 }, ("Idempotency-Key", "rotated once"))).Expect(201);
        string[] secrets = [plain["key"], first["key"], rotated["key"], world.Brand.Key!, world.Partner.Key!, host.OperatorKey];

        foreach (var list in new[] { await world.Brand.Get("/keys"), await host.Operator.Get("/keys?limit=500") })
        {
            Assert.All(list.Expect(200).Items, key => Assert.False(key.ContainsKey("key")));
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, list.Text, StringComparison.Ordinal));
        }

        // The name shows that the search finds what is there.
        Assert.True(IsInDataFolder(world.Word), "The name of the key is not found in the data folder.");
        Assert.All(secrets, secret =>
        {
            Assert.False(IsInDataFolder(secret), "A key is in the data folder.");
            Assert.False(IsInDataFolder(secret["olk_".Length..]), "A key is in the data folder.");
        });
    }

    [Fact]
    public async Task The_operators_list_of_keys_names_whom_each_is_for()
    {
        var world = await World.Make(host);
        var keys = (await host.Operator.GetAll("/keys", 500)).Where(key => key["name"]!.GetValue<string>() == world.Word).ToArray();
        Assert.Equal(["brand", "partner"], keys.Select(key => key["role"]!.GetValue<string>()).Order());
        Assert.Contains(keys, key => (string?)key["programId"] == world.ProgramId);
        Assert.Contains(keys, key => (string?)key["partnerId"] == world.PartnerId);
    }

    private bool IsInDataFolder(string text)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)];
        var files = System.IO.Directory.EnumerateFiles(host.DataFolder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != ".lock");
        return files.Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            var bytes = copy.GetBuffer().AsSpan(0, (int)copy.Length);
            return bytes.IndexOf(forms[0]) >= 0 || bytes.IndexOf(forms[1]) >= 0;
        });
    }
}
