using OrleansLinks.Api.Tests.Access;

namespace OrleansLinks.Api.Tests.BadInput;

/// <summary>Ids in paths that are none, and paths that are none.</summary>
public sealed class PathTests(RunningHost host)
{
    public static TheoryData<string> Endpoints => [.. EndpointTable.Rows.Where(row => row.Endpoint.Contains('{', StringComparison.Ordinal)).Select(row => row.Endpoint)];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task An_id_that_is_none_is_answered_404(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        Func<string, string>[] ids =
        [
            prefix => prefix, prefix => prefix + "x", prefix => prefix + World.Absent + "0", prefix => prefix.ToUpperInvariant() + World.Absent, prefix => prefix + World.Absent.ToUpperInvariant(),
            _ => "xyz_" + World.Absent, prefix => prefix + "u" + World.Absent[1..], prefix => prefix + "8" + World.Absent[1..], prefix => prefix + World.Absent[..^1] + "%2F",
            prefix => prefix + World.Absent[..^1] + "%20", _ => "%2F", _ => "..%2F..%2Fetc%2Fpasswd", _ => "%5C", _ => "%F0%9F%92%A9", _ => "%C0%AF", _ => "%0D%0AX-Header:1", _ => "null", _ => "0", _ => "-1",
            _ => "'%3B--", _ => "%7B%7D", _ => "*", prefix => prefix + new string('a', 4_000), _ => new string('%', 1) + "25",
        ];
        foreach (var id in ids)
        {
            (await row.Send(host.Operator, World.WithIds(host, id), Who.Operator)).ExpectProblem(404, "not_found");
        }

        // A zero byte is refused before the request reaches the program.
        Assert.InRange((await row.Send(host.Operator, World.WithIds(host, prefix => prefix + "%00"), Who.Operator)).Status, 400, 404);
    }

    [Fact]
    public async Task A_partner_that_is_none_cannot_take_part()
    {
        var world = await World.Make(host);
        foreach (var id in new[] { "prt_" + World.Absent, "prt_", world.CampaignId, "%2F" })
        {
            (await world.Brand.Put($"/campaigns/{world.CampaignId}/participants/{id}")).ExpectProblem(404, "not_found");
        }

        Assert.Single(await world.Brand.GetAll($"/campaigns/{world.CampaignId}/participants", 50));
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404, "not_found")]
    [InlineData("GET", "/api/v2/programs", 404, "not_found")]
    [InlineData("GET", "/api/v1", 404, "not_found")]
    [InlineData("DELETE", "/api/v1/programs", 405, "method_not_allowed")]
    [InlineData("PUT", "/api/v1/keys", 405, "method_not_allowed")]
    public async Task A_path_of_the_api_that_is_none_is_answered_with_a_problem(string method, string path, int status, string code) =>
        (await host.Operator.SendRaw(HttpMethod.Parse(method), path)).ExpectProblem(status, code);
}
