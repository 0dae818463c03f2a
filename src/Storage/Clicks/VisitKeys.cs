using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace OrleansLinks.Clicks;

/// <summary>What the visits of visitors are kept by.</summary>
internal static class VisitKeys
{
    /// <summary>What visits of a scope are hashed with.</summary>
    public static ulong SeedOf(string scope) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(scope.AsSpan()));

    /// <summary>
    /// 64 bits that stand for a visitor on a link (or on a task, where the link has no code). That two of millions
    /// share them is not to be expected, and would cost one unique click.
    /// </summary>
    public static long KeyOf(ulong seed, Guid visitor)
    {
        Span<byte> bytes = stackalloc byte[16];
        visitor.TryWriteBytes(bytes);
        return (long)XxHash3.HashToUInt64(bytes, (long)seed);
    }
}
