using System.Text.Json;
using System.Text;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OrleansLinks.Hosting;
using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Clicks;

/// <summary>
/// The tasks whose counters are watched through this edge: one subscription a task, however many watch it. Subscriptions
/// are renewed every <see cref="LiveCounters.WatchRenewal"/>, and the totals that a renewal answers mend what was lost.
/// </summary>
internal sealed class CounterHub(IGrainFactory grains, TimeProvider clock, IOptions<JsonOptions> json, ILogger<CounterHub> log)
    : BackgroundService, ICounterObserver
{
    private const int RenewalsAtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Counters of a silo that is gone are to move again as soon as another one has their actors.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>A silo that hangs answers nothing, and is believed in for some seconds: who does not answer soon is not waited for alone.</summary>
    private static readonly TimeSpan AskAnotherAfter = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WatchedTask> _tasks = [];
    private ICounterObserver? _reference;
    private int _watchers;

    /// <summary>How many watch counters through this edge.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    private ICounterObserver Reference => _reference ??= grains.CreateObjectReference<ICounterObserver>(this);

    /// <summary>Begins to watch a task; the first totals are there when this returns.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="currency">Its program's currency.</param>
    public async Task<Watch> Begin(string taskId, string currency)
    {
        WatchedTask? task;
        lock (_gate)
        {
            if (!_tasks.TryGetValue(taskId, out task))
            {
                _tasks.Add(taskId, task = new WatchedTask(taskId, currency, clock, json.Value.SerializerOptions));
            }

            task.Watchers++;
            _watchers++;
        }

        var watch = new Watch(this, task);
        try
        {
            if (!task.HasTotals)
            {
                await task.ReadOnce(Renew);
            }

            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    public Task Take(string taskId, CounterTotals totals)
    {
        WatchedTask? task;
        lock (_gate)
        {
            _tasks.TryGetValue(taskId, out task);
        }

        task?.Take(totals);
        return Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isBroken = false;
        while (true)
        {
            await Task.Delay(isBroken ? PauseAfterFailure : LiveCounters.WatchRenewal, clock, stoppingToken);
            Exception? failure = null;
            await Parallel.ForEachAsync(
                TakeWatched(),
                new ParallelOptions { MaxDegreeOfParallelism = RenewalsAtOnce, CancellationToken = stoppingToken },
                async (task, _) => failure = await TryRenew(task) ?? failure);
            if (failure is not null && !isBroken)
            {
                log.WatchNotRenewed(failure);
            }

            isBroken = failure is not null;
        }
    }

    /// <summary>Renews a watch, or says why not: the next renewal tries again, and watchers keep what they have.</summary>
    private async Task<Exception?> TryRenew(WatchedTask task)
    {
        try
        {
            await Renew(task);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, other tasks are renewed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    /// <summary>The tasks that are watched; those that nobody watches any more are given up.</summary>
    private List<WatchedTask> TakeWatched()
    {
        var ended = new List<WatchedTask>();
        var watched = new List<WatchedTask>();
        lock (_gate)
        {
            foreach (var task in _tasks.Values)
            {
                (task.Watchers == 0 ? ended : watched).Add(task);
            }

            ended.ForEach(task => _tasks.Remove(task.Id));
        }

        foreach (var task in ended)
        {
            grains.Actor<ITaskGrain>(task.Id).UnwatchCounters(Reference).Ignore();
        }

        return watched;
    }

    private async Task Renew(WatchedTask task)
    {
        if (await AskOneOrTwo(task).WaitAsync(Patience, clock) is { } totals)
        {
            task.Take(totals);
        }
    }

    private async Task<CounterTotals?> AskOneOrTwo(WatchedTask task)
    {
        var resolver = grains.Actor<IResolverGrain>(IResolverGrain.Key);
        var one = resolver.WatchCounters(task.Id, Reference);
        if (await Task.WhenAny(one, Task.Delay(AskAnotherAfter, clock)) == one)
        {
            return await one;
        }

        var another = resolver.WatchCounters(task.Id, Reference);
        var first = await Task.WhenAny(one, another);
        var last = first == one ? another : one;
        if (first.IsCompletedSuccessfully)
        {
            last.Ignore();
            return await first;
        }

        return await last;
    }

    private void End(WatchedTask task)
    {
        lock (_gate)
        {
            task.Watchers--;
            _watchers--;
        }
    }

    /// <summary>One who watches a task, until disposal.</summary>
    public sealed class Watch(CounterHub hub, WatchedTask task) : IDisposable
    {
        /// <summary>The latest totals, and what tells of later ones.</summary>
        public (CounterEvent Latest, Task Changed) Now => task.Now;

        public void Dispose() => hub.End(task);
    }

    /// <summary>A task that is watched.</summary>
    public sealed class WatchedTask(string id, string currency, TimeProvider clock, JsonSerializerOptions json)
    {
        private readonly Lock _gate = new();
        private CounterEvent? _latest;
        private Task? _first;
        private TaskCompletionSource _changed = NewSignal();

        public string Id => id;

        /// <summary>How many watch it; guarded by the hub.</summary>
        public int Watchers { get; set; }

        /// <summary>Reads the first totals, once for all who wait for them; again if that has failed.</summary>
        public Task ReadOnce(Func<WatchedTask, Task> read)
        {
            lock (_gate)
            {
                return _first = _first is { IsFaulted: false, IsCanceled: false } ? _first : read(this);
            }
        }

        public bool HasTotals => Volatile.Read(ref _latest) is not null;

        public (CounterEvent Latest, Task Changed) Now
        {
            get
            {
                lock (_gate)
                {
                    return (_latest!, _changed.Task);
                }
            }
        }

        /// <summary>Takes totals, if they are newer than those that it has. All who watch are sent the same bytes.</summary>
        public void Take(CounterTotals totals)
        {
            TaskCompletionSource changed;
            lock (_gate)
            {
                if (totals.Version <= (_latest?.Version ?? -1))
                {
                    return;
                }

                var view = CounterView.Of(totals, currency, clock.GetUtcNow());
                _latest = new CounterEvent(
                    view,
                    Encoding.UTF8.GetBytes($"id: {totals.Version}\nevent: counters\ndata: {JsonSerializer.Serialize(view, json)}\n\n"));
                changed = _changed;
                _changed = NewSignal();
            }

            changed.SetResult();
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Totals as they are sent to those who watch.</summary>
/// <param name="View">The totals.</param>
/// <param name="Bytes">The server-sent event.</param>
internal sealed record CounterEvent(CounterView View, byte[] Bytes)
{
    /// <summary>Their version.</summary>
    public long Version => View.Version;
}
