using System.Buffers.Binary;
using System.Globalization;

namespace OrleansLinks.Clicks;

/// <summary>
/// Which actor of the ledger has a task's clicks. Correctness does not rest on it (the database counts a click once,
/// whoever sends it), so that the number can change between releases; it spreads the work.
/// </summary>
public static class LedgerShards
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    private const string Prefix = "ledger-";

    /// <summary>The shard of a task, from 0 to <see cref="Count"/> − 1.</summary>
    public static int Of(Guid task) => Of(task, Count);

    /// <summary>The shard of a task where there are so many, from 0.</summary>
    public static int Of(Guid task, int count)
    {
        // The end of a UUID version 7 is random.
        Span<byte> bytes = stackalloc byte[16];
        task.TryWriteBytes(bytes, bigEndian: true, out _);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) % (uint)count);
    }

    /// <summary>The key of a shard's actor.</summary>
    public static string KeyOf(int shard) => $"{Prefix}{shard}";

    /// <summary>The shard whose actor has that key.</summary>
    public static int ShardOf(string key) => int.Parse(key.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
