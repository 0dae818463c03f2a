using Microsoft.AspNetCore.Routing;

namespace OrleansLinks.Api.Tests.Access;

/// <summary>What each caller is answered at every endpoint, by <see cref="EndpointTable"/>.</summary>
public sealed class EndpointAccessTests(RunningHost host)
{
    private const string UnknownKey = "olk_0000000000000000000000000000000000000000";

    public static TheoryData<string> Endpoints => [.. EndpointTable.Rows.Select(row => row.Endpoint)];

    public static TheoryData<string> PublicEndpoints => [.. EndpointTable.Public.Select(row => row.Endpoint)];

    [Fact]
    public void The_table_has_every_endpoint_of_the_program_and_no_other()
    {
        var mapped = host.Endpoints.SelectMany(NamesOf).Order(StringComparer.Ordinal);
        var listed = EndpointTable.Rows.Select(row => row.Endpoint.Replace(" ", " " + ApiClient.Base, StringComparison.Ordinal))
            .Concat(EndpointTable.Public.Select(row => row.Endpoint)).Order(StringComparer.Ordinal);
        Assert.Equal(listed, mapped);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Each_caller_is_answered_as_the_table_says(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var own = await World.MakeFull(host);
        var foreign = await World.MakeFull(host);
        var before = await foreign.Describe();

        (await row.Send(host.Anyone, own, Who.Operator)).ExpectProblem(401, "key_invalid");
        (await row.Send(host.As(UnknownKey), own, Who.Operator)).ExpectProblem(401, "key_invalid");
        foreach (var who in Enum.GetValues<Who>())
        {
            var client = await ReadOnlyKey(own, who);
            var answer = await row.Send(client, own, who);
            if (row.IsSafe)
            {
                answer.Expect(row.Expected(who));
            }
            else
            {
                answer.ExpectProblem(403, "key_read_only");
            }
        }

        if (row.ForeignBrand is { } forBrand)
        {
            await ExpectForeign(row, own.Brand, Who.Brand, foreign, forBrand);
        }

        if (row.ForeignPartner is { } forPartner)
        {
            await ExpectForeign(row, own.Partner, Who.Partner, foreign, forPartner);
        }

        Assert.Equal(before, await foreign.Describe());
        foreach (var who in Enum.GetValues<Who>())
        {
            var answer = (await row.Send(own.As(who), own, who)).Expect(row.Expected(who));
            if (answer.Status == 403)
            {
                answer.ExpectProblem(403, "role_not_allowed");
            }
        }
    }

    [Theory]
    [MemberData(nameof(PublicEndpoints))]
    public async Task Everybody_may_call_a_public_endpoint(string endpoint)
    {
        var row = EndpointTable.Public.Single(one => one.Endpoint == endpoint);
        var world = await World.MakeFull(host);
        (await host.Anyone.SendRaw(row.Method, row.Path(world))).Expect(row.Status);
        (await host.As(UnknownKey).SendRaw(row.Method, row.Path(world))).Expect(row.Again ?? row.Status);
    }

    [Theory]
    [InlineData("Basic b3BlcmF0b3I6c2VjcmV0")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer short")]
    [InlineData("olk_0000000000000000000000000000000000000000")]
    public async Task A_header_that_holds_no_key_is_answered_401_and_what_would_be_right(string header)
    {
        var answer = await host.Anyone.Send(HttpMethod.Get, "/programs", null, ("Authorization", header));
        answer.ExpectProblem(401, "key_invalid");
        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task A_key_of_ten_thousand_characters_is_answered_401() =>
        (await host.As(new string('k', 10_000)).Get("/programs")).ExpectProblem(401, "key_invalid");

    [Fact]
    public async Task A_brand_sees_its_own_program_partners_and_keys_alone_in_lists()
    {
        var own = await World.Make(host);
        var foreign = await World.Make(host);
        Assert.Equal([own.ProgramId], (await own.Brand.GetAll("/programs", 50)).Select(item => item["id"]!.GetValue<string>()));
        Assert.Equal([own.PartnerId], (await own.Brand.GetAll("/partners", 50)).Select(item => item["id"]!.GetValue<string>()));
        Assert.Equal([own.PartnerId], (await own.Partner.GetAll("/partners", 50)).Select(item => item["id"]!.GetValue<string>()));
        Assert.All(await own.Brand.GetAll("/keys", 50), key => Assert.Equal(own.ProgramId, key["programId"]!.GetValue<string>()));
        Assert.All(await own.Partner.GetAll("/keys", 50), key => Assert.Equal(own.PartnerId, key["partnerId"]!.GetValue<string>()));
        var all = (await host.Operator.GetAll("/programs", 500)).Select(item => item["id"]!.GetValue<string>()).ToHashSet();
        Assert.Superset(new HashSet<string> { own.ProgramId, foreign.ProgramId }, all);
    }

    [Fact]
    public async Task A_partner_does_not_see_what_another_partner_of_the_same_campaign_does()
    {
        var world = await World.Make(host);
        var otherId = await world.MakePartner();
        var other = await world.MakeKey($$"""{ "role": "partner", "partnerId": "{{otherId}}", "name": "{{world.Word}}" }""");
        await world.MakeTask(world.CampaignId, otherId);
        var link = await world.MakeLink();
        var click = World.ClickIdOf(await world.Click(link["trackingUrl"]));

        foreach (var path in new[] { $"/tasks/{world.TaskId}", $"/tasks/{world.TaskId}/links", $"/tasks/{world.TaskId}/clicks", $"/tasks/{world.TaskId}/counters", $"/links/{link["id"]}", $"/links/{link["id"]}/counters", $"/clicks/{click}", $"/partners/{world.PartnerId}" })
        {
            (await other.Get(path)).ExpectProblem(404, "not_found");
        }

        Assert.Equal(0, (await other.Get($"/campaigns/{world.CampaignId}/counters")).Expect(200).Json["clicks"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_brand_changes_only_partners_that_it_made_and_no_partners_state()
    {
        var world = await World.Make(host);
        var operators = (await host.Operator.Post("/partners", world.PartnerBody())).Expect(201)["id"];
        (await world.Brand.Put($"/campaigns/{world.CampaignId}/participants/{operators}")).Expect(200);
        (await world.Brand.Patch($"/partners/{operators}", new { name = "Mine" })).ExpectProblem(403, "partner_not_yours");
        (await world.Brand.Patch($"/partners/{world.PartnerId}", new { state = "inactive" })).ExpectProblem(422, "state_is_operators", "state");
        (await world.Partner.Patch($"/partners/{world.PartnerId}", new { state = "inactive" })).ExpectProblem(422, "state_is_operators", "state");
        Assert.Equal("active", (await world.Brand.Get($"/partners/{world.PartnerId}"))["state"]);
    }

    private static IEnumerable<string> NamesOf(RouteEndpoint endpoint)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        return (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => $"{method} {pattern}");
    }

    /// <summary>Another tenant is refused, and not told apart from things that are not there.</summary>
    private async Task ExpectForeign(EndpointRow row, ApiClient client, Who who, World foreign, int status)
    {
        var answer = (await row.Send(client, foreign, who)).Expect(status);
        answer.AssertIsProblem();
        if (status == 404)
        {
            var absent = (await row.Send(client, World.Nowhere(host), who)).Expect(404);
            Assert.Equal(WithoutTrace(absent), WithoutTrace(answer));
            Assert.Equal(absent.Headers.Keys.Order(), answer.Headers.Keys.Order());
        }
    }

    /// <summary>The body without the id of the request, which is another one each time.</summary>
    private static string WithoutTrace(Answer answer)
    {
        var body = answer.Json;
        body.Remove("traceId");
        return body.ToJsonString();
    }

    private async Task<ApiClient> ReadOnlyKey(World world, Who who)
    {
        var body = who == Who.Operator ? World.Parse($$"""{ "role": "operator", "name": "{{world.Word}}" }""") : world.KeyBody(who);
        body["readOnly"] = true;
        return host.As((await host.Operator.Post("/keys", body)).Expect(201)["key"]);
    }
}
