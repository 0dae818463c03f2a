using System.Buffers.Text;

namespace OrleansLinks.Bench;

/// <summary>Reads the clicks out of a task's counters as server-sent events, at little cost: thousands are read here beside the server.</summary>
internal static class CounterStream
{
    // The first number of an event: uniqueClicks has no quotation mark before its Clicks.
    private static ReadOnlySpan<byte> Clicks => "\"clicks\":"u8;

    /// <summary>Reads until the stream ends or the time is over; the connection is closed then.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="take">Called with the clicks of each event.</param>
    /// <param name="ended">When to end.</param>
    public static async Task Read(Stream stream, Action<long> take, CancellationToken ended)
    {
        var buffer = new byte[4096];
        var length = 0;
        try
        {
            while (await stream.ReadAsync(buffer.AsMemory(length), ended) is var read and > 0)
            {
                length = TakeEvents(buffer, length + read, take);
            }
        }
        catch (OperationCanceledException)
        {
            // A read that is given up closes the connection; a stream that is disposed of first tries to read the rest.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    /// <summary>Takes whole events, and moves what is left to the beginning; answers its length.</summary>
    private static int TakeEvents(Span<byte> buffer, int length, Action<long> take)
    {
        ReadOnlySpan<byte> rest = buffer[..length];
        while (rest.IndexOf("\n\n"u8) is var end and >= 0)
        {
            if (rest[..end].IndexOf(Clicks) is var at and >= 0 && Utf8Parser.TryParse(rest[(at + Clicks.Length)..end], out long clicks, out _))
            {
                take(clicks);
            }

            rest = rest[(end + 2)..];
        }

        rest.CopyTo(buffer);
        return rest.Length;
    }
}
