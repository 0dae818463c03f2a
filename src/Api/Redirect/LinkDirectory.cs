using BitFaster.Caching.Lru;
using OrleansLinks.Hosting;

namespace OrleansLinks.Redirect;

/// <summary>
/// What this edge knows of links and tasks, so that a redirect needs no network: as many as there is room for, the others
/// are asked for when they are clicked. What has changed is read again at its next click (<see cref="ChangeStamps"/>);
/// while it cannot be read, what was known holds, and visitors get through.
/// </summary>
internal sealed class LinkDirectory
{
    private const int MaxTasks = 50_000;
    private const int Tries = 3;
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentLru<string, LinkRoute> _links;
    private readonly ConcurrentLru<string, TaskRoute> _tasks = new(Environment.ProcessorCount, MaxTasks, StringComparer.Ordinal);
    private readonly LinkLoader _loader;
    private readonly TaskSource _source;

    public LinkDirectory(IGrainFactory grains, ChangeStamps stamps, TimeProvider clock, RedirectOptions options)
    {
        _links = new ConcurrentLru<string, LinkRoute>(Environment.ProcessorCount, options.CachedLinks, StringComparer.Ordinal);
        _loader = new LinkLoader(grains, stamps, clock);
        _source = new TaskSource(grains, stamps, clock);
    }

    /// <summary>How many links are in memory.</summary>
    public int CachedLinks => _links.Count;

    /// <summary>How many times a link was looked for that was in memory.</summary>
    public long Hits => _links.Metrics.Value!.Hits;

    /// <summary>How many times a link was looked for that was not.</summary>
    public long Misses => _links.Metrics.Value!.Misses;

    /// <summary>The link with that code, with the settings of its task; null when the code was never issued.</summary>
    /// <exception cref="TimeoutException">It is not in memory, and the actors do not answer.</exception>
    public ValueTask<LinkRoute?> FindLink(string code)
    {
        if (_links.TryGet(code, out var route))
        {
            if (!route.IsFresh(_source.Stamps))
            {
                return new(ReadAgain(route));
            }

            var refreshed = route.Task.Refresh(_source);
            return refreshed.IsCompletedSuccessfully ? new(route) : new(After(refreshed, route));
        }

        return new(Read(code));
    }

    /// <summary>The task with that id in that campaign; null when there is none.</summary>
    /// <exception cref="TimeoutException">It is not in memory, and the actors do not answer.</exception>
    public ValueTask<TaskRoute?> FindTask(string taskId, string campaignId)
    {
        if (_tasks.TryGet(taskId, out var task))
        {
            var refreshed = task.Refresh(_source);
            return refreshed.IsCompletedSuccessfully ? new(task) : new(After(refreshed, task));
        }

        return new(TryRepeatedly(() => ReadTask(taskId, campaignId)));
    }

    private static async Task<T?> After<T>(ValueTask before, T result)
    {
        await before;
        return result;
    }

    private Task<LinkRoute?> Read(string code) => TryRepeatedly(async () => await Keep(await _loader.Load(code)));

    /// <summary>Reads a link that has changed, or, if that takes longer than a visitor may be kept waiting, leaves it at what is known.</summary>
    private async Task<LinkRoute?> ReadAgain(LinkRoute known)
    {
        if (!_loader.IsInTrouble)
        {
            var reading = Read();
            await ((Task)reading).WaitAsync(TaskSource.Patience, _source.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reading.IsCompletedSuccessfully)
            {
                return reading.Result;
            }
        }

        await known.Task.Refresh(_source);
        return known;

        async Task<LinkRoute?> Read() => await Keep(await _loader.Load(known.Code));
    }

    private async Task<LinkRoute?> Keep(LoadedLink loaded)
    {
        if (loaded.Link is not { } link || await FindTask(link.TaskId, link.CampaignId) is not { } task)
        {
            return null;
        }

        var route = new LinkRoute(link, task, loaded.Stamp);
        _links.AddOrUpdate(route.Code, route);
        return route;
    }

    private async Task<TaskRoute?> ReadTask(string taskId, string campaignId)
    {
        var task = await TaskRoute.Read(taskId, campaignId, _source);
        if (task is not null)
        {
            // One for all its links, also when several are read for the first time at once.
            task = _tasks.GetOrAdd(taskId, static (_, read) => read, task);
        }

        return task;
    }

    private async Task<T?> TryRepeatedly<T>(Func<Task<T?>> read)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await read();
            }
            catch (Exception) when (tries < Tries)
            {
                await Task.Delay(PauseBetweenTries, _source.Clock);
            }
        }
    }
}
