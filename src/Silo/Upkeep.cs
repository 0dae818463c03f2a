using OrleansLinks.Conversions;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Silo;

/// <summary>
/// What has to be looked after now and then, whoever calls. One actor does it; every silo asks, so that it is done as long as there is
/// one, and more often where there are more.
/// </summary>
internal sealed class Upkeep(IGrainFactory grains, TimeProvider clock, ILogger<Upkeep> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await grains.Actor<IWaitingConversionsGrain>(IWaitingConversionsGrain.Key).LookAgain();
                await grains.Actor<IWebhookFeedGrain>(IWebhookFeedGrain.Key).Forget();
            }
#pragma warning disable CA1031 // The next turn tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                log.NotLookedAfter(exception);
            }
        }
    }
}

internal static partial class UpkeepLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "What is looked after once a minute (conversions that wait for their click, old events) was not; it is tried again.")]
    public static partial void NotLookedAfter(this ILogger log, Exception exception);
}
