using System.Collections.Concurrent;
using Microsoft.Playwright;
using OrleansLinks.ConsoleTests;

[assembly: AssemblyFixture(typeof(Site))]

namespace OrleansLinks.ConsoleTests;

/// <summary>One server with everything that pages show, and one browser, for all tests.</summary>
public sealed class Site : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Cookie>>> _sessions = new();
    private readonly TemporaryFolder _folder = new();
    private Instance? _instance;
    private Chromium? _chromium;

    internal World World { get; private set; } = null!;

    internal Instance Instance => _instance!;

    internal Chromium Chromium => _chromium!;

    internal string Origin => Instance.Origin;

    public async ValueTask InitializeAsync()
    {
        var browser = Chromium.Launch();
        _instance = await Instance.Start(_folder.Path, arguments: ["--Http:TrustedProxies", "127.0.0.1"]);
        World = await World.Make(_instance.Operator);
        _chromium = await browser;
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        if (_instance is not null)
        {
            await _instance.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>The session of who has signed in with a key; signed in once.</summary>
    internal Task<Cookie> SessionOf(string key) =>
        _sessions.GetOrAdd(key, _ => new Lazy<Task<Cookie>>(() => PlainBrowser.SessionOf(Origin, key))).Value;
}
