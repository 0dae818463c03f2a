using OrleansLinks.Webhooks;

namespace OrleansLinks.Silo;

/// <summary>
/// Has events made and sent, each second. One actor makes them; every silo asks, so that it goes on within a second when the silo that has
/// the actor is gone.
/// </summary>
internal sealed class WebhookPulse(IGrainFactory grains, TimeProvider clock, ILogger<WebhookPulse> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await grains.Actor<IWebhookFeedGrain>(IWebhookFeedGrain.Key).Turn();
                _isFailing = false;
            }
#pragma warning disable CA1031 // The next turn tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // While a database is away, once is enough.
                if (!_isFailing)
                {
                    log.NoEvents(exception);
                }

                _isFailing = true;
            }
        }
    }
}

internal static partial class WebhookPulseLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Events could not be made for webhooks; none is lost, and it is tried again.")]
    public static partial void NoEvents(this ILogger log, Exception exception);
}
