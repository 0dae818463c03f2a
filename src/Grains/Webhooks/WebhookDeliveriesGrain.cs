using Microsoft.Extensions.Logging;

namespace OrleansLinks.Webhooks;

/// <summary>
/// Sends a webhook's events: of each subject one after the other, of several subjects side by side. What was sent is kept after the
/// answer, so that whoever goes on after a crash sends again what was under way: at least once, under the same id.
/// </summary>
[GrainType("webhook-deliveries")]
internal sealed class WebhookDeliveriesGrain(
    IWebhookDeliveryStore store, WebhookTransport transport, TimeProvider clock, ILogger<WebhookDeliveriesGrain> log)
    : Grain, IWebhookDeliveriesGrain, IDisposable
{
    private const int AtOnce = 16;
    private const string NoSuccess = "no_success";
    private const string Gone = "gone";

    // What is under way after that is not kept, and sent again.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _isToGoOn;
    private WebhookStanding _standing = new(0, null);

    private string Id => this.GetPrimaryKeyString();

    private IWebhookGrain Settings => GrainFactory.Actor<IWebhookGrain>(Id);

    public Task Wake()
    {
        _isToGoOn = true;
        if (_running.IsCompleted && !_stop.IsCancellationRequested)
        {
            _running = Run();
        }

        return Task.CompletedTask;
    }

    public async Task<SendOutcome?> Test()
    {
        if (await Settings.Get() is not { } webhook || await Settings.GetTarget() is not { } target)
        {
            return null;
        }

        var (eventId, body) = WebhookPayloads.Ping(webhook, clock);
        var outcome = await transport.Send(target, eventId, body, CancellationToken.None);
        if (outcome.Delivered)
        {
            // A change of nothing: what waits is sent at once, if it is enabled.
            await Settings.Change(new WebhookChange(), null);
            await Wake();
        }

        return outcome;
    }

    public Task<WebhookHealth> GetHealth() => store.ReadHealthAsync(Id);

    public Task<WebhookDeliveryPage> List(DeliveryState? state, long? before, int limit) => store.ListAsync(Id, state, before, limit);

    public async Task<WebhookDelivery?> Replay(string eventId)
    {
        var replayed = EntityId.TryParse(eventId, EntityId.WebhookEvent, out var id) ? await store.ReplayAsync(Id, id, clock.GetUtcNow()) : null;
        await Wake();
        return replayed;
    }

    public async Task<ReplayedEvents> ReplayRange(ReplayPlace after, DateTimeOffset to)
    {
        var replayed = await store.ReplayAsync(Id, after, to, clock.GetUtcNow());
        await Wake();
        return replayed;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(LongestEnd, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    private async Task Run()
    {
        try
        {
            while (_isToGoOn && !_stop.IsCancellationRequested)
            {
                _isToGoOn = false;
                await SendDue();
            }
        }
#pragma warning disable CA1031 // It stays due, and is woken for it within a second.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            log.NotSent(Id, failure);
        }
    }

    /// <summary>Sends what is due until nothing is, or the receiver fails so that it is better left alone.</summary>
    private async Task SendDue()
    {
        _standing = await store.ReadStandingAsync(Id);
        var sending = new Dictionary<long, Task<bool>>();
        try
        {
            var notBefore = await SendDue(sending);
            if (!_stop.IsCancellationRequested)
            {
                await store.SleepAsync(Id, notBefore);
            }
        }
        finally
        {
            // Whoever goes on must not send what is still under way.
            await ((Task)Task.WhenAll(sending.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <param name="sending">What is under way, by number.</param>
    /// <returns>Before when nothing more is to be sent.</returns>
    private async Task<DateTimeOffset> SendDue(Dictionary<long, Task<bool>> sending)
    {
        var (goesOn, notBefore) = (true, clock.GetUtcNow());
        while (true)
        {
            // One that only fails gets one event at a time, to see whether it still does.
            var free = (IsSlow ? 1 : AtOnce) - sending.Count;
            if (goesOn && free > 0)
            {
                var due = await store.ListDueAsync(Id, clock.GetUtcNow(), sending.Count + free);
                foreach (var delivery in due.Where(one => !sending.ContainsKey(one.Number)).Take(free))
                {
                    sending[delivery.Number] = Deliver(delivery);
                }
            }

            if (sending.Count == 0)
            {
                return notBefore;
            }

            await Task.WhenAny(sending.Values);
            foreach (var (number, done) in sending.Where(pair => pair.Value.IsCompleted).ToArray())
            {
                sending.Remove(number);
                goesOn &= await done && !_stop.IsCancellationRequested;
            }

            if (IsSlow)
            {
                goesOn = false;
                var now = clock.GetUtcNow();
                notBefore = now + RetrySchedule.BreakAfter(now - (_standing.FailingSince ?? now), Random.Shared.NextDouble());
            }
        }
    }

    private bool IsSlow => _standing.Failures >= IWebhookDeliveryStore.FailuresToSlowDown;

    /// <summary>Sends one event and keeps what came of it.</summary>
    /// <returns>Whether others can be sent.</returns>
    private async Task<bool> Deliver(DueDelivery due)
    {
        if (await Settings.GetTarget() is not { Enabled: true } target)
        {
            return false;
        }

        SendOutcome outcome;
        try
        {
            outcome = await transport.Send(target, EntityId.From(EntityId.WebhookEvent, due.EventId), due.Body, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var pause = RetrySchedule.After(due.Attempts + 1, outcome.RetryAfter, Random.Shared.NextDouble());
        _standing = await store.CompleteAsync(new TriedDelivery(Id, due.Number, now, StateAfter(outcome, due, now), outcome.Status, outcome.Error, now + pause));
        var reason = outcome.Delivered ? null : outcome.Status == 410 ? Gone : HasRunOut(_standing.FailingSince, now) ? NoSuccess : null;
        if (reason is null)
        {
            return true;
        }

        await Settings.Disable(reason);
        log.Disabled(Id, reason, outcome.Error);
        return false;
    }

    /// <summary>An event is given up for itself alone: where the webhook as a whole fails, that is disabled and its events wait.</summary>
    private DeliveryState StateAfter(SendOutcome outcome, DueDelivery due, DateTimeOffset now) => outcome.Delivered ? DeliveryState.Delivered
        : HasRunOut(due.FirstAttemptAt, now) && !HasRunOut(_standing.FailingSince, now) && outcome.Status != 410 ? DeliveryState.Failed
        : DeliveryState.Pending;

    private static bool HasRunOut(DateTimeOffset? since, DateTimeOffset now) => now - since >= RetrySchedule.Patience;
}

internal static partial class WebhookLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of the webhook {Webhook} could not be sent; it is tried again.")]
    public static partial void NotSent(this ILogger log, string webhook, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The webhook {Webhook} is disabled ({Reason}): {Error}")]
    public static partial void Disabled(this ILogger log, string webhook, string reason, string? error);
}
