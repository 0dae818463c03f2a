namespace OrleansLinks.Bench;

/// <summary>What open consoles were sent, and what went wrong; any thread may add.</summary>
internal sealed class Tally
{
    private long _batches;
    private long _bytes;
    private long _failures;

    /// <summary>Render batches so far.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Their bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Errors and connections that broke so far.</summary>
    public long Failures => Volatile.Read(ref _failures);

    public void Take(int bytes)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Fail(string reason)
    {
        // The first tells what the others are about.
        if (Interlocked.Increment(ref _failures) == 1)
        {
            Console.Error.WriteLine(reason);
        }
    }
}
