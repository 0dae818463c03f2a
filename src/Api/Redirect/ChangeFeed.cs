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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        long? position = null;
        var isBroken = false;
        do
        {
            try
            {
                position = await ReadOn(position);
                if (isBroken)
                {
                    log.FeedRead();
                    isBroken = false;
                }
            }
#pragma warning disable CA1031 // Whatever it is, it is tried again.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (!isBroken)
                {
                    log.FeedNotRead(exception);
                    isBroken = true;
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<long?> ReadOn(long? position)
    {
        while (true)
        {
            var page = await grains.Actor<IResolverGrain>(IResolverGrain.Key).ReadChanges(position).WaitAsync(Patience, clock);
            if (position is null || page.HasGap)
            {
                stamps.AdvanceAll();
            }

            foreach (var id in page.Ids)
            {
                stamps.Advance(id);
            }

            if (position == page.Next || page.Ids.IsEmpty)
            {
                return page.Next;
            }

            position = page.Next;
        }
    }
}
