using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansLinks.Hosting;
using OrleansLinks.Redirect;

namespace OrleansLinks.Api.Tests.Redirect;

/// <summary>
/// An edge beside the one of the running program, over the same actors: it learns of changes by the feed alone, as one in
/// another process does.
/// </summary>
internal sealed class OtherEdge : IAsyncDisposable
{
    private readonly ChangeFeed _feed;

    private OtherEdge(LinkDirectory directory, ChangeFeed feed)
    {
        Directory = directory;
        _feed = feed;
    }

    public LinkDirectory Directory { get; }

    public static async Task<OtherEdge> Start(RunningHost host, int cachedLinks = 10_000)
    {
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        var stamps = new ChangeStamps();
        var feed = new ChangeFeed(grains, stamps, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await feed.StartAsync(CancellationToken.None);
        return new OtherEdge(new LinkDirectory(grains, stamps, TimeProvider.System, new RedirectOptions { CachedLinks = cachedLinks }), feed);
    }

    /// <summary>What a click on a link is decided by now.</summary>
    public async Task<(bool IsDisabled, string Page, string? Reason)> Follow(string code)
    {
        var link = (await Directory.FindLink(code))!;
        var decision = link.Decide(link.Task.Settings, DateTimeOffset.UtcNow);
        return (link.IsDisabled, decision.LandingPage, decision.Reason);
    }

    public async ValueTask DisposeAsync()
    {
        await _feed.StopAsync(CancellationToken.None);
        _feed.Dispose();
    }
}
