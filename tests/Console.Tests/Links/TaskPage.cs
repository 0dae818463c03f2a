using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests.Links;

/// <summary>A task's page, by what a user reads on it.</summary>
/// <param name="window">Whose window it is in.</param>
internal sealed class TaskPage(Window window)
{
    private readonly IPage _page = window.Page;
    private readonly Words _words = window.Words;

    public ILocator Heading => _page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    /// <summary>What the form of a link is chosen with.</summary>
    public ILocator Forms => _page.GetByRole(AriaRole.Group, new() { Name = _words["Links.Preferences"], Exact = true });

    /// <summary>The live number of clicks.</summary>
    public ILocator Clicks => _page.Locator("[data-counter=clicks]");

    /// <summary>What is wrong with something that was typed.</summary>
    public ILocator Faults => _page.Locator(".mud-input-helper-text.mud-input-error");

    public Task TypeLandingPage(string page) => _page.GetByLabel(_words["Links.LandingPage"], new() { Exact = true }).FillAsync(page);

    public Task ChooseSavedPage(string name) => window.Choose(_words["Links.SavedPage"], name);

    /// <summary>Chooses a form: the text <c>Links.Short</c> or <c>Links.Regular</c>.</summary>
    public Task ChooseForm(string key) => Forms.GetByText(_words[key], new() { Exact = false }).First.ClickAsync();

    /// <summary>Opens what is advanced, and types the values for reports.</summary>
    public async Task SetValues(string subId1, string subId2, string subId3, string sharedId)
    {
        await _page.GetByText(_words["Links.Advanced"], new() { Exact = true }).ClickAsync();
        await _page.GetByLabel(_words["Links.SubId1"], new() { Exact = true }).FillAsync(subId1);
        await _page.GetByLabel(_words["Links.SubId2"], new() { Exact = true }).FillAsync(subId2);
        await _page.GetByLabel(_words["Links.SubId3"], new() { Exact = true }).FillAsync(subId3);
        await _page.GetByLabel(_words["Links.SharedId"], new() { Exact = true }).FillAsync(sharedId);
    }

    public Task CreateLink() => window.Button("Links.Create").ClickAsync();

    /// <summary>Waits for the link that was created; answers what the field with it shows.</summary>
    public async Task<string> CreatedLink()
    {
        await Assertions.Expect(_page.GetByText(_words["Links.Created"], new() { Exact = true })).ToBeVisibleAsync();
        return await LinkIn(_page.Locator(".created"));
    }

    /// <summary>The link that made itself.</summary>
    public async Task<string> GeneratedLink()
    {
        await Assertions.Expect(_page.GetByText(_words["Links.Generated"], new() { Exact = true })).ToBeVisibleAsync();
        return await LinkIn(_page.Locator(".link-panel"));
    }

    /// <summary>Copies the link that is ready; answers what is pasted then.</summary>
    public Task<string> Copy() => window.CopyWith(_page.Locator(".link-ready .copy-button"));

    /// <summary>Waits until the number of clicks is another one; as long as it may take from a click that was answered just now.</summary>
    public async Task ClicksBecome(string number)
    {
        var answered = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            await _page.WaitForFunctionAsync(
                "number => document.querySelector('[data-counter=clicks]')?.textContent.trim() === number", number, new() { Timeout = 2000 });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{answered.Elapsed} after the click was answered the page shows {await Clicks.TextContentAsync()} clicks, not {number}.");
        }
    }

    private async Task<string> LinkIn(ILocator place) =>
        await place.GetByLabel(_words["Links.TrackingLink"], new() { Exact = true }).InputValueAsync();
}
