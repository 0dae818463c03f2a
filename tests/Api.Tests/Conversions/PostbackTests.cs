namespace OrleansLinks.Api.Tests.Conversions;

/// <summary>Conversions from a query string.</summary>
public sealed class PostbackTests(RunningHost host)
{
    [Fact]
    public async Task A_signed_postback_is_a_conversion_whatever_the_case_and_order_of_its_parameters()
    {
        var (world, clickId) = await Make();

        var answer = (await Get(world.Sign($"/postback/{world.ProgramId}", $"ORDERID=A%201&amount=12.50&clickid={clickId}&unknown=x"))).Expect(201);

        Assert.Equal(("A 1", clickId, "pending"), (answer["orderId"], answer["clickId"], answer["state"]));
        Assert.Equal("12.50", answer.Json["amount"]!["amount"]!.GetValue<string>());
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal(answer["id"], (await world.Convert(clickId, "12.50", "A 1")).Expect(200)["id"]);
    }

    [Fact]
    public async Task What_is_signed_cannot_be_changed_and_nothing_unsigned_is_taken()
    {
        var (world, clickId) = await Make();
        var other = await World.Make(host);
        await other.MakeSigningSecret();
        var query = $"clickId={clickId}&orderId=A-1&amount=12.50";
        var signed = world.Sign($"/postback/{world.ProgramId}", query);

        foreach (var forged in new[]
        {
            $"/postback/{world.ProgramId}?{query}", signed.Replace("12.50", "99.50", StringComparison.Ordinal), signed + "&amount=99.50", signed[..^2], signed[..^1] + "g", signed + "&signature=00",
            world.Sign($"/postback/{world.ProgramId}", query, "not the secret"), world.Sign($"/postback/{world.ProgramId}", query, other.SigningSecret),
            signed.Replace(world.ProgramId, other.ProgramId, StringComparison.Ordinal), $"/postback/{world.ProgramId}?{query}&key={new string('0', 40)}", "/postback/nonsense?" + query,
        })
        {
            (await Get(forged)).ExpectProblem(401, "signature_invalid");
        }

        Assert.Empty((await world.Brand.Get($"/campaigns/{world.CampaignId}/conversions")).Expect(200).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_work_for_the_overlap_and_a_removed_one_not_at_all()
    {
        var (world, clickId) = await Make();
        var (first, query) = (world.SigningSecret, $"clickId={clickId}&orderId=A-1&amount=12.50");
        var second = await world.MakeSigningSecret();
        (await Get(world.Sign($"/postback/{world.ProgramId}", query, first))).Expect(201);
        (await Get(world.Sign($"/postback/{world.ProgramId}", query))).Expect(200);

        (await world.Brand.Delete($"/programs/{world.ProgramId}/signing-secrets/{second["id"]}")).Expect(204);
        (await Get(world.Sign($"/postback/{world.ProgramId}", query))).ExpectProblem(401, "signature_invalid");
        await world.MakeSigningSecret(overlapSeconds: 0);

        (await Get(world.Sign($"/postback/{world.ProgramId}", query, first))).ExpectProblem(401, "signature_invalid");
        var listed = (await world.Brand.Get($"/programs/{world.ProgramId}/signing-secrets")).Expect(200);
        Assert.Single(listed.Json["items"]!.AsArray());
        Assert.DoesNotContain(world.SigningSecret, listed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_key_of_the_brand_stands_for_a_signature_and_one_that_may_not_write_or_is_anothers_does_not()
    {
        var (world, clickId) = await Make();
        var path = $"/postback/{world.ProgramId}?clickId={clickId}&orderId=A-1&amount=12.50";
        async Task<string> Key(string body) => (await world.Operator.Post("/keys", body)).Expect(201)["key"];
        var reading = await Key($$"""{ "role": "brand", "programId": "{{world.ProgramId}}", "name": "reads", "readOnly": true }""");
        var partner = await Key($$"""{ "role": "partner", "partnerId": "{{world.PartnerId}}", "name": "partner" }""");
        foreach (var key in new[] { reading, partner })
        {
            (await Get($"{path}&key={key}")).ExpectProblem(401, "signature_invalid");
        }

        (await Get($"{path}&key={await Key($$"""{ "role": "brand", "programId": "{{world.ProgramId}}", "name": "writes" }""")}")).Expect(201);
        (await world.Brand.SendRaw(HttpMethod.Get, path)).Expect(200);
    }

    [Theory]
    [InlineData("amount=x", "amount")]
    [InlineData("amount=1&currency=USD", "amount.currency")]
    [InlineData("amount=1&occurredAt=yesterday", "occurredAt")]
    public async Task What_is_wrong_with_a_postback_is_said_by_its_parameter(string rest, string blamed)
    {
        var (world, clickId) = await Make();

        (await Get(world.Sign($"/postback/{world.ProgramId}", $"clickId={clickId}&orderId=A-1&{rest}"))).ExpectProblem(422, "validation_failed", blamed);
    }

    [Fact]
    public async Task A_pixel_is_an_image_and_a_conversion_only_when_it_is_signed()
    {
        var (world, clickId) = await Make();
        var query = $"clickId={clickId}&orderId=A-1&amount=12.50";

        var refused = (await Get($"/pixel/{world.ProgramId}.gif?{query}")).Expect(401);
        Assert.Empty((await world.Brand.Get($"/campaigns/{world.CampaignId}/conversions")).Expect(200).Json["items"]!.AsArray());
        var taken = (await Get(world.Sign($"/pixel/{world.ProgramId}.gif", query))).Expect(200);

        Assert.Equal(("image/gif", "image/gif"), (refused.ContentType, taken.ContentType));
        Assert.Single((await world.Brand.Get($"/campaigns/{world.CampaignId}/conversions")).Expect(200).Json["items"]!.AsArray());
    }

    private async Task<(World World, string ClickId)> Make()
    {
        var world = await World.Make(host);
        await world.MakeSigningSecret();
        return (world, World.ClickIdOf(await world.Click((await world.MakeLink())["trackingUrl"])));
    }

    private Task<Answer> Get(string path) => host.Anyone.SendRaw(HttpMethod.Get, path);
}
