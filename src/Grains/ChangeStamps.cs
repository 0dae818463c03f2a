using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace OrleansLinks;

/// <summary>
/// Tells what was read before a change from what was read after it, for all that this process remembers of links and
/// settings. Whoever remembers something keeps the stamp of before it was read: when that is no longer the stamp, it is
/// stale. A change costs one addition, however much is remembered.
/// </summary>
/// <remarks>
/// Stamps are counters in a table of fixed size, at the place that the id's hash names. Two ids that share a place make
/// each other stale, which costs reading once too often and is never wrong. A counter is advanced after its change can
/// be read and before the change is acknowledged, so that what is read under the new stamp is the change or a later one.
/// </remarks>
public sealed class ChangeStamps
{
    private const int Places = 1 << 16;
    private readonly long[] _stamps = new long[Places];
    private long _all;
    private long _changes;

    /// <summary>The number of changes so far; for who learns only from what it reads which stamps to keep.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>The place of an id in the table, to be remembered where <see cref="At(ushort)"/> is asked often.</summary>
    public static ushort PlaceOf(ReadOnlySpan<char> id) => (ushort)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(id));

    /// <summary>The stamp of a place.</summary>
    public long At(ushort place) => Volatile.Read(ref _all) + Volatile.Read(ref _stamps[place]);

    /// <summary>One stamp for four places, which is another as soon as one of theirs is.</summary>
    public long At(ushort first, ushort second, ushort third, ushort fourth) =>
        Volatile.Read(ref _all) + Volatile.Read(ref _stamps[first]) + Volatile.Read(ref _stamps[second])
        + Volatile.Read(ref _stamps[third]) + Volatile.Read(ref _stamps[fourth]);

    /// <summary>Says that what an id names has changed.</summary>
    public void Advance(ReadOnlySpan<char> id)
    {
        // In this order: who sees the number of changes unchanged has seen no stamp of a change that it has not read.
        Interlocked.Increment(ref _changes);
        Interlocked.Increment(ref _stamps[PlaceOf(id)]);
    }

    /// <summary>Says that anything may have changed.</summary>
    public void AdvanceAll()
    {
        Interlocked.Increment(ref _changes);
        Interlocked.Increment(ref _all);
    }
}
