using OrleansLinks.Programs;

namespace OrleansLinks.Webhooks;

/// <summary>
/// Reads the ledger after the feed's position, makes deliveries of what is there, and moves the position with them. Should there be two
/// activations for a moment, one of them finds the position moved, and nothing is made twice.
/// </summary>
[GrainType("webhook-feed")]
internal sealed class WebhookFeedGrain(IWebhookFeedStore store, IWebhookDeliveryStore deliveries, TimeProvider clock) : Grain, IWebhookFeedGrain
{
    private const int WokenAtOnce = 1000;

    /// <summary>Silos may differ in their clocks, and who changes a conversion just before its lock has to write that.</summary>
    private static readonly TimeSpan LockGrace = TimeSpan.FromSeconds(5);

    /// <summary>For how long deliveries are kept, delivered or not.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private static readonly TimeSpan BetweenClicks = TimeSpan.FromMinutes(1);

    // Every silo asks, each once a second.
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromMilliseconds(500);

    // A call is not to last longer; what is left is done by the next.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(3);

    private long? _last;

    public async Task Turn()
    {
        if (_last is { } last && clock.GetElapsedTime(last) < BetweenTurns)
        {
            return;
        }

        var began = clock.GetTimestamp();
        var isDone = await Until(began, FeedConversions);
        isDone &= await Until(began, () => FeedClicks(clock.GetUtcNow() - BetweenClicks));
        await Wake();
        _last = isDone ? began : null;
    }

    public async Task CountClicks()
    {
        await Until(clock.GetTimestamp(), () => FeedClicks(DateTimeOffset.MaxValue));
        await Wake();
    }

    public Task Forget() => Until(clock.GetTimestamp(), () => deliveries.ForgetAsync(clock.GetUtcNow() - Kept));

    /// <summary>Does pieces of work, each of which says whether there is more.</summary>
    /// <returns>Whether all was done.</returns>
    private async Task<bool> Until(long began, Func<Task<bool>> piece)
    {
        while (await piece())
        {
            if (clock.GetElapsedTime(began) > LongestTurn)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> FeedConversions()
    {
        if (await store.ReadAsync(clock.GetUtcNow() - LockGrace) is not { } page || (page.Entries.IsEmpty && page.Approved.IsEmpty))
        {
            return false;
        }

        var events = page.Entries.SelectMany(entry => ConversionEvents.Of(entry, page.From.Approved))
            .Concat(page.Approved.SelectMany(approved => ConversionEvents.OfApproved(approved.Conversion)));
        await store.AppendAsync(
            page.From, page.Next, [.. events.SelectMany(one => WebhookPayloads.Of(one, page.Subscriptions))], clock.GetUtcNow());
        return page.HasMore;
    }

    private async Task<bool> FeedClicks(DateTimeOffset olderThan)
    {
        var now = clock.GetUtcNow();
        if (await store.ReadClicksAsync(olderThan, now) is not { } page)
        {
            return false;
        }

        var wanted = page.Tasks.Where(task => page.Subscriptions.Any(one => one.OwnerId == task.ProgramId || one.OwnerId == task.PartnerId)).ToArray();
        var currencies = new Dictionary<string, string>();
        foreach (var programId in wanted.Select(task => task.ProgramId).Distinct())
        {
            currencies[programId] = (await GrainFactory.Actor<IProgramGrain>(programId).Get())!.Currency;
        }

        await store.AppendAsync(
            page.From, page.Next, [.. wanted.SelectMany(task => WebhookPayloads.Of(task, currencies[task.ProgramId], page.Subscriptions, now))], now);
        return page.HasMore;
    }

    private async Task Wake()
    {
        foreach (var id in await store.ListToWakeAsync(clock.GetUtcNow(), WokenAtOnce))
        {
            GrainFactory.Actor<IWebhookDeliveriesGrain>(id).Wake().Ignore();
        }
    }
}
