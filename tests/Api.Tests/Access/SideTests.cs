using System.Text.Json.Nodes;
using OrleansLinks.Api.Tests.Webhooks;

namespace OrleansLinks.Api.Tests.Access;

/// <summary>What one side keeps for itself, the other meets nowhere: in no answer, list, report, export, stream or event.</summary>
public sealed class SideTests(PrivateNetworkHost host) : IClassFixture<PrivateNetworkHost>
{
    private const string PartnersOwn = "partners-own";
    private const string BrandsOwn = "brands-own";
    private const string Shared = "of-both";

    // Where each side does meet its own, so that the test would see what is shown; the link itself is the partner's.
    private static readonly string[] WithValues =
    [
        "GET /tasks/{taskId}/links", "GET /links/{linkId}", "GET /clicks/{clickId}", "GET /tasks/{taskId}/clicks", "GET /conversions/{conversionId}",
        "GET /campaigns/{campaignId}/conversions", "GET /exports/clicks", "GET /exports/conversions",
    ];

    [Fact]
    public async Task No_answer_shows_a_side_what_is_the_others_own()
    {
        var world = await Make();
        string[] others =
        [
            $"/exports/clicks?programId={world.ProgramId}&format=ndjson",
            $"/exports/conversions?programId={world.ProgramId}&format=ndjson",
            $"/reports/performance?programId={world.ProgramId}&groupBy=link,sharedId&format=csv",
            $"/reports/performance?programId={world.ProgramId}&groupBy=day,country,device,sharedId&format=ndjson",
        ];
        foreach (var who in Enum.GetValues<Who>())
        {
            var (own, foreign) = OwnAndForeign(who);
            foreach (var row in EndpointTable.Rows.Where(row => row.IsSafe && row.Expected(who) == 200))
            {
                var text = (await row.Send(world.As(who), world, who)).Expect(200).Text;
                Assert.False(text.Contains(foreign, StringComparison.Ordinal), $"{row.Endpoint} shows {who} {foreign}: {text}");
                Assert.True(!WithValues.Contains(row.Endpoint) || (who != Who.Partner && row.Endpoint == "GET /links/{linkId}") || (text.Contains(own, StringComparison.Ordinal) && text.Contains(Shared, StringComparison.Ordinal)), $"{row.Endpoint} does not show {who} {own}: {text}");
            }

            foreach (var path in others)
            {
                var text = (await world.As(who).Get(path)).Expect(200).Text;
                Assert.False(text.Contains(foreign, StringComparison.Ordinal), $"{path} shows {who} {foreign}: {text}");
                Assert.Contains(Shared, text, StringComparison.Ordinal);
            }

            foreach (var group in who == Who.Partner ? new[] { "subId1", "subId2", "subId3" } : ["param"])
            {
                Assert.Contains(own, (await world.As(who).Get($"/reports/performance?programId={world.ProgramId}&groupBy={group}")).Expect(200).Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task No_event_tells_a_side_what_is_the_others_own()
    {
        await using var receiver = await WebhookReceiver.Start();
        var world = await Make();
        string[] events = ["conversion.created", "conversion.adjusted", "conversion.reversed", "clicks.counted"];
        foreach (var who in new[] { Who.Brand, Who.Partner })
        {
            var holder = who == Who.Brand ? ("programId", world.ProgramId) : ("partnerId", world.PartnerId);
            var body = new JsonObject { ["url"] = $"{receiver.Address}/{who}", ["events"] = new JsonArray([.. events.Select(one => JsonValue.Create(one))]), [holder.Item1] = holder.Item2 };
            (await world.As(who).Post("/webhooks", body)).Expect(201);
        }

        var id = (await world.Convert(world.ClickId)).Expect(201)["id"];
        (await world.Brand.Post($"/conversions/{id}/adjust", new { amount = new { amount = "80.00", currency = "EUR" } })).Expect(200);
        (await world.Brand.Post($"/conversions/{id}/reverse")).Expect(200);
        foreach (var who in new[] { Who.Brand, Who.Partner })
        {
            var (own, foreign) = OwnAndForeign(who);
            await Eventually.Is(() => Task.FromResult(OfTheOrder(who).Length == 3), $"{who} is told of the conversion", TimeSpan.FromSeconds(20));
            Assert.All(OfTheOrder(who), one => Assert.Contains(own, one.Body, StringComparison.Ordinal));
            Assert.All(receiver.TakenAt($"/{who}"), one => Assert.DoesNotContain(foreign, one.Body, StringComparison.Ordinal));
        }

        ReceivedEvent[] OfTheOrder(Who who) => [.. receiver.TakenAt($"/{who}").Where(one => one.Data["id"]?.GetValue<string>() == id)];
    }

    private static (string Own, string Foreign) OwnAndForeign(Who who) => who == Who.Partner ? (PartnersOwn, BrandsOwn) : (BrandsOwn, PartnersOwn);

    /// <summary>A world in which link, click and conversion have all reporting values.</summary>
    private async Task<World> Make()
    {
        var link = new { landingPage = World.Page, subId1 = PartnersOwn + "-1", subId2 = PartnersOwn + "-2", sharedId = Shared };
        var world = await World.MakeFull(host, link, $"?subId3={PartnersOwn}-3&param={BrandsOwn}");
        await world.MakeLink(new { landingPage = World.Page, sharedId = Shared, param = BrandsOwn }, Who.Brand);
        return world;
    }
}
