using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace OrleansLinks.Bench;

/// <summary>The instance that is measured: its API, its links as visitors click them, and its process.</summary>
internal sealed class Instance : IDisposable
{
    private const int LinksOfABatch = 1000;
    private readonly HttpClient _api;
    private readonly HttpClient _visitors;
    private readonly string _partner;
    private readonly Process? _process;

    public Instance(string address, string campaign, string partner, int? process, string dataFolder, string? key = null)
    {
        _api = NewClient(address);
        _api.DefaultRequestHeaders.Authorization = new("Bearer", key ?? Environment.GetEnvironmentVariable("ORLEANSLINKS_OPERATOR_KEY"));
        _visitors = NewClient(address);
        _visitors.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        (Campaign, _partner, DataFolder) = (campaign, partner, dataFolder);
        _process = process is { } id ? Process.GetProcessById(id) : null;
    }

    public string Campaign { get; }

    public string DataFolder { get; }

    /// <summary>What its process has used of the processors so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Megabytes that its process holds.</summary>
    public long Memory
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64 >> 20;
        }
    }

    /// <summary>Makes a campaign in which links to any page of example.com can be created.</summary>
    public static async Task<Instance> WithCampaign(string address, string key, string dataFolder)
    {
        using var bare = new Instance(address, "", "", null, dataFolder, key);
        var program = Id(await bare.Post("/programs", """{ "name": "Bench", "defaultLandingPage": "https://www.example.com/", "permittedDomains": ["*.example.com"], "currency": "EUR", "timeZone": "UTC" }"""));
        var partner = Id(await bare.Post("/partners", """{ "name": "Bench", "kind": "partner" }"""));
        var campaign = Id(await bare.Post($"/programs/{program}/campaigns", """
            { "name": "Bench", "kind": "performance", "tracking": { "clicksAndConversions": true },
              "payForPerformance": { "enabled": true, "terms": { "model": "percentage", "rate": "5" } }, "landing": { "mode": "partnerChoice" } }
            """));
        await bare.Post($"/campaigns/{campaign}/activate", null);
        await bare.Call(HttpMethod.Put, $"/campaigns/{campaign}/participants/{partner}", null);
        return new Instance(address, campaign, partner, null, dataFolder, key);
    }

    /// <summary>Makes a task, and links in it; answers the task and the paths of the links.</summary>
    public async Task<(string Task, string[] Paths)> MakeTask(string name, int links)
    {
        var task = Id(await Post($"/campaigns/{Campaign}/tasks", JsonSerializer.Serialize(new { partnerId = _partner, name })));
        var paths = new List<string>(links);
        while (paths.Count < links)
        {
            // Pages of 57 characters, as they are typical.
            var bodies = Enumerable.Range(paths.Count, Math.Min(LinksOfABatch, links - paths.Count))
                .Select(number => new { landingPage = $"https://www.example.com/products/{100 + (number % 900)}?campaign=spring-2026" });
            var made = await Post($"/tasks/{task}/links/batch", JsonSerializer.Serialize(bodies));
            paths.AddRange(made.GetProperty("items").EnumerateArray()
                .Select(item => new Uri(item.GetProperty("link").GetProperty("trackingUrl").GetString()!).AbsolutePath));
        }

        return (task, [.. paths]);
    }

    /// <summary>So many tasks with a link each.</summary>
    public async Task<(string Task, string Path)[]> MakeTasks(string name, int count)
    {
        var made = new (string Task, string Path)[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var (task, paths) = await MakeTask($"{name} {i}", 1);
            made[i] = (task, paths[0]);
        });
        return made;
    }

    public Task<JsonElement> Get(string path) => Call(HttpMethod.Get, path, null);

    /// <summary>Clicks that a task or the campaign has counted.</summary>
    public async Task<long> Clicks(string of) => (await Get($"/{of}/counters")).GetProperty("clicks").GetInt64();

    /// <summary>Waits until every click that was taken in is counted; answers how long that took, and how many were lost ever.</summary>
    public async Task<(TimeSpan Time, long Lost)> UntilCounted(TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var ledger = await Get("/ledger");
            var time = Stopwatch.GetElapsedTime(began);
            if (ledger.GetProperty("applied").GetInt64() == ledger.GetProperty("journaled").GetInt64() || time > patience)
            {
                return (time, ledger.GetProperty("lost").GetInt64());
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Clicks a link; whether it was answered with a redirect.</summary>
    public async Task<bool> Click(string path)
    {
        try
        {
            using var response = await _visitors.GetAsync(path);
            return response.StatusCode == HttpStatusCode.Found;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>A task's counters as server-sent events.</summary>
    public async Task<Stream> Watch(string task)
    {
        var response = await _api.GetAsync($"/api/v1/tasks/{task}/counters/live", HttpCompletionOption.ResponseHeadersRead);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
    }

    public void Dispose()
    {
        _api.Dispose();
        _visitors.Dispose();
        _process?.Dispose();
    }

    private static string Id(JsonElement made) => made.GetProperty("id").GetString()!;

    private static HttpClient NewClient(string address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null }) { BaseAddress = new Uri(address) };

    private Task<JsonElement> Post(string path, string? body) => Call(HttpMethod.Post, path, body);

    private async Task<JsonElement> Call(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _api.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        return !response.IsSuccessStatusCode
            ? throw new InvalidOperationException($"{method} {path} answered {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}")
            : answer.Length == 0 ? default : JsonElement.Parse(answer);
    }
}
