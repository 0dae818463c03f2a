using OrleansLinks.Access;
using OrleansLinks.Hosting;
using OrleansLinks.Links;

namespace OrleansLinks.Redirect;

/// <summary>
/// Reads several times a second what has changed in other processes. It costs by edges and by changes, whatever number of
/// links there is. While the feed cannot be read, what is known holds; afterwards reading goes on where it ended.
/// </summary>
internal sealed class ChangeFeed(IGrainFactory grains, ChangeStamps stamps, TimeProvider clock, ILogger<ChangeFeed> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _reading = new(1);
    private long? _position;
    private long _readAt = clock.GetTimestamp();
    private long _asked;
    private long _answered;

    /// <summary>How long ago the feed was last read to its end.</summary>
    public TimeSpan Staleness => clock.GetElapsedTime(Volatile.Read(ref _readAt));

    /// <summary>
    /// Reads what has changed until now, so that who has changed something through this edge and then clicks is redirected
    /// accordingly; not while the feed does not answer, and not for long. Many who ask at once share a read.
    /// </summary>
    public Task CatchUp() =>
        ReadFor(Interlocked.Increment(ref _asked)).WaitAsync(CatchUpPatience, clock).ContinueWith(
            static read => _ = read.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    public override void Dispose()
    {
        base.Dispose();
        _reading.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var isBroken = false;
        do
        {
            try
            {
                await ReadFor(Interlocked.Increment(ref _asked));
                if (isBroken)
                {
                    log.FeedRead();
                    isBroken = false;
                }
            }
#pragma warning disable CA1031 // Whatever it is, it is tried again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!isBroken && !stoppingToken.IsCancellationRequested)
                {
                    log.FeedNotRead(exception);
                    isBroken = true;
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Reads on, unless another one has done so that began after that number was drawn.</summary>
    private async Task ReadFor(long number)
    {
        await _reading.WaitAsync();
        try
        {
            if (_answered < number)
            {
                var asked = Volatile.Read(ref _asked);
                await ReadOn();
                _answered = asked;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task ReadOn()
    {
        while (true)
        {
            var began = clock.GetTimestamp();
            var page = await grains.Actor<IResolverGrain>(IResolverGrain.Key).ReadChanges(_position).WaitAsync(Patience, clock);
            if (_position is null || page.HasGap)
            {
                stamps.AdvanceAll();
            }

            foreach (var id in page.Ids)
            {
                stamps.Advance(id);
            }

            var isEnd = _position == page.Next || page.Ids.IsEmpty;
            _position = page.Next;
            if (isEnd)
            {
                Volatile.Write(ref _readAt, began);
                return;
            }
        }
    }
}

/// <summary>Changes that were made through this edge, where the actors that carried them out are in other processes.</summary>
internal static class OwnChanges
{
    /// <summary>Has each call that changes something answered when this edge knows of the change.</summary>
    public static void SeeOwnChanges(this RouteGroupBuilder api) => api.AddEndpointFilter(static async (context, next) =>
    {
        var result = await next(context);
        var http = context.HttpContext;

        // What was created just now nobody can remember.
        if (!KeyAuthentication.IsSafe(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<CreatesMetadata>() is null)
        {
            await http.RequestServices.GetRequiredService<ChangeFeed>().CatchUp();
        }

        return result;
    });
}
