namespace OrleansLinks.ConsoleTests.Live;

public sealed class ConnectionTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task A_page_says_that_the_server_is_away_and_goes_on_by_itself_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        Window window;
        NewTask task;
        string link, key;
        int port;
        await using (var server = await Instance.Start(folder.Path))
        {
            port = server.Port;
            var world = await World.Make(server.Operator);
            key = world.KeyOf("brand");
            task = await world.MakeTask("performance", "partnerChoice", "Spring", "Outlive the server");
            link = (await server.Operator.Post($"/tasks/{task.Id}/links", new { landingPage = "https://www.example.com/kept" })).Text("trackingUrl");
            window = Keep(await Window.Open(Site.Chromium, server.Origin, await PlainBrowser.SessionOf(server.Origin, key)));
            window.Expect("WebSocket closed|ERR_|503");
            await window.Go($"tasks/{task.Id}");
            await server.Operator.Click(link);
            await Expect(window.Page.Locator("[data-counter=clicks]")).ToHaveTextAsync("1");
            await Expect(window.Page.GetByText(window.Words["Common.ConnectionLost"])).ToBeHiddenAsync();
            await server.Stop();
        }

        await Expect(window.Page.GetByText(window.Words["Common.ConnectionLost"])).ToBeVisibleAsync();

        // Whatever is done on the page meanwhile, that is all it says.
        await window.Page.SetViewportSizeAsync(800, 900);
        await window.Button("Links.Create").ClickAsync();
        for (var looks = 0; looks < 3; looks++)
        {
            await window.Page.WaitForRequestAsync("**/console/console.json");
        }

        await Expect(window.Page.GetByText(window.Words["Common.ConnectionLost"])).ToBeVisibleAsync();
        await Expect(window.Page.GetByText(window.Words["Common.PageBroken"])).ToBeHiddenAsync();
        await using var again = await Instance.Start(folder.Path, port);

        // Nobody touches the page, and nobody signs in again.
        await Expect(window.Page.GetByText(window.Words["Common.ConnectionLost"])).ToBeHiddenAsync();
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync(task.Name);
        await Expect(window.Page.Locator("[data-counter=clicks]")).ToHaveTextAsync("1");
        await again.Operator.Click(link);
        await Expect(window.Page.Locator("[data-counter=clicks]")).ToHaveTextAsync("2");
        await Expect(window.Page.Locator(".account-name")).ToHaveTextAsync("Alpenglow's key");
    }
}
