using System.Net;

namespace OrleansLinks.Clusters;

/// <summary>Changes that are made through one edge, as visitors meet them at each.</summary>
public sealed class ChangeTests(RunningCluster cluster)
{
    private const int Rounds = 10;

    [Fact]
    public async Task A_link_that_is_disabled_through_one_edge_is_gone_there_at_once_and_at_the_other_within_a_second()
    {
        await cluster.BeWhole();
        var scene = await Scene.Make(cluster.Operator);
        for (var round = 0; round < Rounds; round++)
        {
            var (here, there) = (cluster.Edges[round % 2].Instance, cluster.Edges[(round + 1) % 2].Instance);
            var link = await here.Operator.Post(scene.Links, Scene.NewLink(round));
            var path = Links.PathOf(link);
            Assert.Equal(HttpStatusCode.Found, await StatusOf(here.Origin + path));
            Assert.Equal(HttpStatusCode.Found, await StatusOf(there.Origin + path));

            await here.Operator.Patch($"/links/{link.Id()}", new { state = "disabled" });

            Assert.Equal(HttpStatusCode.Gone, await StatusOf(here.Origin + path));
            await Eventually.So(async () => await StatusOf(there.Origin + path) == HttpStatusCode.Gone, "the link is gone at the other edge", TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task A_campaign_that_is_paused_through_one_edge_sends_visitors_of_that_edge_to_the_default_page_at_once()
    {
        await cluster.BeWhole();
        var scene = await Scene.Make(cluster.Operator);
        var edge = cluster.Edges[1].Instance;
        var link = await edge.Operator.Post(scene.Links, Scene.NewLink(1));
        var url = edge.Origin + Links.PathOf(link);
        for (var round = 0; round < Rounds; round++)
        {
            Assert.StartsWith("https://www.example.com/page/1", await edge.Operator.Peek(url), StringComparison.Ordinal);
            await edge.Operator.Post($"/campaigns/{scene.Campaign}/pause");
            Assert.StartsWith("https://www.example.com/start", await edge.Operator.Peek(url), StringComparison.Ordinal);
            await edge.Operator.Post($"/campaigns/{scene.Campaign}/activate");
        }
    }

    [Fact]
    public async Task A_key_that_is_revoked_through_one_edge_stops_to_work_at_the_other_within_a_second()
    {
        await cluster.BeWhole();
        var (here, there) = (cluster.Edges[0].Instance, cluster.Edges[1].Instance);
        var key = await here.Operator.Post("/keys", new { role = "operator", name = "Short-lived" });
        using var holder = new Client(there.Origin, key.Text("key"));
        await holder.Get("/programs");

        await here.Operator.Delete($"/keys/{key.Id()}");

        await Eventually.So(async () => await holder.StatusOf("/programs") == HttpStatusCode.Unauthorized, "the key is refused at the other edge", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_walkthrough_passes_against_an_edge()
    {
        await cluster.BeWhole();
        var walkthrough = await Child.Run("bash", [Repository.Walkthrough, cluster.Edges[1].Instance.Origin, Instance.OperatorKey]);
        Assert.True(walkthrough.ExitCode == 0, $"{walkthrough.Output}\n{walkthrough.Errors}");
        Assert.EndsWith("All four ways to a link work.", walkthrough.Output, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusOf(string url) => await cluster.Operator.StatusOfLink(url);
}
