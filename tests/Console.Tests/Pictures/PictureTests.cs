using System.Net;

namespace OrleansLinks.ConsoleTests.Pictures;

/// <summary>Draws the pictures of the documentation; only <c>docs/images/make.sh</c> runs it.</summary>
public sealed class PictureTests(Site site) : BrowserTest(site)
{
    private static readonly string[] Browsers =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    ];

    // Networks of some countries, the last number of which is drawn.
    private static readonly string[] Networks = ["8.8.8.", "81.2.69.", "126.1.2.", "114.114.114.", "91.65.3.", "90.3.4.", "200.160.2."];

    [Fact]
    public async Task The_pictures_of_the_documentation_are_drawn()
    {
        var folder = Environment.GetEnvironmentVariable("ORLEANSLINKS_PICTURES") ?? throw new InvalidOperationException("docs/images/make.sh says where the pictures go.");
        await MakeSomethingToSee();
        await Draw("dashboard", "brand", "");
        await Draw("campaign-manager", "brand", "programs/{program}/campaigns/performance");
        await Draw("campaign", "brand", "campaigns/{campaign}");
        await Draw("task", "brand", "tasks/{task}");
        await Draw("results", "brand", "results");
        await Draw("create-a-link", "partner", "");
        await Draw("find-campaigns", "partner", "discover/campaigns");
        await Draw("ledger", "operator", "ledger");
        await Draw("task-ja", "partner", "tasks/{task}", language: "ja");
        await Draw("dashboard-zh-Hans", "brand", "", language: "zh-Hans");
        await Draw("results-dark", "brand", "results", isDark: true);
        await Draw("task-phone", "partner", "tasks/{task}", width: 375);

        async Task Draw(string name, string who, string path, string language = "en", bool isDark = false, int width = 1360)
        {
            var window = await OpenWindow(who, language, isDark: isDark, width: width);
            await window.Go(World.Fill(path));
            foreach (var chart in await window.Main.Locator(".measure-plot").AllAsync())
            {
                await Expect(chart.Locator("text").First).ToBeAttachedAsync();
            }

            await File.WriteAllBytesAsync(Path.Combine(folder, $"console-{name}.png"), await window.Picture());
        }
    }

    /// <summary>Some hundred clicks, from here and there, and a conversion for some of them.</summary>
    private async Task MakeSomethingToSee()
    {
        var tasks = new[]
        {
            await World.MakeTask("performance", "partnerChoice", "Hut to hut", "Describe a tour of four days"),
            await World.MakeTask("performance", "programDefault", "Gear for beginners", "List what beginners need"),
            await World.MakeTask("creator", "savedPages", "Jackets in the rain", "Wear a jacket through the rain"),
        };
        foreach (var page in new[] { "tours/four-days", "packing-list" })
        {
            await Site.Instance.Operator.Post($"/tasks/{tasks[0].Id}/links", new { landingPage = $"https://www.example.com/{page}" });
        }

        var links = new List<string>();
        foreach (var task in tasks.Select(task => task.Id).Append(World["task"]))
        {
            links.AddRange((await Site.Instance.Operator.List($"/tasks/{task}/links")).Select(link => link.Text("trackingUrl")));
        }

        var random = new Random(7);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        for (var click = 0; click < 420; click++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, links[Math.Min(random.Next(links.Count), random.Next(links.Count))]);
            request.Headers.UserAgent.ParseAdd(Browsers[random.Next(Browsers.Length)]);
            request.Headers.Add("X-Forwarded-For", $"{Networks[Math.Min(random.Next(Networks.Length), random.Next(Networks.Length))]}{random.Next(1, 250)}");
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            if (click % 11 == 0)
            {
                var landing = answer.Headers.Location!.OriginalString;
                await Site.Instance.Operator.Post("/conversions", new
                {
                    clickId = landing[landing.IndexOf("clk_", StringComparison.Ordinal)..],
                    orderId = $"shop-{click}",
                    amount = new { amount = $"{random.Next(20, 240)}.{random.Next(10, 99)}", currency = "EUR" },
                    programId = World["program"],
                });
            }
        }

        await OrleansLinks.Processes.Ledger.CaughtUp(Site.Instance.Operator);
    }
}
