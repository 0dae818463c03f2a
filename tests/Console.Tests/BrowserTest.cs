using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests;

/// <summary>A test that looks at pages.</summary>
/// <param name="site">The server and the browser.</param>
public abstract class BrowserTest(Site site) : IAsyncDisposable
{
    private readonly List<Window> _windows = [];

    internal Site Site => site;

    internal World World => site.World;

    /// <summary>A window of who is signed in; of nobody where it is not said who.</summary>
    internal async Task<Window> OpenWindow(string? who = null, string language = "en", string? locale = null, bool isDark = false, int width = 1360) =>
        Keep(await Window.Open(site.Chromium, site.Origin, who is null ? null : await site.SessionOf(World.KeyOf(who)), language, locale, isDark, width));

    /// <summary>Has a window closed and checked at the test's end.</summary>
    internal Window Keep(Window window)
    {
        _windows.Add(window);
        return window;
    }

    internal static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    internal static IPageAssertions Expect(Window window) => Assertions.Expect(window.Page);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var hasFailed = TestContext.Current.TestState?.Result == TestResult.Failed;
        foreach (var window in _windows)
        {
            if (hasFailed)
            {
                TestContext.Current.AddAttachment($"window-{_windows.IndexOf(window)}.png", await window.Picture(), "image/png");
            }

            await window.Close();
        }
    }
}
