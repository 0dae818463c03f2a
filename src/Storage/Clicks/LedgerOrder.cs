using System.Buffers.Binary;
using System.Text;

namespace OrleansLinks.Clicks;

/// <summary>What PostgreSQL's ledger numbers and names things by.</summary>
internal static class LedgerOrder
{
    /// <summary>
    /// Rows of ledger_shards. It is part of the schema: while releases that have different ones shared a database, two could
    /// record clicks of one task at once.
    /// </summary>
    public const int Shards = 8;

    private const long MillisecondsPerHour = 60 * 60 * 1000;
    private const long MillisecondsPerDay = 24 * MillisecondsPerHour;

    /// <summary>The shard of a task's clicks.</summary>
    public static short ShardOf(Guid task) => (short)LedgerShards.Of(task, Shards);

    /// <summary>The shard in whose order the entries of a conversion are that is not attributed: beside those of tasks, so that all entries have a place.</summary>
    public static short UnattributedShardOf(Guid conversion) => (short)(Shards + LedgerShards.Of(conversion, Shards));

    /// <summary>The UTC day of a click, by its id, since 1970.</summary>
    public static int DayOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (int)((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16) / MillisecondsPerDay);
    }

    /// <summary>The UTC day of a time, since 1970.</summary>
    public static int DayOf(DateTimeOffset time) => (int)(time.ToUnixTimeMilliseconds() / MillisecondsPerDay);

    /// <summary>The least id of a day that is not before 1970.</summary>
    public static Guid FirstOf(int day)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)(day * MillisecondsPerDay) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The least id of a time in Unix milliseconds; of 1970 for those before.</summary>
    public static Guid FirstAt(long milliseconds) => IdOf((UInt128)(ulong)Math.Max(0, milliseconds) << 80);

    /// <summary>The id that follows on another; the greatest on itself.</summary>
    public static Guid After(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return IdOf(bits == UInt128.MaxValue ? bits : bits + 1);
    }

    /// <summary>The UTC hour of a time in Unix milliseconds, since 1970.</summary>
    public static long HourOf(long at) => LedgerTime.HourOf(at) / LedgerTime.SecondsPerHour;

    /// <summary>The scope of a task's counter.</summary>
    public static byte[] OfTask(Guid task) => Scope('t', task);

    /// <summary>The scope of a campaign's counter.</summary>
    public static byte[] OfCampaign(Guid campaign) => Scope('c', campaign);

    /// <summary>The scope of the counter of a partner's share of a campaign.</summary>
    public static byte[] OfPartnerIn(Guid campaign, Guid partner) => [.. Scope('p', campaign), .. partner.ToByteArray(bigEndian: true)];

    /// <summary>The scope of a link's counter.</summary>
    public static byte[] OfLink(ReadOnlySpan<byte> code) => [(byte)'l', .. code];

    /// <summary>The scope that <see cref="CounterScopes"/> calls so; null when none can have that name.</summary>
    public static byte[]? ScopeOf(string name)
    {
        if (name.StartsWith(EntityId.Link, StringComparison.Ordinal))
            return OfLink(Encoding.UTF8.GetBytes(name[EntityId.Link.Length..]));

        if (EntityId.TryParse(name, EntityId.Task, out var task))
            return OfTask(task);

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (!EntityId.TryParse(slash < 0 ? name : name[..slash], EntityId.Campaign, out var campaign))
            return null;

        if (slash < 0)
            return OfCampaign(campaign);

        return EntityId.TryParse(name[(slash + 1)..], EntityId.Partner, out var partner) ? OfPartnerIn(campaign, partner) : null;
    }

    /// <summary>The id of a task by its counter's scope.</summary>
    public static string TaskOf(byte[] scope) => EntityId.From(EntityId.Task, First(scope));

    /// <summary>What a counter is of, in words.</summary>
    public static string Describe(byte[] scope) => (char)scope[0] switch
    {
        't' => $"task {TaskOf(scope)}",
        'c' => $"campaign {EntityId.From(EntityId.Campaign, First(scope))}",
        'p' => $"partner's share {CounterScopes.OfPartnerIn(EntityId.From(EntityId.Campaign, First(scope)), EntityId.From(EntityId.Partner, new Guid(scope.AsSpan(17, 16), bigEndian: true)))}",
        _ => $"link {EntityId.Link}{Encoding.UTF8.GetString(scope.AsSpan(1))}",
    };

    private static Guid IdOf(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new Guid(bytes, bigEndian: true);
    }

    private static byte[] Scope(char kind, Guid id) => [(byte)kind, .. id.ToByteArray(bigEndian: true)];

    private static Guid First(byte[] scope) => new(scope.AsSpan(1, 16), bigEndian: true);
}
