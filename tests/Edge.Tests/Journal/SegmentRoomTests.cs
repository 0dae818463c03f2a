using Microsoft.Extensions.Logging;
using OrleansLinks.Edge;
using static OrleansLinks.Journal.JournalFolder;

namespace OrleansLinks.Journal;

/// <summary>Segments that are made ahead.</summary>
public sealed class SegmentRoomTests : IDisposable
{
    private const int SegmentBytes = 1 << 20;
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Records_go_into_room_that_was_made_ahead_and_what_was_not_used_is_given_back()
    {
        using (var journal = _folder.Open())
        {
            await AppendUntilThereIsRoom(journal, _folder);
            await Append(journal, 3000, 1000);
            Assert.Equal(Range(1, journal.Tail), Read(journal, int.MaxValue, SegmentBytes));
        }

        Assert.True(_folder.Segments.Length >= 3);
        Assert.All(_folder.Segments, segment => Assert.Equal(new FileInfo(segment).Length, Offsets(File.ReadAllBytes(segment))[^1]));
        Assert.False(File.Exists(Path.Combine(_folder.Path, SegmentRoom.Name)));
        using var reopened = _folder.Open();
        Assert.Equal(Range(1, reopened.Tail), Read(reopened, int.MaxValue, SegmentBytes));
    }

    [Fact]
    public async Task Records_are_read_whole_while_the_block_that_they_are_in_is_written_again()
    {
        // On a disk, where segments with room are written past the page cache.
        using var folder = new JournalFolder(onDisk: true);
        using var journal = folder.Open();
        await AppendUntilThereIsRoom(journal, folder);
        var appending = Task.Run(
            async () =>
            {
                for (var i = 0; i < 16 * 400; i++)
                {
                    var appended = journal.AppendAsync(Payload(journal.Tail + 1, 30 + (i * 7 % 900)));
                    await (i % 16 == 15 ? appended : default).Soon(); // blocks are filled in many ways
                }
            },
            TestContext.Current.CancellationToken);

        var seen = new List<long>();
        while (!appending.IsCompleted)
        {
            seen.AddRange(Read(journal, int.MaxValue, 1 << 20));
        }

        await appending;
        seen.AddRange(Read(journal));
        Assert.Equal(Range(1, journal.Tail), seen);
        Assert.Equal(0, journal.Lost);
        Assert.True(folder.Segments.Length > 2);
    }

    [Fact]
    public async Task Room_that_a_crash_leaves_behind_the_records_is_no_damage_and_a_record_torn_in_it_is_gone()
    {
        Dictionary<string, byte[]> files;
        long tail;
        using (var journal = _folder.Open())
        {
            await AppendUntilThereIsRoom(journal, _folder);
            await Append(journal, 20);
            tail = journal.Tail;
            files = _folder.Save();
        }

        var newest = files.Keys.Where(path => path.EndsWith(Segment.Extension, StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        Assert.Equal(SegmentBytes, files[newest].Length);
        var offsets = Offsets(files[newest]);
        for (var cut = offsets[^2]; cut <= offsets[^1]; cut++)
        {
            var torn = files[newest].ToArray();
            torn.AsSpan(cut..offsets[^1]).Clear();
            var isWhole = torn.AsSpan().SequenceEqual(files[newest]);
            _folder.Restore(files);
            File.WriteAllBytes(newest, torn);

            using var journal = _folder.Open();
            Assert.Equal((isWhole ? tail : tail - 1, 0), (journal.Tail, journal.Lost));
            Assert.True(cut != offsets[^1] || !_folder.Log.Any(entry => entry.Level >= LogLevel.Warning));
            await Append(journal, 1);
            Assert.Equal(Range(1, journal.Tail), Read(journal, int.MaxValue, SegmentBytes));
        }
    }

    [Fact]
    public async Task Damage_in_front_of_room_that_was_not_used_is_counted()
    {
        Dictionary<string, byte[]> files;
        using (var journal = _folder.Open())
        {
            await AppendUntilThereIsRoom(journal, _folder);
            await Append(journal, 20);
            files = _folder.Save();
        }

        var newest = files.Keys.Where(path => path.EndsWith(Segment.Extension, StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        var offsets = Offsets(files[newest]);
        files[newest].AsSpan(offsets[^4]..offsets[^3]).Clear();
        _folder.Restore(files);

        using var damaged = _folder.Open();
        var lost = damaged.Tail - 2;
        Assert.Equal(1, damaged.Lost);
        Assert.Equal(Range(1, damaged.Tail).Where(position => position != lost), Read(damaged, int.MaxValue, SegmentBytes));
    }

    /// <summary>Appends until records go into a segment that was made ahead.</summary>
    private static Task AppendUntilThereIsRoom(ClickJournal journal, JournalFolder folder) => Waiting.Until("records go into room made ahead", () =>
    {
        for (var i = 0; i < 20; i++)
        {
            journal.AppendAsync(Payload(journal.Tail + 1, 1000)).AsTask().Wait(Waiting.Patience);
        }

        return new FileInfo(folder.Segments[^1]) is { Length: SegmentBytes };
    });
}
