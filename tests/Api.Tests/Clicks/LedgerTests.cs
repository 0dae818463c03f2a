using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Clicks;

/// <summary>What the operator is told of the ledger.</summary>
public sealed class LedgerTests(RunningHost host)
{
    [Fact]
    public async Task Every_answered_click_is_taken_in_on_disk_and_counted_and_nothing_drifts()
    {
        var world = await World.Make(host);
        var link = await world.MakeLink();
        var before = await Read();
        for (var i = 0; i < 5; i++)
        {
            (await world.Click(link["trackingUrl"])).Expect(302);
        }

        var after = await Read();
        Assert.True(Number(after, "journaled") >= Number(before, "journaled") + 5, $"{before} {after}");
        Assert.True(Number(after, "durable") >= Number(before, "journaled") + 5, $"{before} {after}");
        await Eventually.Is(async () => Number(await Read(), "applied") >= Number(after, "journaled"), "all clicks are counted");
        Assert.Equal(0, Number(after, "lost"));
        Assert.Equal(0, Number(after, "drift"));
        Assert.InRange(Number(after, "oldestUnappliedMs"), 0, 1000);
    }

    private async Task<JsonObject> Read() => (await host.Operator.Get("/ledger")).Expect(200).Json;

    private static long Number(JsonObject ledger, string name) => ledger[name]!.GetValue<long>();
}
