using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests;

/// <summary>A browser window of somebody's own. Whatever a test looks at, it calls no other host, and meets no error.</summary>
internal sealed class Window
{
    private readonly IBrowserContext _context;
    private readonly Chromium _chromium;
    private readonly string _origin;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _foreign = new();
    private readonly List<Regex> _expected = [];

    private Window(IBrowserContext context, Chromium chromium, IPage page, string origin, Words words)
    {
        (_context, _chromium, _origin, Page, Words) = (context, chromium, origin, page, words);
        context.Request += (_, request) => Watch(request.Url);
        page.WebSocket += (_, socket) => Watch(socket.Url.Replace("ws://", "http://", StringComparison.Ordinal));
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>The texts in the language of who looks.</summary>
    public Words Words { get; }

    /// <summary>What is on the page beside the bar and the menu.</summary>
    public ILocator Main => Page.Locator("main");

    public static async Task<Window> Open(
        Chromium chromium, string origin, Cookie? session = null, string language = "en", string? locale = null, bool isDark = false, int width = 1360)
    {
        var words = new Words(language);
        var context = await chromium.NewContext(locale ?? words.Locale, isDark, width);
        if (session is not null)
        {
            // Who has signed in has been on a page that has told the time zone and the scheme.
            await context.AddCookiesAsync([session, Told("zone", "Europe%2FBerlin"), Told("scheme", isDark ? "dark" : "light")]);

            Cookie Told(string name, string value) => new() { Name = $"orleanslinks.{name}", Value = value, Domain = session.Domain, Path = session.Path };
        }

        return new Window(context, chromium, await context.NewPageAsync(), origin, words);
    }

    /// <summary>Opens a path under the console's, and waits until all is there.</summary>
    public async Task<IResponse?> Go(string path)
    {
        var response = await Page.GotoAsync($"{_origin}/console/{path}");
        await IsThere();
        return response;
    }

    /// <summary>Waits until the page has its heading, and all that it was waiting for.</summary>
    public async Task IsThere()
    {
        await Assertions.Expect(Page.Locator("h1").First).ToBeAttachedAsync();
        await Assertions.Expect(Page.Locator(".loading, .mud-skeleton")).ToHaveCountAsync(0);
    }

    /// <summary>Signs in on the page that asks for a key.</summary>
    public async Task SignIn(string key)
    {
        await Page.GetByLabel(Words["Common.AccessKey"], new() { Exact = true }).FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = Words["Common.SignIn"], Exact = true }).ClickAsync();
    }

    /// <summary>A button by what it says.</summary>
    public ILocator Button(string key) => Page.GetByRole(AriaRole.Button, new() { Name = Words[key], Exact = true });

    /// <summary>Goes where a link leads, by what it says or is called.</summary>
    public async Task Follow(string name)
    {
        await Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await IsThere();
    }

    /// <summary>Chooses one of what a field offers.</summary>
    public async Task Choose(string field, string choice)
    {
        var box = Main.GetByRole(AriaRole.Combobox, new() { Name = field, Exact = true });
        await box.ClickAsync();
        await Page.GetByRole(AriaRole.Option).Filter(new() { HasText = choice }).ClickAsync();
        await Assertions.Expect(box).ToHaveValueAsync(choice);
    }

    /// <summary>Searches a list, and waits until the page has taken the search into its address.</summary>
    public async Task Search(string field, string text)
    {
        await Page.GetByLabel(field, new() { Exact = true }).FillAsync(text);
        await Page.WaitForURLAsync(new Regex("[?&]search="));
        await IsThere();
    }

    /// <summary>Clicks what copies something; answers what a user pastes then.</summary>
    public async Task<string> CopyWith(ILocator button)
    {
        await _chromium.Clipboard.WaitAsync();
        try
        {
            await button.ClickAsync();
            await Assertions.Expect(Page.GetByText(Words["Common.Copied"], new() { Exact = true }).First).ToBeVisibleAsync();
            return await Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        }
        finally
        {
            _chromium.Clipboard.Release();
        }
    }

    /// <summary>The cookies that the browser has.</summary>
    public Task<IReadOnlyList<BrowserContextCookiesResult>> Cookies() => _context.CookiesAsync();

    /// <summary>What the browser reports as an error, and is none in this test: an answer 401, a server that is away.</summary>
    public void Expect(string errors) => _expected.Add(new Regex(errors));

    /// <summary>A picture of the window, for who looks why a test failed.</summary>
    public Task<byte[]> Picture() => Page.ScreenshotAsync();

    /// <summary>Closes it, and checks what it has seen.</summary>
    public async Task Close()
    {
        await _context.CloseAsync();
        Assert.True(_foreign.IsEmpty, $"The page called elsewhere: {string.Join(", ", _foreign)}");
        var errors = _errors.Where(error => !_expected.Exists(expected => expected.IsMatch(error))).ToArray();
        Assert.True(errors.Length == 0, $"The browser reported:\n{string.Join('\n', errors)}");
    }

    private void Watch(string url)
    {
        if (!url.StartsWith($"{_origin}/", StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal))
        {
            _foreign.Enqueue(url);
        }
    }
}
