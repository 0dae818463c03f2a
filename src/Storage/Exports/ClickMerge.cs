namespace OrleansLinks.Exports;

/// <summary>
/// Finds the first clicks of many tasks, each of which has its own in their order, without reading all that each has: a few of
/// every task first, then of those tasks alone whose next could still be among the first, twice as many each time.
/// </summary>
/// <remarks>
/// With n tasks and a page of m clicks, that is n look-ups and some m log m clicks' index entries at most, however many clicks there
/// are and whosever they are: those tasks that are read again have all that was read of them among the first m.
/// </remarks>
/// <param name="tasks">How many tasks.</param>
/// <param name="begin">The id from which on clicks are wanted.</param>
/// <param name="limit">How many are wanted.</param>
internal sealed class ClickMerge(int tasks, Guid begin, int limit)
{
    private const int FewestOfTask = 4;

    private readonly Guid[] _begins = [.. Enumerable.Repeat(begin, tasks)];
    private readonly List<(Guid Id, long Place)> _found = [];
    private List<int> _next = [];

    /// <summary>The tasks to read now, from 0; none when all is found.</summary>
    public IReadOnlyList<int> Wanted { get; private set; } = [.. Enumerable.Range(0, tasks)];

    /// <summary>How many clicks to read of each.</summary>
    public int Count { get; private set; } = Math.Clamp(2 * limit / Math.Max(1, tasks), FewestOfTask, Math.Max(FewestOfTask, limit));

    /// <summary>The first clicks that were found, in their order, and where they are.</summary>
    public IReadOnlyList<(Guid Id, long Place)> Found => _found;

    /// <summary>The id from which on a task is to be read.</summary>
    public Guid BeginOf(int task) => _begins[task];

    /// <summary>Takes what was read of a task: up to <see cref="Count"/> of its clicks in their order.</summary>
    public void Add(int task, IReadOnlyCollection<(Guid Id, long Place)> clicks)
    {
        _found.AddRange(clicks);
        if (clicks.Count == Count)
        {
            _begins[task] = Clicks.LedgerOrder.After(clicks.Last().Id);
            _next.Add(task);
        }
    }

    /// <summary>To be called when all that was wanted was taken: says what is wanted next.</summary>
    public void GoOn()
    {
        _found.Sort(static (one, other) => one.Id.CompareTo(other.Id));
        if (_found.Count >= limit)
        {
            _found.RemoveRange(limit, _found.Count - limit);
            _next.RemoveAll(task => _begins[task] > _found[^1].Id);
        }

        (Wanted, _next) = (_next, []);
        Count *= 2;
    }
}
