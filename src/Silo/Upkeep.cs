using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.Reports;
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
        await KeepNames();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await KeepNames();
            await Try("Conversions that wait for their click", () => grains.Actor<IWaitingConversionsGrain>(IWaitingConversionsGrain.Key).LookAgain());
            await Try("The rollups of reports", () => grains.Actor<IReportRollupGrain>(IReportRollupGrain.Key).KeepUp());
            await Try("Old events", () => grains.Actor<IWebhookFeedGrain>(IWebhookFeedGrain.Key).Forget());
        }
    }

    private Task KeepNames() => Try("Names to search by", () => grains.Actor<IMissingNamesGrain>(IMissingNamesGrain.Key).KeepUp());

    private async Task Try(string what, Func<Task> lookAfter)
    {
        try
        {
            await lookAfter();
        }
#pragma warning disable CA1031 // The next turn tries again, and the others are looked after all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.NotLookedAfter(what, exception);
        }
    }
}

internal static partial class UpkeepLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} could not be looked after; it is tried again.")]
    public static partial void NotLookedAfter(this ILogger log, string what, Exception exception);
}
