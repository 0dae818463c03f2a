using System.Buffers.Binary;
using System.Text.Unicode;

namespace OrleansLinks.Clicks;

/// <summary>Looks at a batch before anything of it is written.</summary>
internal static class ClickBatchCheck
{
    private const int Texts = 10;

    private static readonly long FirstTime = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <exception cref="FormatException">A click of the batch cannot be read, or there are not as many as it says.</exception>
    public static void ThrowIfUnreadable(ClickBatch batch)
    {
        var count = 0;
        for (ReadOnlySpan<byte> rest = batch.Data; !rest.IsEmpty; count++)
        {
            var length = rest.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 0 || length > rest.Length - 4)
                throw new FormatException($"Click {count} of a batch of {batch.Count} is cut off.");

            ThrowIfUnreadable(rest.Slice(4, length), count);
            rest = rest[(4 + length)..];
        }

        if (count != batch.Count)
            throw new FormatException($"A batch of {batch.Count} clicks has {count}.");
    }

    private static void ThrowIfUnreadable(ReadOnlySpan<byte> bytes, int number)
    {
        var click = new ClickReader(bytes);
        if (click.At < FirstTime || click.At > LastTime)
            throw new FormatException($"Click {number} of a batch has no time that can be: {click.At} Unix milliseconds.");

        var country = click.Country;
        if (!country.IsEmpty && !(char.IsAsciiLetterUpper((char)country[0]) && char.IsAsciiLetterUpper((char)country[1])))
            throw new FormatException($"Click {number} of a batch has a country that is not two letters.");

        try
        {
            for (var i = 0; i < Texts; i++)
            {
                if (click.NextText(out var text) && !Utf8.IsValid(text))
                    throw new FormatException($"Text {i} of click {number} of a batch is not UTF-8.");
            }
        }
        catch (ArgumentOutOfRangeException cause)
        {
            throw new FormatException($"Click {number} of a batch is cut off in its texts.", cause);
        }
    }
}
