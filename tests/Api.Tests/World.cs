using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests;

/// <summary>Who calls.</summary>
public enum Who
{
    Operator,
    Brand,
    Partner,
}

/// <summary>
/// A brand with one program, one partner, one running campaign and a task in it, each made for one test over HTTP; every
/// gate is open. Tests change what they are about and leave the rest.
/// </summary>
public sealed class World
{
    public const string Host = "shop.example.com";
    public const string DefaultPage = "https://www.example.com/start";
    public const string Page = "https://shop.example.com/products?id=7";
    public const string Absent = "01k2v0000000000000000000zz";

    private static int _number;

    private World(RunningHost host) => Running = host;

    public RunningHost Running { get; }

    /// <summary>A word that nothing of another test has in its name, and that can be an alias.</summary>
    public string Word { get; } = $"w{Interlocked.Increment(ref _number)}-{Guid.NewGuid():N}"[..20];

    public ApiClient Operator => Running.Operator;

    public ApiClient Brand { get; private set; } = null!;

    public ApiClient Partner { get; private set; } = null!;

    public string ProgramId { get; private set; } = "";

    public string PartnerId { get; private set; } = "";

    public string CampaignId { get; private set; } = "";

    public string TaskId { get; private set; } = "";

    /// <summary>Ids of further keys: of the brand for operator and brand, of the partner for the partner.</summary>
    public Dictionary<Who, string> SpareKeyIds { get; private set; } = [];

    public string LinkId { get; private set; } = "";

    public string ClickId { get; private set; } = "";

    public string ConversionId { get; private set; } = "";

    /// <summary>A signing secret of the program.</summary>
    public string SigningSecret { get; private set; } = "";

    /// <summary>Ids of further signing secrets.</summary>
    public Dictionary<Who, string> SpareSecretIds { get; private set; } = [];

    /// <summary>Ids of webhooks: of the brand for operator and brand, of the partner for the partner.</summary>
    public Dictionary<Who, string> WebhookIds { get; private set; } = [];

    /// <summary>Makes a world.</summary>
    /// <param name="host">Where.</param>
    /// <param name="campaign">Changes the campaign before it is made.</param>
    /// <param name="program">Changes the program before it is made.</param>
    public static async Task<World> Make(RunningHost host, Action<JsonObject>? campaign = null, Action<JsonObject>? program = null)
    {
        var world = new World(host);
        world.ProgramId = (await world.Operator.Post("/programs", Changed(world.ProgramBody(), program))).Expect(201)["id"];
        world.Brand = await world.MakeKey($$"""{ "role": "brand", "programId": "{{world.ProgramId}}", "name": "{{world.Word}}" }""");
        world.PartnerId = await world.MakePartner();
        world.Partner = await world.MakeKey($$"""{ "role": "partner", "partnerId": "{{world.PartnerId}}", "name": "{{world.Word}}" }""");
        world.CampaignId = await world.MakeCampaign(campaign);
        world.TaskId = await world.MakeTask(world.CampaignId, world.PartnerId);
        return world;
    }

    /// <summary>Makes a world in which there is one of everything, a link, a click on it and spare keys too.</summary>
    /// <param name="host">Where.</param>
    /// <param name="body">The link, as its partner makes it.</param>
    /// <param name="query">What the visitor's URL has behind the link.</param>
    public static async Task<World> MakeFull(RunningHost host, object? body = null, string query = "")
    {
        var world = await Make(host);
        var link = await world.MakeLink(body);
        world.LinkId = link["id"];
        world.ClickId = ClickIdOf(await world.Click(link["trackingUrl"] + query));
        await Task.WhenAll(world.Convert(world.ClickId), world.Convert("clk_" + Absent), world.Convert("clk_" + Absent));
        world.ConversionId = (await world.Convert(world.ClickId)).Expect(201)["id"];
        await world.MakeSigningSecret();
        foreach (var who in Enum.GetValues<Who>())
        {
            world.SpareSecretIds[who] = (await world.MakeSigningSecret())["id"];
            world.SpareKeyIds[who] = (await world.Operator.Post("/keys", world.KeyBody(who))).Expect(201)["id"];
            world.WebhookIds[who] = (await world.As(who).Post("/webhooks", world.WebhookBody(who))).Expect(201)["id"];
        }

        return world;
    }

    /// <summary>The ids of a world that is not there.</summary>
    public static World Nowhere(RunningHost host) => WithIds(host, prefix => prefix + (prefix == "lnk_" ? "NoSuchLink" : Absent));

    /// <summary>A world that has nothing but ids.</summary>
    public static World WithIds(RunningHost host, Func<string, string> id) => new(host)
    {
        ProgramId = id("prg_"),
        PartnerId = id("prt_"),
        CampaignId = id("cmp_"),
        TaskId = id("tsk_"),
        LinkId = id("lnk_"),
        ClickId = id("clk_"),
        ConversionId = id("cnv_"),
        SpareKeyIds = Enum.GetValues<Who>().ToDictionary(who => who, _ => id("key_")),
        SpareSecretIds = Enum.GetValues<Who>().ToDictionary(who => who, _ => id("sec_")),
        WebhookIds = Enum.GetValues<Who>().ToDictionary(who => who, _ => id("whk_")),
    };

    public ApiClient As(Who who) => who switch
    {
        Who.Operator => Operator,
        Who.Brand => Brand,
        _ => Partner,
    };

    public async Task<ApiClient> MakeKey(string body) => Running.As((await Operator.Post("/keys", body)).Expect(201)["key"]);

    public async Task<string> MakePartner() => (await Brand.Post("/partners", PartnerBody())).Expect(201)["id"];

    public async Task<string> MakeCampaign(Action<JsonObject>? change = null, bool active = true)
    {
        var id = (await Brand.Post($"/programs/{ProgramId}/campaigns", Changed(CampaignBody(), change))).Expect(201)["id"];
        if (active)
        {
            (await Brand.Post($"/campaigns/{id}/activate")).Expect(200);
        }

        return id;
    }

    public async Task<string> MakeTask(string campaignId, string partnerId)
    {
        (await Brand.Put($"/campaigns/{campaignId}/participants/{partnerId}")).Expect(200);
        return (await Brand.Post($"/campaigns/{campaignId}/tasks", $$"""{ "partnerId": "{{partnerId}}", "name": "{{Word}}" }""")).Expect(201)["id"];
    }

    /// <summary>Tries to create a link for the task.</summary>
    public Task<Answer> TryLink(object body, Who who = Who.Partner) => As(who).Post($"/tasks/{TaskId}/links", body);

    /// <summary>Creates a link for the task.</summary>
    public async Task<Answer> MakeLink(object? body = null, Who who = Who.Partner) =>
        (await TryLink(body ?? new { landingPage = Page }, who)).Expect(201);

    public async Task<Answer> MakeLink(string form, Who who = Who.Partner) => await MakeLink((object)new { form, landingPage = Page }, who);

    /// <summary>Visits a URL as a browser would that stays where it is.</summary>
    public Task<Answer> Click(string url, string? userAgent = null, string? referrer = null) => Visit(HttpMethod.Get, url, userAgent, referrer);

    public Task<Answer> Visit(HttpMethod method, string url, string? userAgent = null, string? referrer = null) => Running.Anyone.SendRaw(
        method,
        url,
        null,
        [.. userAgent is null ? Array.Empty<(string, string)>() : [("User-Agent", userAgent)], .. referrer is null ? Array.Empty<(string, string)>() : [("Referer", referrer)]]);

    /// <summary>Makes a signing secret, which <see cref="Sign"/> uses from then on.</summary>
    public async Task<Answer> MakeSigningSecret(int overlapSeconds = 3600)
    {
        var secret = (await Brand.Post($"/programs/{ProgramId}/signing-secrets", new { overlapSeconds })).Expect(201);
        SigningSecret = secret["secret"];
        return secret;
    }

    /// <summary>A path with a signed query.</summary>
    public string Sign(string path, string query, string? secret = null) =>
        $"{path}?{query}&signature={System.Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret ?? SigningSecret), Encoding.UTF8.GetBytes(query)))}";

    /// <summary>Reports a conversion of an order that nothing else reports.</summary>
    public Task<Answer> Convert(string clickId, string amount = "100.00", string? orderId = null) => Brand.Post("/conversions", ConversionBody(clickId, amount, orderId));

    public static JsonObject ConversionBody(string clickId, string amount = "100.00", string? orderId = null) => Parse($$"""
        { "clickId": "{{clickId}}", "orderId": "{{orderId ?? $"order {Guid.NewGuid():N}"}}", "amount": { "amount": "{{amount}}", "currency": "EUR" } }
        """);

    /// <summary>The click as a side sees it.</summary>
    public async Task<JsonObject> ReadClick(string clickId, Who who = Who.Brand) => (await As(who).Get($"/clicks/{clickId}")).Expect(200).Json;

    /// <summary>Visits a URL and checks where it leads and how that is counted.</summary>
    /// <param name="url">The tracking URL.</param>
    /// <param name="page">The page, without the click id.</param>
    /// <param name="reason">Why the click is outside terms; null when it is not.</param>
    public async Task ExpectLeadsTo(string url, string page, string? reason)
    {
        var answer = (await Click(url)).Expect(302);
        var clickId = ClickIdOf(answer);
        Assert.Equal($"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}clickid={clickId}", answer.Location);
        var click = await ReadClick(clickId);
        Assert.Equal((reason is null ? "inTerms" : "outsideTerms", reason), (click["class"]!.GetValue<string>(), click["outsideTermsReason"]?.GetValue<string>()));
        Assert.Equal(page, click["landingPage"]!.GetValue<string>());
    }

    /// <summary>The click id that a redirect gave the landing page.</summary>
    public static string ClickIdOf(Answer redirect)
    {
        redirect.Expect(302);
        var query = new Uri(redirect.Location!).Query;
        var clickId = query.TrimStart('?').Split('&').Select(pair => pair.Split('=')[^1]).Last(value => value.StartsWith("clk_", StringComparison.Ordinal));
        return clickId;
    }

    /// <summary>All that a brand and its partner can read of the world, as text to compare.</summary>
    public async Task<string> Describe()
    {
        string[] paths =
        [
            $"/programs/{ProgramId}", $"/partners/{PartnerId}", $"/programs/{ProgramId}/campaigns?limit=500", $"/campaigns/{CampaignId}",
            $"/campaigns/{CampaignId}/participants?limit=500", $"/campaigns/{CampaignId}/tasks?limit=500", $"/tasks/{TaskId}",
            $"/tasks/{TaskId}/links?limit=500", $"/tasks/{TaskId}/clicks?limit=500", "/partners?limit=500", "/keys?limit=500", "/webhooks?limit=500",
            $"/campaigns/{CampaignId}/conversions?limit=500", $"/programs/{ProgramId}/conversions/unmatched?limit=500", $"/programs/{ProgramId}/signing-secrets",
            .. LinkId.Length > 0 ? new[] { $"/links/{LinkId}" } : [],
        ];
        var texts = new List<string>();
        foreach (var path in paths)
        {
            texts.Add((await Brand.Get(path)).Expect(200).Text);
        }

        texts.Add((await Partner.Get("/keys?limit=500")).Expect(200).Text);
        texts.Add((await Partner.Get("/webhooks?limit=500")).Expect(200).Text);
        return string.Join('\n', texts);
    }

    public JsonObject ProgramBody() => Parse($$"""
        { "name": "{{Word}}", "defaultLandingPage": "{{DefaultPage}}", "permittedDomains": ["www.example.com", "{{Host}}"],
          "currency": "EUR", "timeZone": "Europe/Berlin" }
        """);

    public JsonObject PartnerBody() => Parse($$"""{ "name": "{{Word}}", "kind": "partner", "email": "partner@example.net", "locale": "zh-Hans" }""");

    public JsonObject CampaignBody() => Parse($$"""
        { "name": "{{Word}}", "kind": "performance", "tracking": { "clicksAndConversions": true },
          "payForPerformance": { "enabled": true, "terms": { "model": "fixed", "amount": { "amount": "5.00", "currency": "EUR" } } },
          "landing": { "mode": "partnerChoice" } }
        """);

    /// <summary>A key for the brand, or for the partner where the partner calls.</summary>
    public JsonObject KeyBody(Who who) => who == Who.Partner
        ? Parse($$"""{ "role": "partner", "partnerId": "{{PartnerId}}", "name": "{{Word}}", "readOnly": false }""")
        : Parse($$"""{ "role": "brand", "programId": "{{ProgramId}}", "name": "{{Word}}", "readOnly": false }""");

    /// <summary>A webhook for the brand, or for the partner where the partner calls; its receiver is not one that anything is sent to.</summary>
    public JsonObject WebhookBody(Who who) => Parse($$"""
        { "url": "https://localhost:9/hooks", "events": ["conversion.reversed"], "description": "{{Word}}",
          {{(who == Who.Partner ? $"\"partnerId\": \"{PartnerId}\"" : $"\"programId\": \"{ProgramId}\"")}} }
        """);

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>A campaign change that sets the landing mode and the saved pages.</summary>
    public static Action<JsonObject> Landing(string mode, params (string Name, string Url)[] pages) => body => body["landing"] = new JsonObject
    {
        ["mode"] = mode,
        ["savedPages"] = new JsonArray([.. pages.Select(page => new JsonObject { ["name"] = page.Name, ["url"] = page.Url })]),
    };

    private static JsonObject Changed(JsonObject body, Action<JsonObject>? change)
    {
        change?.Invoke(body);
        return body;
    }
}
