using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Redirect;

/// <summary>The settings of a task, as they were read.</summary>
/// <param name="Terms">The settings.</param>
/// <param name="Number">Another one each time they are read.</param>
/// <param name="Stamp">The stamp of all that they were read from, from before.</param>
/// <param name="ReadAt">When they were read, as a time stamp of the clock.</param>
internal sealed record TaskSettings(TaskTerms Terms, long Number, long Stamp, long ReadAt);

/// <summary>
/// What redirects need of a task, which all its links share. It reads its settings again when they have changed; while they
/// cannot be read, those of before hold.
/// </summary>
internal sealed class TaskRoute
{
    /// <summary>
    /// Settings are read again after so long even if no change was heard of: the last resort for a change whose process
    /// ended between writing and telling.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private readonly ushort _task;
    private readonly ushort _campaign;
    private readonly ushort _program;
    private readonly ushort _partner;
    private readonly Lock _gate = new();
    private volatile TaskSettings _settings;
    private Task _reading = Task.CompletedTask;
    private long _readingSince;
    private long _failedAt;

    private TaskRoute(TaskTerms terms)
    {
        _task = ChangeStamps.PlaceOf(terms.Task.Id);
        _campaign = ChangeStamps.PlaceOf(terms.Task.CampaignId);
        _program = ChangeStamps.PlaceOf(terms.Task.ProgramId);
        _partner = ChangeStamps.PlaceOf(terms.Task.PartnerId);
        _settings = new TaskSettings(terms, 0, 0, 0);
    }

    /// <summary>The settings as they were last read.</summary>
    public TaskSettings Settings => _settings;

    /// <summary>Reads a task for the first time; null when the campaign has no such task.</summary>
    public static async Task<TaskRoute?> Read(string taskId, string campaignId, TaskSource source)
    {
        // Whose stamps to keep is known only afterwards: if anything has changed meanwhile, it is read once more when used.
        var changes = source.Stamps.Changes;
        if (await source.Read(taskId, campaignId) is not { } terms)
        {
            return null;
        }

        var route = new TaskRoute(terms);
        var stamp = route.StampOf(source.Stamps);
        route._settings = new TaskSettings(terms, 0, changes == source.Stamps.Changes ? stamp : -1, source.Clock.GetTimestamp());
        return route;
    }

    /// <summary>Makes sure that the settings are of now, if they can be had in the time that a visitor may be kept waiting.</summary>
    public ValueTask Refresh(TaskSource source)
    {
        var settings = _settings;
        if (settings.Stamp != StampOf(source.Stamps))
        {
            return WaitForNew(source);
        }

        if (source.Clock.GetElapsedTime(settings.ReadAt) > MaxAge)
        {
            _ = ReadAgain(source);
        }

        return ValueTask.CompletedTask;
    }

    private long StampOf(ChangeStamps stamps) => stamps.At(_task, _campaign, _program, _partner);

    private async ValueTask WaitForNew(TaskSource source)
    {
        // A read that is under way may have begun before the change: then the next one is waited for too.
        for (var reads = 0; reads < 2 && _settings.Stamp != StampOf(source.Stamps); reads++)
        {
            var reading = ReadAgain(source);
            var left = TaskSource.Patience - source.Clock.GetElapsedTime(Volatile.Read(ref _readingSince));
            if (left > TimeSpan.Zero)
            {
                await reading.WaitAsync(left, source.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private Task ReadAgain(TaskSource source)
    {
        lock (_gate)
        {
            var failedJustNow = _failedAt != 0 && source.Clock.GetElapsedTime(_failedAt) < TaskSource.Pause;
            if (_reading.IsCompleted && !failedJustNow)
            {
                Volatile.Write(ref _readingSince, source.Clock.GetTimestamp());
                _reading = ReadNow(source);
            }

            return _reading;
        }
    }

    private async Task ReadNow(TaskSource source)
    {
        await Task.Yield();
        var before = _settings;
        var stamp = StampOf(source.Stamps);
        try
        {
            var task = before.Terms.Task;
            if (await source.Read(task.Id, task.CampaignId) is { } terms)
            {
                _settings = new TaskSettings(terms, before.Number + 1, stamp, source.Clock.GetTimestamp());
            }

            Volatile.Write(ref _failedAt, 0);
        }
#pragma warning disable CA1031 // The settings of before hold until they can be read again.
        catch (Exception)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _failedAt, source.Clock.GetTimestamp());
        }
    }
}

/// <summary>Where settings of tasks are read.</summary>
internal sealed record TaskSource(IGrainFactory Grains, ChangeStamps Stamps, TimeProvider Clock)
{
    /// <summary>How long a visitor is kept waiting for settings that are newer than those known.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to leave it at what is known after a failure.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(1);

    /// <summary>Reads a task's settings; null when the campaign has no such task.</summary>
    public Task<TaskTerms?> Read(string taskId, string campaignId) =>
        Grains.Actor<IResolverGrain>(IResolverGrain.Key).FindTerms(taskId, campaignId).WaitAsync(GiveUp, Clock);
}
