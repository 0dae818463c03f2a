using OrleansLinks.Clicks;
using OrleansLinks.Hosting;

namespace OrleansLinks.Journal;

/// <summary>
/// Brings clicks from the journal to the ledger: what has come while one batch was on its way goes with the next, split by
/// the tasks' ledgers. A batch is sent until it is acknowledged, and only then the journal may forget it; the ledger
/// counts a click once, however often it comes.
/// </summary>
internal sealed class ClickShipper(ClickJournal journal, IGrainFactory grains, TimeProvider clock, ILogger<ClickShipper> log) : BackgroundService
{
    private const int MaxClicks = 32 * 1024;
    private const int MaxBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Short, since the next call goes to another silo, and one to a silo that is gone takes long enough by itself.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LastLook = TimeSpan.FromMilliseconds(10);

    private readonly ClickBatchBuilder[] _shards = [.. Enumerable.Range(0, LedgerShards.Count).Select(_ => new ClickBatchBuilder())];
    private readonly ILedgerGrain[] _ledgers = [.. Enumerable.Range(0, LedgerShards.Count).Select(shard => grains.Actor<ILedgerGrain>(LedgerShards.KeyOf(shard)))];

    private volatile TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStuck;
    private bool _cannotRead;

    /// <summary>
    /// Waits until the clicks that were answered before are counted, so that who has clicked and then asks is told of it;
    /// not while the ledger does not answer, and not for long.
    /// </summary>
    public async Task CatchUp()
    {
        var goal = journal.Tail;
        var began = clock.GetTimestamp();
        while (true)
        {
            // Before the look at what is shipped, or what comes in between would be missed.
            var progress = _progress.Task;
            var left = CatchUpPatience - clock.GetElapsedTime(began);
            if (journal.Shipped >= goal || _isStuck || journal.Trouble is not null || left <= TimeSpan.Zero)
            {
                return;
            }

            await progress.WaitAsync(left, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Visitors are no longer let in by now: what they have left is brought to the ledger, if it answers.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (journal.Shipped < journal.Durable && clock.GetElapsedTime(began) < LastPatience && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(LastLook, clock, CancellationToken.None);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await journal.WaitForUnshippedAsync(stoppingToken))
        {
            if (await ReadNext(stoppingToken) is { } batch)
            {
                var began = clock.GetTimestamp();
                await Task.WhenAll(Split(batch).Select(part => Send(part.Ledger, part.Clicks, stoppingToken)));
                journal.MarkShipped(batch.Last);
                SignalProgress();
                await Gather(batch.Count, clock.GetElapsedTime(began), stoppingToken);
            }
        }
    }

    private async Task<JournalBatch?> ReadNext(CancellationToken stoppingToken)
    {
        try
        {
            var batch = journal.ReadNext(MaxClicks, MaxBytes);
            _cannotRead = false;
            return batch;
        }
        catch (IOException exception)
        {
            // Nothing was passed over: the disk may read it the next time.
            if (!_cannotRead)
            {
                log.JournalNotRead(exception);
                _cannotRead = true;
            }

            await Task.Delay(LongestPause, clock, stoppingToken);
            return null;
        }
    }

    /// <summary>
    /// Lets clicks gather for three times as long as the ledger was busy with the last ones. Clicks that come together cost
    /// it a fraction, since they share counters and the pages of the database that these are on; and a quiet ledger is
    /// busy for so short a time that nobody waits for long. With a full batch, or while visitors wait for the ledger, there is
    /// no time to lose.
    /// </summary>
    private Task Gather(int clicks, TimeSpan busy, CancellationToken stoppingToken)
    {
        var pause = busy * 3 < LongestGathering ? busy * 3 : LongestGathering;
        return clicks < MaxClicks && journal.Durability != ClickDurability.Ledger ? Task.Delay(pause, clock, stoppingToken) : Task.CompletedTask;
    }

    private void SignalProgress() =>
        Interlocked.Exchange(ref _progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private List<(ILedgerGrain Ledger, ClickBatch Clicks)> Split(JournalBatch batch)
    {
        foreach (var click in batch)
        {
            _shards[LedgerShards.Of(ClickFormat.TaskOf(click))].Add(click);
        }

        var parts = new List<(ILedgerGrain, ClickBatch)>();
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            if (_shards[shard].Count > 0)
            {
                parts.Add((_ledgers[shard], _shards[shard].Take()));
            }
        }

        return parts;
    }

    private async Task Send(ILedgerGrain ledger, ClickBatch clicks, CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await ledger.Record(clicks).WaitAsync(Patience, clock, stoppingToken);
                if (tries > 1)
                {
                    log.LedgerAnswers(tries);
                    _isStuck = false;
                }

                return;
            }
#pragma warning disable CA1031 // Whatever it is, the clicks are in the journal, and are sent until they are acknowledged.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (tries == 1)
                {
                    log.LedgerDoesNotAnswer(clicks.Count, exception);
                    _isStuck = true;
                    SignalProgress();
                }

                await Task.Delay(pause, clock, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }
}

/// <summary>Reads of clicks and counters.</summary>
internal static class ReadsAfterClicks
{
    /// <summary>Has the endpoint tell of every click that was answered here before it was called, if the ledger answers.</summary>
    public static RouteHandlerBuilder AfterClicks(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        await context.HttpContext.RequestServices.GetRequiredService<ClickShipper>().CatchUp();
        return await next(context);
    });
}
