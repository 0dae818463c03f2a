namespace OrleansLinks.Processes;

/// <summary>A program with an active campaign and a task, in which links to any page of example.com can be created.</summary>
internal sealed record Scene(string Program, string Partner, string Campaign, string Task)
{
    public static object NewProgram { get; } = new
    {
        name = "Brand",
        defaultLandingPage = "https://www.example.com/start",
        permittedDomains = new[] { "*.example.com" },
        currency = "EUR",
        timeZone = "Europe/Berlin",
    };

    public static object NewPartner { get; } = new { name = "Partner", kind = "partner" };

    public static object NewCampaign { get; } = new
    {
        name = "Campaign",
        kind = "performance",
        tracking = new { clicksAndConversions = true },
        payForPerformance = new { enabled = true, terms = new { model = "percentage", rate = "7.5" } },
        landing = new { mode = "partnerChoice" },
    };

    public static object NewLink(int number) => new { landingPage = $"https://www.example.com/page/{number}" };

    public object NewTask => new { partnerId = Partner, name = "Task" };

    public string Links => $"/tasks/{Task}/links";

    public static async Task<Scene> Make(Client client)
    {
        var program = (await client.Post("/programs", NewProgram)).Id();
        var partner = (await client.Post("/partners", NewPartner)).Id();
        var campaign = (await client.Post($"/programs/{program}/campaigns", NewCampaign)).Id();
        await client.Post($"/campaigns/{campaign}/activate");
        await client.Put($"/campaigns/{campaign}/participants/{partner}");
        var task = (await client.Post($"/campaigns/{campaign}/tasks", new { partnerId = partner, name = "Task" })).Id();
        return new Scene(program, partner, campaign, task);
    }
}
