using System.Numerics;

namespace OrleansLinks.Clicks;

/// <summary>
/// A sum, modulo 2^61, of numbers that are drawn from what clicks belong to: two sets of clicks with equal sums but other
/// links, tasks or hours have different prints, but for one case in 10^18. Prints of parts add up to the print of the
/// whole, so that one can be kept as clicks come, and compared with one that is made of a rollup.
/// </summary>
/// <param name="Value">From 0 to <see cref="Mask"/>: it and the sum of two are in the range of SQL's integers.</param>
internal readonly record struct AuditPrint(long Value)
{
    /// <summary>The largest print.</summary>
    public const long Mask = (1L << 61) - 1;

    public static AuditPrint operator +(AuditPrint a, AuditPrint b) => new((a.Value + b.Value) & Mask);

    /// <summary>The print of a link's clicks.</summary>
    public static AuditPrint Of(long link, in LedgerTally tally) => Weighted(Mix((ulong)link), tally);

    /// <summary>The print of clicks on a task's link in an hour.</summary>
    public static AuditPrint Of(long task, long link, long hour, in LedgerTally tally) =>
        Weighted(Mix((ulong)link + Mix((ulong)task + Mix((ulong)hour))), tally);

    // The measures count differently, so that one cannot stand in for another. Unchecked: 2^61 divides 2^64.
    private static AuditPrint Weighted(ulong number, in LedgerTally tally) => new((long)(
        ((number * (ulong)tally.Clicks) + (BitOperations.RotateLeft(number, 16) * (ulong)tally.Unique)
        + (BitOperations.RotateLeft(number, 32) * (ulong)tally.Bot) + (BitOperations.RotateLeft(number, 48) * (ulong)tally.OutsideTerms)
        + (BitOperations.RotateLeft(number, 8) * (ulong)tally.Conversions) + (BitOperations.RotateLeft(number, 24) * (ulong)tally.Revenue)
        + (BitOperations.RotateLeft(number, 40) * (ulong)tally.Payout)) & (ulong)Mask));

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
