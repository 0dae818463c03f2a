using System.Collections.Concurrent;
using System.Text.Json;

namespace OrleansLinks.Clusters;

/// <summary>Links for visitors: some that every edge knows, in tasks of all the ledger's shards, and many that none knows.</summary>
internal sealed class Links
{
    private const int KnownTasks = 16;
    private const int LinksPerTask = 10;
    private const int FreshTasks = 200;

    private readonly Queue<string> _fresh;

    private Links(string campaign, string watched, List<string> tasks, List<string> known, IEnumerable<string> fresh)
    {
        Campaign = campaign;
        Watched = watched;
        Tasks = tasks;
        Known = known;
        _fresh = new Queue<string>(fresh);
    }

    public string Campaign { get; }

    /// <summary>A task with links that every edge knows.</summary>
    public string Watched { get; }

    /// <summary>The tasks of all of them.</summary>
    public List<string> Tasks { get; }

    /// <summary>The paths of links that every edge knows.</summary>
    public List<string> Known { get; }

    public static async Task<Links> Make(RunningCluster cluster)
    {
        var client = cluster.Operator;
        var scene = await Scene.Make(client);
        var watched = "";
        var tasks = new ConcurrentBag<string>();
        var known = new ConcurrentBag<string>();
        var fresh = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, KnownTasks + FreshTasks, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var task = (await client.Post($"/campaigns/{scene.Campaign}/tasks", scene.NewTask)).Id();
            var isKnown = i < KnownTasks;
            var made = await client.Post($"/tasks/{task}/links/batch", Client.Json(Enumerable.Range(0, isKnown ? LinksPerTask : 1).Select(Scene.NewLink)));
            foreach (var item in made.GetProperty("items").EnumerateArray())
            {
                (isKnown ? known : fresh).Add(PathOf(item.GetProperty("link")));
            }

            tasks.Add(task);
            watched = i == 0 ? task : watched;
        });
        return new Links(scene.Campaign, watched, [.. tasks], [.. known], fresh);
    }

    /// <summary>The path of a link, which is the same at every edge.</summary>
    public static string PathOf(JsonElement link) => new Uri(link.Text("trackingUrl")).AbsolutePath;

    /// <summary>A link that nobody has clicked, of a task that nobody has clicked.</summary>
    public string Fresh()
    {
        lock (_fresh)
        {
            return _fresh.Dequeue();
        }
    }

    /// <summary>Lets every edge know the known ones.</summary>
    public async Task Warm(RunningCluster cluster)
    {
        foreach (var edge in cluster.Edges)
        {
            await Parallel.ForEachAsync(Known, async (path, _) => await edge.Instance.Operator.Peek(edge.Instance.Origin + path));
        }
    }
}
