namespace OrleansLinks.Api.Tests.Lists;

public sealed class NoChangeTests(RunningHost host)
{
    [Fact]
    public async Task A_change_that_changes_nothing_keeps_the_version()
    {
        var world = await World.Make(host);
        foreach (var path in new[] { $"/programs/{world.ProgramId}", $"/partners/{world.PartnerId}", $"/campaigns/{world.CampaignId}", $"/tasks/{world.TaskId}" })
        {
            var before = (await world.Operator.Get(path)).Expect(200);
            Assert.Equal(before.ETag, (await world.Operator.Patch(path, new { })).Expect(200).ETag);
            Assert.Equal(before.ETag, (await world.Operator.Patch(path, new { name = before["name"] })).Expect(200).ETag);
        }
    }

    [Fact]
    public async Task A_charset_that_nobody_knows_is_not_supported()
    {
        var world = await World.Make(host);
        using var body = ApiClient.Json("{}");
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=foo");

        (await world.Brand.SendRaw(HttpMethod.Patch, $"/api/v1/tasks/{world.TaskId}", body)).ExpectProblem(415, "content_type_not_supported", "Content-Type");
    }

    [Fact]
    public async Task Terms_without_a_model_are_refused_by_name()
    {
        var world = await World.Make(host);

        var answer = await world.Brand.Patch($"/campaigns/{world.CampaignId}", new { payForPerformance = new { terms = new { rate = "5" } } });

        answer.ExpectProblem(400, "field_required", "payForPerformance.terms.model");
    }
}
