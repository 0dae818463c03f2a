using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansLinks.Clicks;

/// <summary>
/// Adds clicks and conversions up in memory, by task and within these by link, so that each counter is moved once for many clicks.
/// </summary>
internal sealed class ClickFold
{
    private readonly Dictionary<TaskKey, TaskFold> _tasks = [];
    private TaskFold? _last;

    /// <summary>All that was asked for with <see cref="Of"/>; some may have a tally of zero.</summary>
    public IEnumerable<TaskFold> Tasks => _tasks.Values;

    /// <summary>The place for the clicks of a task.</summary>
    public TaskFold Of(in TaskKey key)
    {
        if (_last is not null && _last.Key.Equals(key))
            return _last;

        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_tasks, key, out _);
        return _last = place ??= new TaskFold(key);
    }

    /// <summary>The tallies by the scopes of <see cref="CounterScopes"/>, in UTF-8.</summary>
    public Dictionary<byte[], LedgerTally> Counters()
    {
        var counters = new Dictionary<byte[], LedgerTally>(Utf8Comparer.Instance);
        foreach (var task in _tasks.Values)
        {
            if (task.Tally == default)
                continue;

            var campaign = EntityId.From(EntityId.Campaign, task.Key.Campaign);
            Add(CounterScopes.OfTask(EntityId.From(EntityId.Task, task.Key.Task)), task.Tally);
            Add(CounterScopes.OfCampaign(campaign), task.Tally);
            Add(CounterScopes.OfPartnerIn(campaign, EntityId.From(EntityId.Partner, task.Key.Partner)), task.Tally);
            foreach (var link in task.Links)
                CollectionsMarshal.GetValueRefOrAddDefault(counters, link.Scope, out _) += link.Tally;
        }

        return counters;

        void Add(string scope, in LedgerTally tally) =>
            CollectionsMarshal.GetValueRefOrAddDefault(counters, Encoding.UTF8.GetBytes(scope), out _) += tally;
    }
}

/// <summary>A task and what it belongs to.</summary>
internal readonly record struct TaskKey(Guid Task, Guid Campaign, Guid Partner, Guid Program)
{
    // A task's other ids hardly ever differ: they need not take part.
    public override int GetHashCode() => Task.GetHashCode();
}

/// <summary>Hours and days of UTC, by the Unix second at which they begin.</summary>
internal static class LedgerTime
{
    public const long SecondsPerHour = 60 * 60;
    public const long SecondsPerDay = 24 * SecondsPerHour;

    /// <param name="second">A Unix second.</param>
    public static long DayOf(long second) => Floor(second, SecondsPerDay);

    /// <summary>Days since 1970.</summary>
    /// <param name="second">A Unix second.</param>
    public static int DayNumberOf(long second) => (int)(DayOf(second) / SecondsPerDay);

    /// <param name="at">Unix milliseconds.</param>
    public static long HourOf(long at) => Floor(at, SecondsPerHour * 1000) / 1000;

    /// <summary>The greatest multiple of a unit up to a value, which may be negative.</summary>
    public static long Floor(long value, long unit)
    {
        var rest = value % unit;
        return value - (rest < 0 ? rest + unit : rest);
    }
}

/// <summary>The numbers of a task, with what it belongs to, and of its program.</summary>
internal readonly record struct TaskNumber(long Task, long Program);

/// <summary>The clicks of a task.</summary>
internal sealed class TaskFold(TaskKey key)
{
    private readonly Dictionary<byte[], LinkFold> _links = new(Utf8Comparer.Instance);
    private ulong? _visitSeed;

    public TaskKey Key => key;

    /// <summary>What the database calls the task, where it gives numbers; 0 until it is asked.</summary>
    public TaskNumber Number { get; set; }

    public LedgerTally Tally { get; set; }

    /// <summary>What visits of clicks without a link are hashed with.</summary>
    public ulong VisitSeed => _visitSeed ??= VisitKeys.SeedOf(CounterScopes.OfTask(EntityId.From(EntityId.Task, key.Task)));

    /// <summary>All that was asked for with <see cref="Of"/> and has a tally.</summary>
    public IEnumerable<LinkFold> Links => _links.Values.Where(static link => link.Tally != default);

    /// <summary>The place for the clicks of a link.</summary>
    /// <param name="code">Its code in UTF-8.</param>
    public LinkFold Of(ReadOnlySpan<byte> code)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _links.GetAlternateLookup<ReadOnlySpan<byte>>(), code, out _);
        return place ??= new LinkFold([.. LinkFold.Prefix, .. code]);
    }
}

/// <summary>The clicks of a link.</summary>
/// <param name="scope">Its counter's scope in UTF-8.</param>
internal sealed class LinkFold(byte[] scope)
{
    public static readonly byte[] Prefix = Encoding.UTF8.GetBytes(EntityId.Link);

    private ulong? _visitSeed;

    public byte[] Scope => scope;

    /// <summary>What the database calls the scope, where it gives numbers; 0 until it is asked.</summary>
    public long Number { get; set; }

    public ReadOnlySpan<byte> Code => scope.AsSpan(Prefix.Length);

    public LedgerTally Tally { get; set; }

    /// <summary>What visits of the link are hashed with.</summary>
    public ulong VisitSeed => _visitSeed ??= VisitKeys.SeedOf(Encoding.UTF8.GetString(scope));
}

/// <summary>Compares texts in UTF-8, and finds them by spans of bytes.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Comparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] text) => GetHashCode(text.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
