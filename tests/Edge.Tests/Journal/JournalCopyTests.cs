using OrleansLinks.Edge;
using static OrleansLinks.Journal.JournalFolder;

namespace OrleansLinks.Journal;

/// <summary>Copies of a journal that is written, shipped and deleted from meanwhile.</summary>
public sealed class JournalCopyTests : IDisposable
{
    private const int Copies = 40;

    private readonly JournalFolder _folder = new(onDisk: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(20_000, 1 << 30)] // segments come and go all the time
    [InlineData(300_000, 1 << 24)] // and lie in room that was made ahead
    public async Task Whenever_a_copy_is_made_it_has_what_was_acknowledged_before_and_not_shipped_and_counts_nothing_as_lost(long segmentBytes, long maxBytes)
    {
        using var journal = _folder.Open(segmentBytes: segmentBytes, maxBytes: maxBytes);
        using var end = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    await journal.AppendAsync(new byte[1 + Random.Shared.Next(300)]);
                }
            },
            TestContext.Current.CancellationToken)));
        var shipping = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    if (journal.ReadNext(1 + Random.Shared.Next(500), int.MaxValue / 2) is { } batch)
                    {
                        journal.MarkShipped(batch.Last);
                    }

                    await Task.Yield();
                }
            },
            TestContext.Current.CancellationToken);

        for (var i = 0; i < Copies; i++)
        {
            var goal = journal.Tail + 100;
            await Waiting.Until("records are written", () => journal.Durable >= goal);
            var acknowledged = journal.Durable;
            using var copy = new JournalFolder();
            var waiting = JournalCopy.Make(_folder.Path, copy.Path);
            using var copied = copy.Open();
            Assert.Equal(0, copied.Lost);
            Assert.InRange(copied.Tail, acknowledged, journal.Tail);
            var read = new List<long>();
            while (copied.ReadNext(1000, int.MaxValue / 2) is { } batch)
            {
                read.AddRange(Enumerable.Range(0, batch.Count).Select(batch.PositionOf));
            }

            Assert.Equal(waiting, read.Count);
            Assert.Equal(Range(copied.Shipped + 1, copied.Tail), read);
            Assert.Equal(0, copied.Lost);
        }

        await end.CancelAsync();
        await writing;
        await shipping;
    }

    [Fact]
    public async Task A_copy_is_as_damaged_as_the_journal_and_goes_on_where_it_was()
    {
        await _folder.Fill(20, 20);
        var second = _folder.Segments[1];
        var bytes = await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken);
        bytes[Offsets(bytes)[4] + RecordFormat.HeaderLength] ^= 1;
        await File.WriteAllBytesAsync(second, bytes, TestContext.Current.CancellationToken);
        using var copy = new JournalFolder();

        Assert.Equal(39, JournalCopy.Make(_folder.Path, copy.Path));

        using var copied = copy.Open();
        Assert.Equal((40, 1), (copied.Tail, copied.Lost));
        Assert.Equal([.. Range(1, 24), .. Range(26, 40)], Read(copied));
        await Append(copied, 1);
        Assert.Equal([41], Read(copied));
    }

    [Fact]
    public void A_folder_without_a_journal_is_named()
    {
        using var copy = new JournalFolder();

        Assert.Contains(_folder.Path, Assert.Throws<JournalException>(() => JournalCopy.Make(_folder.Path, copy.Path)).Message, StringComparison.Ordinal);
    }
}
