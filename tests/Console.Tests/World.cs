using System.Text.Json;

namespace OrleansLinks.ConsoleTests;

/// <summary>
/// Two brands that do not know of each other, each with a partner. The first has something on every page: campaigns of both
/// kinds and of each landing setting, tasks, links, clicks and conversions.
/// </summary>
internal sealed class World
{
    private static readonly string[] PermittedDomains = ["example.com", "*.example.com"];

    private readonly Client _operator;
    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<string, string> _keys = [];

    private World(Client client) => _operator = client;

    /// <summary>The key of who is called so: operator, brand, brandReader, otherBrand, partner, partnerReader, creator, otherPartner.</summary>
    public string KeyOf(string who) => _keys[who];

    /// <summary>The id of something by its name here.</summary>
    public string this[string name] => _ids[name];

    /// <summary>A path with ids in place of the names in it, such as <c>tasks/{task}</c>.</summary>
    public string Fill(string path) => _ids.Aggregate(path, (filled, one) => filled.Replace($"{{{one.Key}}}", one.Value, StringComparison.Ordinal));

    public static async Task<World> Make(Client client)
    {
        var world = new World(client);
        await world.Make();
        return world;
    }

    /// <summary>A campaign that is active, with the partner or the creator in it and a task for whom.</summary>
    public async Task<NewTask> MakeTask(string kind, string mode, string campaign, string task)
    {
        var (campaignId, partner) = (await MakeCampaign(campaign, kind, mode), this[kind == "creator" ? "creator" : "partner"]);
        await _operator.Post($"/campaigns/{campaignId}/activate");
        await _operator.Put($"/campaigns/{campaignId}/participants/{partner}");
        var made = await _operator.Post($"/campaigns/{campaignId}/tasks", new { partnerId = partner, name = task, description = $"What there is to do for {task}." });
        return new NewTask(made.Id(), task, campaignId, campaign, partner, KeyOf(kind == "creator" ? "creator" : "partner"));
    }

    /// <summary>A conversion of a click on a new link of a task; answers its id.</summary>
    public async Task<string> MakeConversion(NewTask task, string order, string amount)
    {
        var link = await _operator.Post($"/tasks/{task.Id}/links", new { landingPage = "https://www.example.com/ordered" });
        var landing = await _operator.Click(link.Text("trackingUrl"));
        var clickId = landing[landing.IndexOf("clk_", StringComparison.Ordinal)..];
        return (await _operator.Post("/conversions", new { clickId, orderId = order, amount = new { amount, currency = "EUR" }, programId = this["program"] })).Id();
    }

    /// <summary>What the API says.</summary>
    public Task<JsonElement> Read(string path) => _operator.Get(path);

    private async Task Make()
    {
        _keys["operator"] = Instance.OperatorKey;
        _ids["program"] = await MakeProgram("Alpenglow Outfitters");
        _ids["partner"] = (await _operator.Post("/partners", new { name = "Ridge Journal", kind = "partner", email = "desk@ridge.example", locale = "en" })).Id();
        _ids["creator"] = (await _operator.Post("/partners", new { name = "Mika climbs", kind = "creator" })).Id();
        await MakeKey("brand", new { role = "brand", programId = this["program"], name = "Alpenglow's key" });
        await MakeKey("brandReader", new { role = "brand", programId = this["program"], name = "Alpenglow's reader", readOnly = true });
        await MakeKey("partner", new { role = "partner", partnerId = this["partner"], name = "Ridge's key" });
        await MakeKey("partnerReader", new { role = "partner", partnerId = this["partner"], name = "Ridge's reader", readOnly = true });
        await MakeKey("creator", new { role = "partner", partnerId = this["creator"], name = "Mika's key" });

        var free = await MakeTask("performance", "partnerChoice", "Spring sale", "Write about the spring tents");
        (_ids["campaign"], _ids["task"]) = (free.Campaign, free.Id);
        var saved = await MakeTask("creator", "savedPages", "Summit stories", "Film the summit");
        (_ids["creatorCampaign"], _ids["creatorTask"]) = (saved.Campaign, saved.Id);
        var generated = await MakeTask("performance", "programDefault", "Always on", "Keep the banner up");
        (_ids["defaultCampaign"], _ids["defaultTask"]) = (generated.Campaign, generated.Id);
        _ids["draft"] = await MakeCampaign("Autumn, being planned", "performance", "partnerChoice");
        var shut = await MakeTask("performance", "partnerChoice", "Winter, paused", "Wait for the snow");
        (_ids["shutCampaign"], _ids["shutTask"]) = (shut.Campaign, shut.Id);
        await _operator.Post($"/campaigns/{shut.Campaign}/pause");
        var ended = await MakeTask("performance", "partnerChoice", "Last year's sale", "Write about last year");
        await _operator.Post($"/campaigns/{ended.Campaign}/complete");

        var link = await _operator.Post($"/tasks/{free.Id}/links", new { landingPage = "https://www.example.com/tents" });
        _ids["link"] = link.Id();
        await _operator.Post($"/tasks/{free.Id}/links", new { landingPage = "https://www.example.com/tents/two-persons", form = "regular" });
        for (var order = 1; order <= 3; order++)
        {
            var landing = await _operator.Click(link.Text("trackingUrl"));
            var conversion = await _operator.Post(
                "/conversions",
                new
                {
                    clickId = landing[landing.IndexOf("clk_", StringComparison.Ordinal)..],
                    orderId = $"order-{order}",
                    amount = new { amount = $"{order * 40}.00", currency = "EUR" },
                    programId = this["program"],
                });
            _ids["conversion"] = conversion.Id();
        }

        _ids["otherProgram"] = await MakeProgram("Harbour Tea");
        _ids["otherPartner"] = (await _operator.Post("/partners", new { name = "Kettle Weekly", kind = "partner" })).Id();
        await MakeKey("otherBrand", new { role = "brand", programId = this["otherProgram"], name = "Harbour's key" });
        await MakeKey("otherPartner", new { role = "partner", partnerId = this["otherPartner"], name = "Kettle's key" });
    }

    private async Task<string> MakeProgram(string name) => (await _operator.Post(
        "/programs",
        new
        {
            name,
            defaultLandingPage = "https://www.example.com/start",
            permittedDomains = PermittedDomains,
            currency = "EUR",
            timeZone = "Europe/Berlin",
        })).Id();

    private async Task<string> MakeCampaign(string name, string kind, string mode) => (await _operator.Post(
        $"/programs/{this["program"]}/campaigns",
        new
        {
            name,
            kind,
            tracking = new { clicksAndConversions = true },
            payForPerformance = new { enabled = true, terms = new { model = "percentage", rate = "10" } },
            landing = new
            {
                mode,
                savedPages = mode == "savedPages"
                    ? new[] { new { name = SavedPage.Name, url = SavedPage.Url }, new { name = "Ropes", url = "https://www.example.com/ropes" } }
                    : [],
            },
        })).Id();

    private async Task MakeKey(string who, object body) => _keys[who] = (await _operator.Post("/keys", body)).Text("key");

    /// <summary>A page that campaigns with saved pages have.</summary>
    public static class SavedPage
    {
        public const string Name = "Summer jackets";
        public const string Url = "https://www.example.com/jackets";
    }
}

/// <summary>A task that was made for a test.</summary>
/// <param name="Id">The task's id.</param>
/// <param name="Name">The task's name.</param>
/// <param name="Campaign">Its campaign's id.</param>
/// <param name="CampaignName">Its campaign's name.</param>
/// <param name="Partner">The id of who it is for.</param>
/// <param name="PartnerKey">The key of who it is for.</param>
internal sealed record NewTask(string Id, string Name, string Campaign, string CampaignName, string Partner, string PartnerKey);
