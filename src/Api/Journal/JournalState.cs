using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace OrleansLinks.Journal;

/// <summary>What the journal knows beside its segments.</summary>
/// <param name="Shipped">Up to here the ledger has everything that is not lost.</param>
/// <param name="LostShipped">How many positions up to <paramref name="Shipped"/> are lost.</param>
/// <param name="Accepted">Up to here records were taken in while they could not be written.</param>
/// <param name="Lost">
/// Ranges behind <paramref name="Shipped"/> that are counted as lost, the first <see cref="JournalState.MaxRanges"/>;
/// the others are counted again when the reader comes to them.
/// </param>
internal sealed record JournalFacts(long Shipped, long LostShipped, long Accepted, PositionRange[] Lost);

/// <summary>The file <c>journal.state</c>.</summary>
/// <remarks>
/// Two slots, written in turn and each with a checksum, so that one is whole whenever the power goes. A slot fits into
/// one sector, which disks write whole. The file never grows, so that it can be written on a full disk.
/// <code>
/// 0   8  XxHash3 of all that follows     24  8  shipped
/// 8   4  magic                           32  8  lost up to there
/// 12  4  number of ranges                40  8  accepted
/// 16  8  counter of writes               48     ranges: 8 from, 8 to
/// </code>
/// Not for several threads at once.
/// </remarks>
internal sealed class JournalState : IDisposable
{
    public const string Name = "journal.state";

    /// <summary>Most ranges in a slot.</summary>
    public const int MaxRanges = (SlotLength - RangesAt) / 16;

    private const int SlotDistance = 4096;
    private const int SlotLength = 512;
    private const int RangesAt = 48;
    private const uint Magic = 0x534A_4C4F; // "OLJS"
    private const int MaxLooks = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(1);

    private readonly SafeFileHandle _file;
    private readonly byte[] _slot = new byte[SlotLength];
    private long _writes;

    private JournalState(SafeFileHandle file) => _file = file;

    /// <summary>Opens or makes the file.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="facts">What it says; null when it is new or damaged.</param>
    /// <param name="isNew">Whether it is new.</param>
    /// <exception cref="IOException">It can be neither read nor made.</exception>
    public static JournalState Open(string folder, out JournalFacts? facts, out bool isNew)
    {
        var path = Path.Combine(folder, Name);
        isNew = !File.Exists(path);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            facts = null;
            var state = new JournalState(file);
            if (RandomAccess.GetLength(file) < 2 * SlotDistance)
            {
                RandomAccess.Write(file, new byte[2 * SlotDistance], 0);
                RandomAccess.FlushToDisk(file);
                Disk.FlushFolder(folder);
                return state;
            }

            for (var slot = 0; slot < 2; slot++)
            {
                facts = state.Read(slot) ?? facts;
            }

            return state;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the file while a journal may write it. A slot that is written just now is no valid one, and the other may be from long before:
    /// that both are valid is waited for.
    /// </summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="bytes">What is in the file.</param>
    /// <returns>What it says; null when it is damaged.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static JournalFacts? Look(string folder, out byte[] bytes)
    {
        using var file = File.OpenHandle(Path.Combine(folder, Name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        bytes = new byte[2 * SlotDistance];
        for (var look = 1; ; look++)
        {
            RandomAccess.Read(file, bytes, 0);
            var isFirst = TryParse(bytes.AsSpan(0, SlotLength), out var firstWrites, out var first);
            var isSecond = TryParse(bytes.AsSpan(SlotDistance, SlotLength), out var secondWrites, out var second);
            if ((isFirst && isSecond) || look == MaxLooks)
            {
                return secondWrites > firstWrites ? second : first;
            }

            Thread.Sleep(BetweenLooks);
        }
    }

    /// <summary>Writes it down.</summary>
    /// <param name="facts">What it shall say.</param>
    /// <param name="flush">
    /// Whether it is on disk on return, and in both slots, so that no damage of one leads back behind this. Without, it
    /// survives the process but not the machine.
    /// </param>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public void Write(JournalFacts facts, bool flush)
    {
        for (var slots = flush ? 2 : 1; slots > 0; slots--)
        {
            WriteSlot(facts);
        }

        if (flush)
        {
            RandomAccess.FlushToDisk(_file);
        }
    }

    public void Dispose() => _file.Dispose();

    private void WriteSlot(JournalFacts facts)
    {
        var slot = _slot.AsSpan();
        var count = Math.Min(facts.Lost.Length, MaxRanges);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[8..], Magic);
        BinaryPrimitives.WriteInt32LittleEndian(slot[12..], count);
        BinaryPrimitives.WriteInt64LittleEndian(slot[16..], ++_writes);
        BinaryPrimitives.WriteInt64LittleEndian(slot[24..], facts.Shipped);
        BinaryPrimitives.WriteInt64LittleEndian(slot[32..], facts.LostShipped);
        BinaryPrimitives.WriteInt64LittleEndian(slot[40..], facts.Accepted);
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(slot[(RangesAt + 16 * i)..], facts.Lost[i].From);
            BinaryPrimitives.WriteInt64LittleEndian(slot[(RangesAt + 16 * i + 8)..], facts.Lost[i].To);
        }

        slot = slot[..(RangesAt + 16 * count)];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, XxHash3.HashToUInt64(slot[8..]));
        RandomAccess.Write(_file, slot, _writes % 2 * SlotDistance);
    }

    /// <summary>What a slot says, when it is valid and newer than what was read before.</summary>
    private JournalFacts? Read(int number)
    {
        var slot = _slot.AsSpan();
        slot = slot[..RandomAccess.Read(_file, slot, number * SlotDistance)];
        if (!TryParse(slot, out var writes, out var facts) || writes <= _writes)
        {
            return null;
        }

        _writes = writes;
        return facts;
    }

    /// <summary>Whether a slot is valid.</summary>
    private static bool TryParse(ReadOnlySpan<byte> slot, out long writes, [NotNullWhen(true)] out JournalFacts? facts)
    {
        (writes, facts) = (0, null);
        if (slot.Length < SlotLength || BinaryPrimitives.ReadUInt32LittleEndian(slot[8..]) != Magic)
        {
            return false;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(slot[12..]);
        if (count is < 0 or > MaxRanges || BinaryPrimitives.ReadUInt64LittleEndian(slot) != XxHash3.HashToUInt64(slot[8..(RangesAt + 16 * count)]))
        {
            return false;
        }

        writes = BinaryPrimitives.ReadInt64LittleEndian(slot[16..]);
        var lost = new PositionRange[count];
        for (var i = 0; i < count; i++)
        {
            lost[i] = new(
                BinaryPrimitives.ReadInt64LittleEndian(slot[(RangesAt + 16 * i)..]),
                BinaryPrimitives.ReadInt64LittleEndian(slot[(RangesAt + 16 * i + 8)..]));
        }

        facts = new(
            BinaryPrimitives.ReadInt64LittleEndian(slot[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[40..]),
            lost);
        return true;
    }
}
