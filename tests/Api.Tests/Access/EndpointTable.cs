using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests.Access;

/// <summary>An endpoint, a request to it, and what each caller is answered.</summary>
/// <param name="Endpoint">Method and route pattern.</param>
/// <param name="Path">The path for the ids of a world, as that caller would send it.</param>
/// <param name="Body">A valid body with every field that it may have; null where there is none.</param>
/// <param name="Operator">Status for the operator.</param>
/// <param name="Brand">Status for a brand with what is its own.</param>
/// <param name="ForeignBrand">Status for another brand; null where nothing in the request is anybody's.</param>
/// <param name="Partner">Status for a partner with what is its own.</param>
/// <param name="ForeignPartner">Status for another partner; null where nothing in the request is anybody's.</param>
internal sealed record EndpointRow(
    string Endpoint,
    Func<World, Who, string> Path,
    Func<World, Who, JsonNode>? Body,
    int Operator,
    int Brand,
    int? ForeignBrand,
    int Partner,
    int? ForeignPartner)
{
    public HttpMethod Method => HttpMethod.Parse(Endpoint.Split(' ')[0]);

    public bool IsSafe => Method == HttpMethod.Get;

    /// <summary>Somebody who may call it.</summary>
    public Who Caller => Brand < 300 ? Who.Brand : Who.Operator;

    public int Expected(Who who) => who switch
    {
        Who.Operator => Operator,
        Who.Brand => Brand,
        _ => Partner,
    };

    public Task<Answer> Send(ApiClient client, World target, Who who, params (string Name, string Value)[] headers) =>
        client.Send(Method, Path(target, who), Body?.Invoke(target, who), headers);
}

/// <summary>An endpoint that everybody may call.</summary>
internal sealed record PublicRow(string Endpoint, HttpMethod Method, Func<World, string> Path, int Status, int? Again = null);

/// <summary>Every endpoint of the program. Whoever adds an endpoint adds its row.</summary>
internal static class EndpointTable
{
    private static int _aliases;

    public static readonly EndpointRow[] Rows =
    [
        new("POST /programs", (_, _) => "/programs", (w, _) => FullProgram(w), 201, 403, null, 403, null),
        new("GET /programs", (_, _) => "/programs", null, 200, 200, null, 403, null),
        new("GET /programs/{programId}", (w, _) => $"/programs/{w.ProgramId}", null, 200, 200, 404, 403, 403),
        new("PATCH /programs/{programId}", (w, _) => $"/programs/{w.ProgramId}", (w, _) => FullProgram(w), 200, 200, 404, 403, 403),
        new("POST /programs/{programId}/campaigns", (w, _) => $"/programs/{w.ProgramId}/campaigns", (w, _) => FullCampaign(w), 201, 201, 404, 403, 403),
        new("GET /programs/{programId}/campaigns", (w, _) => $"/programs/{w.ProgramId}/campaigns", null, 200, 200, 404, 403, 403),

        new("POST /partners", (_, _) => "/partners", (w, _) => w.PartnerBody(), 201, 201, null, 403, null),
        new("GET /partners", (_, _) => "/partners", null, 200, 200, null, 200, null),
        new("GET /partners/{partnerId}", (w, _) => $"/partners/{w.PartnerId}", null, 200, 200, 404, 200, 404),
        new("PATCH /partners/{partnerId}", (w, _) => $"/partners/{w.PartnerId}", (w, _) => w.PartnerBody(), 200, 200, 404, 200, 404),
        new("GET /partners/{partnerId}/campaigns", (w, _) => $"/partners/{w.PartnerId}/campaigns", null, 200, 403, 403, 200, 404),
        new("GET /partners/{partnerId}/tasks", (w, _) => $"/partners/{w.PartnerId}/tasks", null, 200, 403, 403, 200, 404),

        new("GET /campaigns/{campaignId}", (w, _) => $"/campaigns/{w.CampaignId}", null, 200, 200, 404, 200, 404),
        new("PATCH /campaigns/{campaignId}", (w, _) => $"/campaigns/{w.CampaignId}", (w, _) => FullCampaign(w), 200, 200, 404, 403, 403),
        new("POST /campaigns/{campaignId}/activate", (w, _) => $"/campaigns/{w.CampaignId}/activate", null, 200, 200, 404, 403, 403),
        new("POST /campaigns/{campaignId}/pause", (w, _) => $"/campaigns/{w.CampaignId}/pause", null, 200, 200, 404, 403, 403),
        new("POST /campaigns/{campaignId}/complete", (w, _) => $"/campaigns/{w.CampaignId}/complete", null, 200, 200, 404, 403, 403),
        new("GET /campaigns/{campaignId}/counters", (w, _) => $"/campaigns/{w.CampaignId}/counters", null, 200, 200, 404, 200, 404),
        new("GET /campaigns/{campaignId}/participants", (w, _) => $"/campaigns/{w.CampaignId}/participants", null, 200, 200, 404, 403, 403),
        new("PUT /campaigns/{campaignId}/participants/{partnerId}", (w, _) => $"/campaigns/{w.CampaignId}/participants/{w.PartnerId}", null, 200, 200, 404, 403, 403),
        new("DELETE /campaigns/{campaignId}/participants/{partnerId}", (w, _) => $"/campaigns/{w.CampaignId}/participants/{w.PartnerId}", null, 204, 204, 404, 403, 403),

        new("POST /campaigns/{campaignId}/tasks", (w, _) => $"/campaigns/{w.CampaignId}/tasks", (w, _) => FullTask(w), 201, 201, 404, 403, 403),
        new("GET /campaigns/{campaignId}/tasks", (w, _) => $"/campaigns/{w.CampaignId}/tasks", null, 200, 200, 404, 403, 403),
        new("GET /tasks/{taskId}", (w, _) => $"/tasks/{w.TaskId}", null, 200, 200, 404, 200, 404),
        new("PATCH /tasks/{taskId}", (w, _) => $"/tasks/{w.TaskId}", (w, _) => FullTask(w), 200, 200, 404, 403, 403),
        new("GET /tasks/{taskId}/counters", (w, _) => $"/tasks/{w.TaskId}/counters", null, 200, 200, 404, 200, 404),
        new("GET /tasks/{taskId}/counters/live", (w, _) => $"/tasks/{w.TaskId}/counters/live", null, 200, 200, 404, 200, 404),
        new("GET /tasks/{taskId}/clicks", (w, _) => $"/tasks/{w.TaskId}/clicks", null, 200, 200, 404, 200, 404),

        new("POST /tasks/{taskId}/links", (w, _) => $"/tasks/{w.TaskId}/links", (w, who) => FullLink(w, who), 201, 201, 404, 201, 404),
        new("POST /tasks/{taskId}/links/batch", (w, _) => $"/tasks/{w.TaskId}/links/batch?atomic=true", (w, who) => new JsonArray(FullLink(w, who), FullLink(w, who)), 200, 200, 404, 200, 404),
        new("GET /tasks/{taskId}/links", (w, _) => $"/tasks/{w.TaskId}/links", null, 200, 200, 404, 200, 404),
        new("GET /links/{linkId}", (w, _) => $"/links/{w.LinkId}", null, 200, 200, 404, 200, 404),
        new("PATCH /links/{linkId}", (w, _) => $"/links/{w.LinkId}", (_, _) => World.Parse($$"""{ "landingPage": "{{World.Page}}", "savedPageId": null, "state": "active" }"""), 200, 200, 404, 200, 404),
        new("DELETE /links/{linkId}", (w, _) => $"/links/{w.LinkId}", null, 204, 204, 404, 204, 404),
        new("GET /links/{linkId}/counters", (w, _) => $"/links/{w.LinkId}/counters", null, 200, 200, 404, 200, 404),
        new("GET /clicks/{clickId}", (w, _) => $"/clicks/{w.ClickId}", null, 200, 200, 404, 200, 404),
        new("GET /clicks/{clickId}/why", (w, _) => $"/clicks/{w.ClickId}/why", null, 200, 200, 404, 200, 404),

        new("POST /conversions", (_, _) => "/conversions", (w, _) => FullConversion(w), 201, 201, 404, 403, 403),
        new("GET /conversions/{conversionId}", (w, _) => $"/conversions/{w.ConversionId}", null, 200, 200, 404, 200, 404),
        new("GET /conversions/{conversionId}/why", (w, _) => $"/conversions/{w.ConversionId}/why", null, 200, 200, 404, 200, 404),
        new("POST /conversions/{conversionId}/adjust", (w, _) => $"/conversions/{w.ConversionId}/adjust", (_, _) => World.Parse("""{ "amount": { "amount": "80.00", "currency": "EUR" }, "reason": "One was sent back." }"""), 200, 200, 404, 403, 403),
        new("POST /conversions/{conversionId}/reverse", (w, _) => $"/conversions/{w.ConversionId}/reverse", (_, _) => World.Parse("""{ "reason": "All was sent back." }"""), 200, 200, 404, 403, 403),
        new("GET /campaigns/{campaignId}/conversions", (w, _) => $"/campaigns/{w.CampaignId}/conversions", null, 200, 200, 404, 200, 404),
        new("GET /programs/{programId}/conversions/unmatched", (w, _) => $"/programs/{w.ProgramId}/conversions/unmatched", null, 200, 200, 404, 403, 403),

        new("GET /reports/performance", (w, _) => $"/reports/performance?programId={w.ProgramId}&groupBy=day,link", null, 200, 200, 404, 200, 404),
        new("GET /exports/clicks", (w, _) => $"/exports/clicks?programId={w.ProgramId}", null, 200, 200, 404, 200, 404),
        new("GET /exports/conversions", (w, _) => $"/exports/conversions?programId={w.ProgramId}", null, 200, 200, 404, 200, 404),

        new("POST /programs/{programId}/signing-secrets", (w, _) => $"/programs/{w.ProgramId}/signing-secrets", (_, _) => World.Parse("""{ "overlapSeconds": 3600 }"""), 201, 201, 404, 403, 403),
        new("GET /programs/{programId}/signing-secrets", (w, _) => $"/programs/{w.ProgramId}/signing-secrets", null, 200, 200, 404, 403, 403),
        new("DELETE /programs/{programId}/signing-secrets/{secretId}", (w, who) => $"/programs/{w.ProgramId}/signing-secrets/{w.SpareSecretIds[who]}", null, 204, 204, 404, 403, 403),

        new("POST /webhooks", (_, _) => "/webhooks", FullWebhook, 201, 201, 404, 201, 404),
        new("GET /webhooks", (_, _) => "/webhooks", null, 200, 200, null, 200, null),
        new("GET /webhooks/{webhookId}", (w, who) => $"/webhooks/{w.WebhookIds[who]}", null, 200, 200, 404, 200, 404),
        new("PATCH /webhooks/{webhookId}", (w, who) => $"/webhooks/{w.WebhookIds[who]}", (_, _) => World.Parse("""{ "url": "https://localhost:9/other", "events": ["conversion.approved"], "description": null, "enabled": false }"""), 200, 200, 404, 200, 404),
        new("DELETE /webhooks/{webhookId}", (w, who) => $"/webhooks/{w.WebhookIds[who]}", null, 204, 204, 404, 204, 404),
        new("POST /webhooks/{webhookId}/rotate", (w, who) => $"/webhooks/{w.WebhookIds[who]}/rotate", (_, _) => World.Parse("""{ "overlapSeconds": 3600 }"""), 200, 200, 404, 200, 404),
        new("POST /webhooks/{webhookId}/test", (w, who) => $"/webhooks/{w.WebhookIds[who]}/test", null, 200, 200, 404, 200, 404),
        new("GET /webhooks/{webhookId}/deliveries", (w, who) => $"/webhooks/{w.WebhookIds[who]}/deliveries", null, 200, 200, 404, 200, 404),
        new("POST /webhooks/{webhookId}/deliveries/{deliveryId}/replay", (w, who) => $"/webhooks/{w.WebhookIds[who]}/deliveries/evt_{World.Absent}/replay", null, 404, 404, null, 404, null),
        new("POST /webhooks/{webhookId}/replay", (w, who) => $"/webhooks/{w.WebhookIds[who]}/replay", (_, _) => World.Parse("""{ "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "cursor": null }"""), 200, 200, 404, 200, 404),

        new("GET /ledger", (_, _) => "/ledger", null, 200, 403, null, 403, null),

        new("POST /keys", (_, _) => "/keys", FullKey, 201, 201, 403, 201, 403),
        new("GET /keys", (_, _) => "/keys", null, 200, 200, null, 200, null),
        new("GET /keys/current", (_, _) => "/keys/current", null, 200, 200, null, 200, null),
        new("POST /keys/{keyId}/rotate", (w, who) => $"/keys/{w.SpareKeyIds[who]}/rotate", (_, _) => World.Parse("""{ "overlapSeconds": 0 }"""), 201, 201, 404, 201, 404),
        new("DELETE /keys/{keyId}", (w, who) => $"/keys/{w.SpareKeyIds[who]}", null, 204, 204, 404, 204, 404),
    ];

    public static readonly PublicRow[] Public =
    [
        new("GET /{code}", HttpMethod.Get, w => "/" + w.LinkId["lnk_".Length..], 302),
        new("HEAD /{code}", HttpMethod.Head, w => "/" + w.LinkId["lnk_".Length..], 302),
        new("GET /c/{partnerId}/{taskId}/{campaignId}", HttpMethod.Get, w => $"/c/{w.PartnerId}/{w.TaskId}/{w.CampaignId}", 302),
        new("HEAD /c/{partnerId}/{taskId}/{campaignId}", HttpMethod.Head, w => $"/c/{w.PartnerId}/{w.TaskId}/{w.CampaignId}", 302),
        new("GET /postback/{programId}", HttpMethod.Get, w => w.Sign($"/postback/{w.ProgramId}", $"clickId={w.ClickId}&orderId=root&amount=1.00"), 201, 200),
        new("GET /api/v1/postback/{programId}", HttpMethod.Get, w => w.Sign($"/api/v1/postback/{w.ProgramId}", $"clickId={w.ClickId}&orderId=api&amount=1.00"), 201, 200),
        new("GET /pixel/{programId}.gif", HttpMethod.Get, w => w.Sign($"/pixel/{w.ProgramId}.gif", $"clickId={w.ClickId}&orderId=root+pixel&amount=1.00"), 200),
        new("GET /api/v1/pixel/{programId}.gif", HttpMethod.Get, w => w.Sign($"/api/v1/pixel/{w.ProgramId}.gif", $"clickId={w.ClickId}&orderId=api+pixel&amount=1.00"), 200),
        new("ANY /console/{**path}", HttpMethod.Get, _ => "/console/sign-in", 200),
        new("GET /health/startup", HttpMethod.Get, _ => "/health/startup", 200),
        new("HEAD /health/startup", HttpMethod.Head, _ => "/health/startup", 200),
        new("GET /health/live", HttpMethod.Get, _ => "/health/live", 200),
        new("HEAD /health/live", HttpMethod.Head, _ => "/health/live", 200),
        new("GET /health/ready", HttpMethod.Get, _ => "/health/ready", 200),
        new("HEAD /health/ready", HttpMethod.Head, _ => "/health/ready", 200),
        new("GET /metrics", HttpMethod.Get, _ => "/metrics", 200),
        new("HEAD /metrics", HttpMethod.Head, _ => "/metrics", 200),
        new("GET /openapi/{documentName}.json", HttpMethod.Get, _ => "/openapi/v1.json", 200),
        new("GET /docs/{documentName?}", HttpMethod.Get, _ => "/docs/", 200),
        new("GET /docs/scalar.js", HttpMethod.Get, _ => "/docs/scalar.js", 200),
        new("GET /docs/scalar.aspnetcore.js", HttpMethod.Get, _ => "/docs/scalar.aspnetcore.js", 200),
        new("GET /docs/favicon.svg", HttpMethod.Get, _ => "/docs/favicon.svg", 200),
    ];

    /// <summary>Those that take a body.</summary>
    public static IEnumerable<EndpointRow> WithBody => Rows.Where(row => row.Body is not null);

    public static EndpointRow Row(string endpoint) => Rows.Single(row => row.Endpoint == endpoint);

    private static JsonObject FullProgram(World world) => World.Parse($$"""
        { "name": "{{world.Word}}", "defaultLandingPage": "{{World.DefaultPage}}", "permittedDomains": ["www.example.com", "{{World.Host}}"],
          "trackingHost": null, "currency": "EUR", "timeZone": "Europe/Berlin", "clickIdParameter": "clickid", "landingTemplate": null }
        """);

    private static JsonObject FullCampaign(World world) => World.Parse($$"""
        { "name": "{{world.Word}}", "kind": "performance", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2096-01-01T00:00:00+01:00",
          "tracking": { "clicksAndConversions": true, "attributionWindowDays": 30, "lockingPeriodDays": 14 },
          "payForPerformance": { "enabled": true, "terms": { "model": "fixed", "amount": { "amount": "5.00", "currency": "EUR" }, "rate": null,
            "minPayout": { "amount": "1.00", "currency": "EUR" }, "maxPayout": { "amount": "50.00", "currency": "EUR" },
            "cap": { "conversions": 1000, "payout": { "amount": "5000.00", "currency": "EUR" } } } },
          "landing": { "mode": "partnerChoice", "savedPages": [{ "id": null, "name": "Sale", "url": "https://www.example.com/sale" }] } }
        """);

    private static JsonObject FullTask(World world) => World.Parse($$"""
        { "partnerId": "{{world.PartnerId}}", "name": "{{world.Word}}", "description": "Write\nabout it.", "dueAt": "2026-09-01T12:00:00Z" }
        """);

    private static JsonObject FullLink(World world, Who who)
    {
        var sub = who == Who.Partner ? "\"blog\"" : "null";
        var param = who == Who.Partner ? "null" : "\"spring\"";
        return World.Parse($$"""
            { "form": "short", "landingPage": "{{World.Page}}", "savedPageId": null, "alias": "t{{Interlocked.Increment(ref _aliases)}}-{{world.Word}}",
              "subId1": {{sub}}, "subId2": {{sub}}, "subId3": {{sub}}, "sharedId": "newsletter", "param": {{param}} }
            """);
    }

    private static JsonObject FullConversion(World world)
    {
        var body = World.ConversionBody(world.ClickId);
        body["occurredAt"] = DateTimeOffset.UtcNow.ToString("O");
        body["eventType"] = "sale";
        body["programId"] = world.ProgramId;
        return body;
    }

    private static JsonObject FullWebhook(World world, Who who)
    {
        var body = world.WebhookBody(who);
        body[who == Who.Partner ? "programId" : "partnerId"] = null;
        return body;
    }

    private static JsonObject FullKey(World world, Who who)
    {
        var body = world.KeyBody(who);
        body["expiresAt"] = "2096-01-01T00:00:00Z";
        return body;
    }
}
