using System.Globalization;
using OrleansLinks.Api.Tests.Access;

namespace OrleansLinks.Api.Tests.Lists;

/// <summary>ETags and If-Match.</summary>
public sealed class VersionTests(RunningHost host)
{
    public static TheoryData<string> Changes => [.. EndpointTable.Rows.Where(row => row.Method == HttpMethod.Patch).Select(row => row.Endpoint)];

    /// <summary>Requests that change something and are conditional.</summary>
    public static TheoryData<string> Conditional =>
    [
        .. EndpointTable.Rows.Where(row => row.Method == HttpMethod.Patch).Select(row => row.Endpoint),
        "POST /campaigns/{campaignId}/activate", "POST /campaigns/{campaignId}/pause", "POST /campaigns/{campaignId}/complete", "DELETE /links/{linkId}",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_with_the_current_etag_passes_once(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await World.MakeFull(host);
        var path = row.Path(world, Who.Brand);
        var first = (await world.Brand.Get(path)).Expect(200);
        Assert.Equal($"\"{first["version"]}\"", first.ETag);

        var change = endpoint.Contains("link", StringComparison.Ordinal) ? """{ "state": "disabled" }""" : endpoint.Contains("webhook", StringComparison.Ordinal) ? """{ "description": "Renamed" }""" : """{ "name": "Renamed" }""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.Brand.Patch(path, change, ("If-Match", first.ETag!))));

        var changed = Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer != changed), answer => answer.ExpectProblem(412, "stale_version"));
        Assert.Equal(long.Parse(first["version"], CultureInfo.InvariantCulture) + 1, long.Parse(changed["version"], CultureInfo.InvariantCulture));
        Assert.Equal($"\"{changed["version"]}\"", changed.ETag);
        var again = (await world.Brand.Get(path)).Expect(200);
        Assert.Equal((changed.ETag, changed.Text), (again.ETag, again.Text));
        (await world.Brand.Patch(path, change, ("If-Match", "*"))).Expect(200);
    }

    [Theory]
    [MemberData(nameof(Conditional))]
    public async Task A_stale_or_malformed_etag_changes_nothing(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await World.MakeFull(host);
        var before = await world.Describe();
        foreach (var stale in new[] { "\"0\"", "\"999\"", "\"9223372036854775807\"" })
        {
            (await row.Send(world.Brand, world, Who.Brand, ("If-Match", stale))).ExpectProblem(412, "stale_version");
        }

        foreach (var garbage in new[] { "abc", "\"abc\"", "\"\"", "-1", "\"-1\"", "\"1\", \"2\"", "\"99999999999999999999\"", "\"1.0\"", "\" 1\"", "W/\"1\"", "0x1", new string('1', 5_000) })
        {
            (await row.Send(world.Brand, world, Who.Brand, ("If-Match", garbage))).ExpectProblem(400, "if_match_invalid", "If-Match");
        }

        Assert.Equal(before, await world.Describe());
    }

    [Fact]
    public async Task Moving_a_campaign_is_conditional_too_and_a_move_to_where_it_is_changes_nothing()
    {
        var world = await World.Make(host);
        var path = $"/campaigns/{world.CampaignId}";
        var current = (await world.Brand.Get(path)).ETag!;
        var paused = (await world.Brand.Post($"{path}/pause", null, ("If-Match", current))).Expect(200);
        (await world.Brand.Post($"{path}/activate", null, ("If-Match", current))).ExpectProblem(412, "stale_version");
        Assert.Equal(paused.ETag, (await world.Brand.Post($"{path}/pause")).Expect(200).ETag);
    }

    [Fact]
    public async Task A_new_thing_says_its_version()
    {
        var world = await World.Make(host);
        Assert.Equal("\"1\"", (await host.Operator.Post("/programs", world.ProgramBody())).Expect(201).ETag);
        Assert.Equal("\"1\"", (await world.Brand.Post("/partners", world.PartnerBody())).Expect(201).ETag);
        Assert.Equal("\"1\"", (await world.Brand.Post($"/programs/{world.ProgramId}/campaigns", world.CampaignBody())).Expect(201).ETag);
        Assert.Equal("\"1\"", (await world.MakeLink()).ETag);
    }
}
