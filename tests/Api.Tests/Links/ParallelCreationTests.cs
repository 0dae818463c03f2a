using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Links;

/// <summary>No code is issued twice, whoever asks at the same time.</summary>
public sealed class ParallelCreationTests(RunningHost host)
{
    [Fact]
    public async Task Of_64_who_want_one_alias_at_once_one_gets_it()
    {
        var worlds = await Task.WhenAll(World.Make(host), World.Make(host));
        var alias = worlds[0].Word;
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(n => worlds[n % 2].TryLink(new { landingPage = World.Page, alias, sharedId = $"s{n}" })));

        var won = Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer != won), answer => answer.ExpectProblem(409, "alias_taken", "alias"));
        var links = (await worlds[0].Partner.GetAll($"/tasks/{worlds[0].TaskId}/links", 50)).Concat(await worlds[1].Partner.GetAll($"/tasks/{worlds[1].TaskId}/links", 50));
        Assert.Equal((won["id"], won["sharedId"]), Assert.Single(links.Select(link => (link["id"]!.ToString(), link["sharedId"]!.ToString()))));
    }

    [Fact]
    public async Task Ten_thousand_links_made_by_many_at_once_all_differ()
    {
        const int Workers = 16;
        const int Batches = 6;
        const int Singles = 25;
        var world = await World.Make(host);
        var codes = new ConcurrentBag<string>();
        var batch = new JsonArray([.. Enumerable.Range(0, 100).Select(_ => new JsonObject { ["landingPage"] = World.Page })]).ToJsonString();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            for (var n = 0; n < Batches; n++)
            {
                foreach (var item in (await world.Brand.Post($"/tasks/{world.TaskId}/links/batch?atomic={(worker % 2 == 0 ? "true" : "false")}", batch)).Expect(200).Items)
                {
                    codes.Add(item["link"]!["code"]!.GetValue<string>());
                }

                for (var single = 0; single < Singles / Batches + (n < Singles % Batches ? 1 : 0); single++)
                {
                    codes.Add((await world.MakeLink())["code"]);
                }
            }
        }));

        Assert.Equal(Workers * ((Batches * 100) + Singles), codes.Count);
        Assert.Equal(codes.Count, codes.Distinct(StringComparer.Ordinal).Count());
        Assert.All(codes, code => Assert.True(code.Length >= 7));
        Assert.Equal(codes.Order(StringComparer.Ordinal), (await world.Partner.GetAll($"/tasks/{world.TaskId}/links", 500)).Select(link => link["code"]!.GetValue<string>()).Order(StringComparer.Ordinal));
    }
}
