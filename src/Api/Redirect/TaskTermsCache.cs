using System.Collections.Concurrent;
using OrleansLinks.Tasks;

namespace OrleansLinks.Redirect;

/// <summary>
/// The settings that decide on clicks, by task. A change made in this process is met by the next click, one made
/// elsewhere within <see cref="Lifetime"/>; what it costs grows with the tasks that are clicked, not with links or clicks.
/// </summary>
internal sealed class TaskTermsCache(IGrainFactory grains, SettingsEpoch epoch, TimeProvider clock)
{
    private const int MaxTasks = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, Entry> _entries = new();

    /// <summary>The settings of a task, or null when there is no such task.</summary>
    public ValueTask<TaskTerms?> Get(string taskId)
    {
        if (_entries.TryGetValue(taskId, out var entry) && IsFresh(entry))
        {
            return entry.Terms.IsCompletedSuccessfully ? new(entry.Terms.Result) : new(entry.Terms);
        }

        return new(Load(taskId, entry));
    }

    private bool IsFresh(Entry entry) =>
        entry.Epoch == epoch.Value && !entry.Terms.IsFaulted && clock.GetElapsedTime(entry.LoadedAt) < Lifetime;

    private Task<TaskTerms?> Load(string taskId, Entry? stale)
    {
        if (_entries.Count >= MaxTasks)
        {
            _entries.Clear();
            stale = null;
        }

        var source = new TaskCompletionSource<TaskTerms?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var entry = new Entry(source.Task, epoch.Value, clock.GetTimestamp());
        var won = stale is null ? _entries.TryAdd(taskId, entry) : _entries.TryUpdate(taskId, entry, stale);
        if (!won && _entries.TryGetValue(taskId, out var other) && IsFresh(other))
        {
            return other.Terms;
        }

        _ = Complete(taskId, source);
        return source.Task;
    }

    private async Task Complete(string taskId, TaskCompletionSource<TaskTerms?> source)
    {
        try
        {
            source.SetResult(await grains.Actor<ITaskGrain>(taskId).GetTerms());
        }
#pragma warning disable CA1031 // Whoever waits for the settings gets the exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            source.SetException(exception);
        }
    }

    private sealed record Entry(Task<TaskTerms?> Terms, long Epoch, long LoadedAt);
}
