using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansLinks.Clicks;

/// <summary>
/// Adds clicks and conversions up in memory, by task and hour and within these by link, so that each row of a counter or a rollup is
/// moved once for many clicks.
/// </summary>
internal sealed class ClickFold
{
    private readonly Dictionary<TaskHourKey, TaskHour> _taskHours = [];
    private TaskHour? _last;

    /// <summary>All that was asked for with <see cref="Of"/>; some may have a tally of zero.</summary>
    public IEnumerable<TaskHour> TaskHours => _taskHours.Values;

    /// <summary>The place for the clicks of a task in an hour.</summary>
    public TaskHour Of(in TaskHourKey key)
    {
        if (_last is not null && _last.Key.Equals(key))
            return _last;

        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_taskHours, key, out _);
        return _last = place ??= new TaskHour(key);
    }

    /// <summary>The tallies by the scopes of <see cref="CounterScopes"/>, in UTF-8.</summary>
    public Dictionary<byte[], LedgerTally> Counters()
    {
        var counters = new Dictionary<byte[], LedgerTally>(Utf8Comparer.Instance);
        foreach (var hour in _taskHours.Values)
        {
            if (hour.Tally == default)
                continue;

            var campaign = EntityId.From(EntityId.Campaign, hour.Key.Campaign);
            Add(CounterScopes.OfTask(EntityId.From(EntityId.Task, hour.Key.Task)), hour.Tally);
            Add(CounterScopes.OfCampaign(campaign), hour.Tally);
            Add(CounterScopes.OfPartnerIn(campaign, EntityId.From(EntityId.Partner, hour.Key.Partner)), hour.Tally);
            foreach (var link in hour.Links)
                CollectionsMarshal.GetValueRefOrAddDefault(counters, link.Scope, out _) += link.Tally;
        }

        return counters;

        void Add(string scope, in LedgerTally tally) =>
            CollectionsMarshal.GetValueRefOrAddDefault(counters, Encoding.UTF8.GetBytes(scope), out _) += tally;
    }
}

/// <summary>A task, what it belongs to, and a UTC hour by the Unix second at which it begins.</summary>
internal readonly record struct TaskHourKey(Guid Task, Guid Campaign, Guid Partner, Guid Program, long Start)
{
    public const long SecondsPerHour = 60 * 60;
    public const long SecondsPerDay = 24 * SecondsPerHour;

    /// <summary>The Unix second at which the UTC day begins.</summary>
    public long Day => DayOf(Start);

    public static long DayOf(long second) => Floor(second, SecondsPerDay);

    /// <param name="at">Unix milliseconds.</param>
    public static long HourOf(long at) => Floor(at, SecondsPerHour * 1000) / 1000;

    // A task's other ids hardly ever differ: they need not take part.
    public override int GetHashCode() => HashCode.Combine(Task, Start);

    private static long Floor(long value, long unit)
    {
        var rest = value % unit;
        return value - (rest < 0 ? rest + unit : rest);
    }
}

/// <summary>The numbers of a task, with what it belongs to, and of its program.</summary>
internal readonly record struct TaskNumber(long Task, long Program);

/// <summary>The clicks of a task in an hour.</summary>
internal sealed class TaskHour(TaskHourKey key)
{
    private readonly Dictionary<byte[], LinkHour> _links = new(Utf8Comparer.Instance);
    private ulong? _visitSeed;

    public TaskHourKey Key => key;

    /// <summary>What the database calls the task, where it gives numbers; 0 until it is asked.</summary>
    public TaskNumber Number { get; set; }

    public LedgerTally Tally { get; set; }

    /// <summary>What visits of clicks without a link are hashed with.</summary>
    public ulong VisitSeed => _visitSeed ??= VisitKeys.SeedOf(CounterScopes.OfTask(EntityId.From(EntityId.Task, key.Task)));

    /// <summary>All that was asked for with <see cref="Of"/> and has a tally.</summary>
    public IEnumerable<LinkHour> Links => _links.Values.Where(static link => link.Tally != default);

    /// <summary>The place for the clicks of a link.</summary>
    /// <param name="code">Its code in UTF-8.</param>
    public LinkHour Of(ReadOnlySpan<byte> code)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _links.GetAlternateLookup<ReadOnlySpan<byte>>(), code, out _);
        return place ??= new LinkHour([.. LinkHour.Prefix, .. code]);
    }
}

/// <summary>The clicks of a link in an hour.</summary>
/// <param name="scope">Its counter's scope in UTF-8.</param>
internal sealed class LinkHour(byte[] scope)
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
