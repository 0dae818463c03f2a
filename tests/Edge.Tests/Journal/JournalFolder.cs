using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansLinks.Edge;

namespace OrleansLinks.Journal;

/// <summary>A folder with a journal, gone after the test.</summary>
internal sealed class JournalFolder : IDisposable, ILogger<ClickJournal>
{
    private const string Memory = "/dev/shm";
    private readonly bool _isOurs;

    /// <param name="path">The folder; null for one of its own.</param>
    /// <param name="onDisk">Whether one of its own is on disk; else it is in memory where that can be, for tests that open a journal often.</param>
    public JournalFolder(string? path = null, bool onDisk = false)
    {
        _isOurs = path is null;
        Path = path ?? System.IO.Path.Combine(!onDisk && System.IO.Directory.Exists(Memory) ? Memory : System.IO.Path.GetTempPath(), $"edge-tests-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public ConcurrentQueue<(LogLevel Level, string Text)> Log { get; } = new();

    /// <summary>The segments, by position.</summary>
    public string[] Segments => [.. System.IO.Directory.GetFiles(Path, "*.clicks").Order(StringComparer.Ordinal)];

    public string State => System.IO.Path.Combine(Path, JournalState.Name);

    /// <summary>What the record at a position holds in these tests.</summary>
    public static byte[] Payload(long position, int length = 0)
    {
        var payload = new byte[length > 0 ? length : 9 + position * 31 % 60];
        new Random((int)position).NextBytes(payload);
        BinaryPrimitives.WriteInt64LittleEndian(payload, position);
        return payload;
    }

    /// <summary>Appends the records of the next positions and waits for them.</summary>
    public static async Task Append(ClickJournal journal, int count, int length = 0)
    {
        for (var i = 0; i < count; i++)
        {
            await journal.AppendAsync(Payload(journal.Tail + 1, length)).Soon();
        }
    }

    /// <summary>Reads what is left to read and checks each record; returns the positions.</summary>
    public static List<long> Read(ClickJournal journal, int maxRecords = 7, int maxBytes = 1000)
    {
        var positions = new List<long>();
        while (journal.ReadNext(maxRecords, maxBytes) is { } batch)
        {
            Assert.InRange(batch.Count, 1, maxRecords);
            Assert.Equal(batch.PositionOf(0), batch.First);
            Assert.Equal(batch.PositionOf(batch.Count - 1), batch.Last);
            var i = 0;
            foreach (var record in batch)
            {
                Assert.Equal(Payload(batch.PositionOf(i), record.Length), record.ToArray());
                positions.Add(batch.PositionOf(i++));
            }
        }

        return positions;
    }

    public static IEnumerable<long> Range(long from, long to)
    {
        for (var i = from; i <= to; i++)
        {
            yield return i;
        }
    }

    public ClickJournal Open(
        ClickDurability durability = ClickDurability.Disk, TimeProvider? clock = null, long maxBytes = 1L << 30, long maxHeldBytes = 1 << 24, long segmentBytes = 1 << 20) =>
        ClickJournal.Open(new(Path, durability, maxBytes, maxHeldBytes) { SegmentBytes = segmentBytes }, clock ?? TimeProvider.System, this);

    /// <summary>Fills the folder with so many records, in as many segments as the journal is opened.</summary>
    public async Task Fill(params int[] counts)
    {
        foreach (var count in counts)
        {
            using var journal = Open();
            await Append(journal, count);
        }
    }

    /// <summary>The files as they are, to be put back with <see cref="Restore"/>.</summary>
    public Dictionary<string, byte[]> Save() => System.IO.Directory.GetFiles(Path).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).ToDictionary(path => path, ReadShared);

    public void Restore(Dictionary<string, byte[]> files)
    {
        foreach (var path in System.IO.Directory.GetFiles(Path))
        {
            File.Delete(path);
        }

        foreach (var (path, bytes) in files)
        {
            File.WriteAllBytes(path, bytes);
        }

        Log.Clear();
    }

    /// <summary>Where the records of a segment begin, and where the last ends, in bytes.</summary>
    public static List<int> Offsets(byte[] segment)
    {
        var offsets = new List<int> { RecordFormat.SegmentHeaderLength };
        while (RecordFormat.TryRead(segment.AsSpan(offsets[^1]), out _, out var length))
        {
            offsets.Add(offsets[^1] + length);
        }

        return offsets;
    }

    /// <summary>Reads a file that a journal may have open.</summary>
    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
        if (_isOurs)
        {
            System.IO.Directory.Delete(Path, recursive: true);
        }
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue((logLevel, formatter(state, exception)));
}
