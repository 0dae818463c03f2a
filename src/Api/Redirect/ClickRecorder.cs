using System.Threading.Channels;
using OrleansLinks.Clicks;

namespace OrleansLinks.Redirect;

/// <summary>
/// Sends clicks to the ledger in batches: what arrives while one batch is being written goes with the next. A click's
/// task completes when it is on disk.
/// </summary>
internal sealed class ClickRecorder(IGrainFactory grains) : BackgroundService
{
    private const int MaxBatch = 2_000;
    private const int MaxWaiting = 50_000;

    private readonly Channel<Pending> _waiting = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Keeps a click; on disk when the task completes.</summary>
    public async ValueTask Record(Click click)
    {
        var pending = new Pending(click);
        await _waiting.Writer.WriteAsync(pending);
        await pending.Written.Task;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Pending>(MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            await Send(batch);
        }
    }

    private async Task Send(List<Pending> batch)
    {
        try
        {
            await grains.Actor<ILedgerGrain>("ledger-0").Record([.. batch.Select(pending => pending.Click)]);
            batch.ForEach(pending => pending.Written.SetResult());
        }
#pragma warning disable CA1031 // Every visitor of the batch gets the exception; the next batch is tried anew.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            batch.ForEach(pending => pending.Written.SetException(exception));
        }
    }

    private sealed record Pending(Click Click)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
