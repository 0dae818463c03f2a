using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansLinks.Clicks;
using OrleansLinks.Journal;

namespace OrleansLinks.Bench;

/// <summary>The journal by itself. It waits for the disk after a batch as large as a loaded server's: who only appended would fill batches faster than they are written, and have them grow.</summary>
public class JournalBenchmarks
{
    private const int Clicks = 64;
    private readonly byte[] _click = new byte[ClickFormat.MaxLength];
    private int _length;
    private ClickJournal _journal = null!;

    /// <summary>A journal, and a click to fill it with.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _length = ClickFormat.Write(PartBenchmarks.NewClick(), _click);
        _journal = ClickJournal.Open(
            new JournalSettings(Path.Combine(Allocations.Folder, Path.GetRandomFileName()), ClickDurability.Buffered, 8L << 30, 64 << 20),
            TimeProvider.System,
            NullLogger<ClickJournal>.Instance);
    }

    /// <summary>Closes the journal.</summary>
    [GlobalCleanup]
    public void CleanUp() => _journal.Dispose();

    /// <summary>Next to nothing: the bytes go into buffers that are used again, and nobody waits for them. The time is the disk's.</summary>
    [Benchmark(OperationsPerInvoke = Clicks, Description = "… of it: appending to the journal, Buffered, and the writing to disk behind it")]
    public async Task Append()
    {
        for (var i = 0; i < Clicks; i++)
        {
            await _journal.AppendAsync(_click.AsSpan(0, _length));
        }

        while (_journal.Durable < _journal.Tail)
        {
            Thread.Yield();
        }
    }
}
