using System.Runtime.InteropServices;

namespace OrleansLinks.Journal;

/// <summary>Memory that begins where the system asks for it when files are written and read past its page cache.</summary>
internal sealed class AlignedBuffer
{
    /// <summary>What memory, lengths and places in files are multiples of. No disk has larger blocks.</summary>
    public const int BlockBytes = 4096;

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _length;

    /// <param name="length">In bytes, a multiple of <see cref="BlockBytes"/>.</param>
    public AlignedBuffer(int length)
    {
        _length = length;
        _bytes = GC.AllocateUninitializedArray<byte>(length + BlockBytes, pinned: true);
        _start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) & (BlockBytes - 1));
    }

    public Span<byte> Span => _bytes.AsSpan(_start, _length);

    /// <summary>The least number of bytes that is not less and fills blocks.</summary>
    public static int RoundUp(int bytes) => (bytes + BlockBytes - 1) & -BlockBytes;
}
