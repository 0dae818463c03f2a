using System.Reflection;
using Microsoft.Playwright;

namespace OrleansLinks.ConsoleTests;

/// <summary>The browser, as Debian's package <c>chromium</c> brings it; Playwright drives it and brings none of its own.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    /// <summary>How long a page may take to become what is expected of it; what is in order takes a fraction of that.</summary>
    private const float PatienceMs = 30_000;

    // A browser of its own talks to its makers; this one talks to the server under test alone.
    private static readonly string[] Quiet =
    [
        "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Checks a page for what keeps people out of it (axe-core).</summary>
    public static string Axe { get; } = ReadAxe();

    /// <summary>Held from a copy until what was copied is read: all windows of a browser share its clipboard.</summary>
    public SemaphoreSlim Clipboard { get; } = new(1);

    public static async Task<Chromium> Launch()
    {
        Assert.True(File.Exists(Program), $"{Program} is missing: install the package chromium; ./test.sh does so.");
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        var playwright = await Playwright.CreateAsync();
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = Quiet }));
    }

    /// <summary>A browser that knows nothing of the others.</summary>
    public async Task<IBrowserContext> NewContext(string locale, bool isDark, int width)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width < 600 ? 812 : 900 },
            Locale = locale,
            TimezoneId = "Europe/Berlin",
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(PatienceMs);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
        Clipboard.Dispose();
    }

    private static string ReadAxe()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("axe.min.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
