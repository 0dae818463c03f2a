using System.Buffers.Binary;

namespace OrleansLinks.Bench;

/// <summary>
/// The texts of a render batch, as src/Components/Server/src/Circuits/RenderBatchWriter.cs of dotnet/aspnetcore writes them:
/// the last of five numbers at the end says where the table of texts begins, whose entries say where each text is.
/// </summary>
internal static class RenderBatchTexts
{
    private const int Entry = sizeof(int);
    private const int Numbers = 5 * Entry;

    /// <summary>How many of the batch's texts are that one, which has at most 127 bytes.</summary>
    public static int Count(ReadOnlySpan<byte> batch, ReadOnlySpan<byte> text)
    {
        var count = 0;
        var table = batch[BinaryPrimitives.ReadInt32LittleEndian(batch[^Entry..])..^Numbers];
        for (; !table.IsEmpty; table = table[Entry..])
        {
            // Its length, of which one byte is enough here, and then the text.
            var at = batch[BinaryPrimitives.ReadInt32LittleEndian(table)..];
            if (at[0] == text.Length && at[1..].StartsWith(text))
            {
                count++;
            }
        }

        return count;
    }
}
