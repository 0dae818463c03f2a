using Microsoft.Extensions.Logging;
using static OrleansLinks.Journal.JournalFolder;

namespace OrleansLinks.Journal;

/// <summary>What a journal finds again, whatever happened to its files while it was closed.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_appended_is_read_back_in_order()
    {
        await _folder.Fill(50, 1, 70);
        using var journal = _folder.Open();

        Assert.Equal((121, 121, 0, 0), (journal.Tail, journal.Durable, journal.Shipped, journal.Lost));
        Assert.Equal(Range(1, 121), Read(journal));
        Assert.DoesNotContain(_folder.Log, entry => entry.Level > LogLevel.Information);
    }

    [Fact]
    public async Task Records_of_every_size_are_kept_and_others_refused()
    {
        using (var journal = _folder.Open())
        {
            foreach (var length in new[] { 8, 9, 4095, 4096, ClickJournal.MaxRecordLength - 1, ClickJournal.MaxRecordLength })
            {
                await Append(journal, 1, length);
            }

            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => journal.AppendAsync([]).AsTask());
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => journal.AppendAsync(new byte[ClickJournal.MaxRecordLength + 1]).AsTask());
        }

        using var reopened = _folder.Open();
        Assert.Equal(Range(1, 6), Read(reopened));
    }

    [Fact]
    public async Task The_reader_begins_behind_what_was_shipped()
    {
        using (var journal = _folder.Open())
        {
            await Append(journal, 20);
            Assert.Equal(7, journal.ReadNext(7, int.MaxValue / 2)!.Last);
            journal.MarkShipped(7);
            Assert.Equal(14, journal.ReadNext(7, int.MaxValue / 2)!.Last);
            Assert.Throws<ArgumentOutOfRangeException>(() => journal.MarkShipped(15));
        }

        using var reopened = _folder.Open();
        Assert.Equal((20, 7), (reopened.Tail, reopened.Shipped));
        Assert.Equal(Range(8, 20), Read(reopened));
    }

    [Fact]
    public async Task Positions_go_on_across_restarts_also_when_all_is_shipped()
    {
        for (var round = 1; round <= 4; round++)
        {
            using var journal = _folder.Open();
            Assert.Equal((10 * (round - 1), 0), (journal.Tail, journal.Lost));
            await Append(journal, 10);
            Assert.Equal(Range(10 * round - 9, 10 * round), Read(journal));
            journal.MarkShipped(10 * round);
            Assert.Equal(10 * round, journal.Shipped);
            Assert.Single(_folder.Segments);
        }
    }

    [Fact]
    public async Task Shipped_segments_are_deleted_and_others_never()
    {
        await _folder.Fill(10, 10, 10);
        using var journal = _folder.Open();
        await Append(journal, 10);
        Read(journal);

        journal.MarkShipped(19);
        Assert.Equal([11, 21, 31], FirstPositions());
        journal.MarkShipped(20);
        Assert.Equal([21, 31], FirstPositions());
        journal.MarkShipped(5); // nothing is taken back
        Assert.Equal(20, journal.Shipped);
        journal.MarkShipped(40);
        Assert.Equal([31], FirstPositions());

        long[] FirstPositions() => [.. _folder.Segments.Select(path => Segment.TryParseName(path, out var first) ? first : 0)];
    }

    [Fact]
    public async Task A_segment_that_is_full_is_followed_by_a_new_one()
    {
        using (var journal = _folder.Open(segmentBytes: 1000))
        {
            await Append(journal, 100);
            Assert.InRange(_folder.Segments.Length, 5, 20);
            Assert.Equal(Range(1, 100), Read(journal));
        }

        using var reopened = _folder.Open();
        Assert.Equal(Range(1, 100), Read(reopened));
        reopened.MarkShipped(100);
        Assert.Single(_folder.Segments);
    }

    [Fact]
    public async Task A_record_that_is_cut_off_anywhere_is_gone_and_those_before_it_are_there()
    {
        await _folder.Fill(5, 10);
        var files = _folder.Save();
        var newest = _folder.Segments[^1];
        var offsets = Offsets(files[newest]);
        Assert.Equal(11, offsets.Count);
        for (var cut = offsets[9]; cut < offsets[10]; cut++)
        {
            _folder.Restore(files);
            File.WriteAllBytes(newest, files[newest][..cut]);
            using (var journal = _folder.Open())
            {
                Assert.Equal((14, 0), (journal.Tail, journal.Lost));
                Assert.Equal(cut == offsets[9] ? 0 : 1, _folder.Log.Count(entry => entry.Level == LogLevel.Warning));
                await Append(journal, 2);
                Assert.Equal(Range(1, 16), Read(journal));
            }

            using var reopened = _folder.Open();
            Assert.Equal(Range(1, 16), Read(reopened));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(40_000)]
    public async Task Garbage_behind_the_last_record_is_cut_off(int bytes)
    {
        await _folder.Fill(5, 10);
        foreach (var random in new[] { true, false })
        {
            using (var file = File.Open(_folder.Segments[^1], FileMode.Append))
            {
                var garbage = new byte[bytes];
                if (random)
                {
                    new Random(bytes).NextBytes(garbage);
                }

                file.Write(garbage);
            }

            using var journal = _folder.Open();
            Assert.Equal((15, 0), (journal.Tail, journal.Lost));
            Assert.Equal(Range(1, 15), Read(journal));
        }

        using var appended = _folder.Open();
        await Append(appended, 1);
        Assert.Equal(Range(1, 16), Read(appended));
    }

    [Fact]
    public async Task A_flipped_bit_costs_one_record_of_the_newest_segment()
    {
        await _folder.Fill(20);
        var files = _folder.Save();
        var path = _folder.Segments[^1];
        var offsets = Offsets(files[path]);
        for (var bit = 8 * offsets[9]; bit < 8 * offsets[10]; bit++)
        {
            Flip(files, path, bit);
            using (var journal = _folder.Open())
            {
                Assert.Equal((20, 1), (journal.Tail, journal.Lost));
                Assert.Equal(Range(1, 20).Where(position => position != 10), Read(journal));
                Assert.Equal(1, journal.Lost);
                journal.MarkShipped(20);
            }

            Assert.Single(_folder.Log, entry => entry.Level == LogLevel.Error);
            using var reopened = _folder.Open();
            Assert.Equal((20, 20, 1), (reopened.Tail, reopened.Shipped, reopened.Lost));
            Assert.Single(_folder.Log, entry => entry.Level == LogLevel.Error);
        }
    }

    [Fact]
    public async Task A_flipped_bit_costs_one_record_of_an_older_segment()
    {
        await _folder.Fill(20, 3);
        var files = _folder.Save();
        var path = _folder.Segments[0];
        var offsets = Offsets(files[path]);
        foreach (var record in new[] { 1, 10, 20 })
        {
            for (var bit = 8 * offsets[record - 1]; bit < 8 * offsets[record]; bit += 3)
            {
                Flip(files, path, bit);
                using (var journal = _folder.Open())
                {
                    Assert.Equal(Range(1, 23).Where(position => position != record), Read(journal));
                    Assert.Equal((23, 1), (journal.Tail, journal.Lost));
                }

                // Known, though not shipped: nothing is counted twice.
                using var reopened = _folder.Open();
                Assert.Equal(1, reopened.Lost);
                Assert.Equal(22, Read(reopened).Count);
                Assert.Equal(1, reopened.Lost);
                Assert.Single(_folder.Log, entry => entry.Level == LogLevel.Error);
            }
        }
    }

    [Fact]
    public async Task A_stretch_of_damage_costs_what_it_covers()
    {
        await _folder.Fill(200);
        var path = _folder.Segments[0];
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var offsets = Offsets(bytes);
        bytes.AsSpan(offsets[49] + 5, offsets[99] - offsets[49]).Fill(0xA5); // into records 50 to 100
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        using var journal = _folder.Open();
        Assert.Equal((200, 51), (journal.Tail, journal.Lost));
        Assert.Equal(Range(1, 49).Concat(Range(101, 200)), Read(journal));
    }

    [Fact]
    public async Task A_flipped_bit_in_the_header_of_a_segment_costs_nothing()
    {
        await _folder.Fill(5, 5);
        var files = _folder.Save();
        foreach (var path in _folder.Segments)
        {
            for (var bit = 0; bit < 8 * RecordFormat.SegmentHeaderLength; bit++)
            {
                Flip(files, path, bit);
                using var journal = _folder.Open();
                Assert.Equal(Range(1, 10), Read(journal));
                Assert.Equal((10, 0), (journal.Tail, journal.Lost));
                Assert.Single(_folder.Log, entry => entry.Level == LogLevel.Warning);
            }
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_the_state_costs_nothing()
    {
        await _folder.Fill(5, 5, 5);
        File.Delete(_folder.Segments[1]);
        using (var journal = _folder.Open())
        {
            Read(journal);
            journal.MarkShipped(3);
        }

        var files = _folder.Save();
        for (var at = 0; at < files[_folder.State].Length; at += at % 4096 < 100 ? 1 : 500)
        {
            Flip(files, _folder.State, 8 * at + at % 8);
            using var journal = _folder.Open();
            Assert.Equal((15, 3, 5), (journal.Tail, journal.Shipped, journal.Lost));
            Assert.Equal([4, 5, 11, 12, 13, 14, 15], Read(journal));
        }
    }

    [Fact]
    public async Task Without_the_state_all_that_is_there_is_shipped_again()
    {
        await _folder.Fill(5, 5, 5);
        using (var journal = _folder.Open())
        {
            Read(journal);
            journal.MarkShipped(12);
        }

        var files = _folder.Save();
        foreach (var state in new byte[]?[] { null, [], new byte[100], new byte[8192] })
        {
            _folder.Restore(files);
            File.Delete(_folder.State);
            if (state is not null)
            {
                await File.WriteAllBytesAsync(_folder.State, state, TestContext.Current.CancellationToken);
            }

            using var journal = _folder.Open();
            Assert.Equal((15, 10, 0), (journal.Tail, journal.Shipped, journal.Lost));
            Assert.Equal(Range(11, 15), Read(journal));
            Assert.Single(_folder.Log, entry => entry.Level == LogLevel.Warning);
        }
    }

    [Fact]
    public async Task A_segment_that_is_missing_costs_what_it_held()
    {
        await _folder.Fill(5, 6, 7);
        var files = _folder.Save();
        var paths = _folder.Segments;
        foreach (var (missing, expected) in new[] { (0, Range(6, 18)), (1, Range(1, 5).Concat(Range(12, 18))) })
        {
            _folder.Restore(files);
            File.Delete(paths[missing]);
            using (var journal = _folder.Open())
            {
                Assert.Equal(expected, Read(journal));
                Assert.Equal((18, 5 + missing), (journal.Tail, journal.Lost));
                await Append(journal, 1);
            }

            using var reopened = _folder.Open();
            Assert.Equal(5 + missing, reopened.Lost);
            Read(reopened);
            reopened.MarkShipped(19);
            Assert.Equal((19, 19, 5 + missing), (reopened.Tail, reopened.Shipped, reopened.Lost));
        }
    }

    [Fact]
    public async Task A_segment_that_disappears_while_the_journal_is_open_is_lost()
    {
        await _folder.Fill(5, 6, 7);
        using var journal = _folder.Open();
        File.Delete(_folder.Segments[1]);

        Assert.True(journal.TryPeekUnshipped(out _));
        Assert.Equal(Range(1, 5).Concat(Range(12, 18)), Read(journal));
        journal.MarkShipped(18);
        Assert.Equal((18, 18, 6), (journal.Tail, journal.Shipped, journal.Lost));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(60)]
    public async Task A_segment_that_was_just_begun_costs_nothing(int bytes)
    {
        await _folder.Fill(5, 6);
        var newest = _folder.Segments[1];
        var content = await File.ReadAllBytesAsync(newest, TestContext.Current.CancellationToken);
        var begun = Segment.PathOf(_folder.Path, 12);
        RecordFormat.WriteSegmentHeader(content, 12);
        await File.WriteAllBytesAsync(begun, [.. content.Take(Math.Min(bytes, 32)), .. new byte[Math.Max(0, bytes - 32)]], TestContext.Current.CancellationToken);
        using (var journal = _folder.Open())
        {
            Assert.Equal((11, 0), (journal.Tail, journal.Lost));
            await Append(journal, 3);
            Assert.Equal(Range(1, 14), Read(journal));
        }

        using var reopened = _folder.Open();
        Assert.Equal(Range(1, 14), Read(reopened));
    }

    [Fact]
    public async Task What_a_failed_write_left_behind_is_not_read_beside_its_second_writing()
    {
        // A batch whose flush failed and that could not be cut off either, and its second writing in a new segment.
        await _folder.Fill(8);
        var first = await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken);
        var second = new byte[RecordFormat.SegmentHeaderLength];
        RecordFormat.WriteSegmentHeader(second, 6);
        await File.WriteAllBytesAsync(Segment.PathOf(_folder.Path, 6), [.. second, .. first[Offsets(first)[5]..]], TestContext.Current.CancellationToken);

        using var journal = _folder.Open();
        Assert.Equal(Range(1, 8), Read(journal));
        Assert.Equal((8, 0), (journal.Tail, journal.Lost));
    }

    [Fact]
    public async Task Foreign_files_are_left_alone()
    {
        await _folder.Fill(5);
        foreach (var name in new[] { "notes.clicks", "00000000000000000000.clicks", "-5.clicks", "x.txt" })
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.Path, name), "x", TestContext.Current.CancellationToken);
        }

        using var journal = _folder.Open();
        Assert.Equal(Range(1, 5), Read(journal));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "notes.clicks")));
    }

    [Theory]
    [InlineData("hi", true)]
    [InlineData("", false)]
    [InlineData("\0\0\0", false)]
    public async Task A_file_that_is_only_named_like_a_segment_moves_no_position(string content, bool isSetAside)
    {
        await _folder.Fill(5, 10);
        foreach (var first in new[] { 9_999_999, 12 })
        {
            File.WriteAllText(Segment.PathOf(_folder.Path, first), content);
            using var journal = _folder.Open();
            Assert.Equal((15, 0), (journal.Tail, journal.Lost));
            Assert.Equal(isSetAside, File.Exists(Segment.PathOf(_folder.Path, first) + ".unreadable"));
        }

        using var reopened = _folder.Open();
        await Append(reopened, 1);
        Assert.Equal(Range(1, 16), Read(reopened));
    }

    [Fact]
    public async Task A_segment_of_a_newer_version_is_refused()
    {
        await _folder.Fill(5);
        var path = _folder.Segments[0];
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[8] = 2;
        System.IO.Hashing.XxHash3.Hash(bytes.AsSpan(0, 24)).AsSpan().CopyTo(bytes.AsSpan(24));
        bytes.AsSpan(24, 8).Reverse(); // it gives the most significant byte first
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var message = Assert.Throws<JournalException>(() => _folder.Open()).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("version 2", message, StringComparison.Ordinal);
        Assert.Contains("Clicks:JournalFolder", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_oldest_record_that_is_not_shipped_can_be_seen()
    {
        await _folder.Fill(5, 5);
        using var journal = _folder.Open();
        Assert.True(journal.TryPeekUnshipped(out var oldest));
        Assert.Equal(Payload(1), oldest);
        for (var shipped = 3; shipped < 10; shipped++)
        {
            while (journal.ReadNext(2, 1000) is { } batch && batch.Last < shipped)
            {
            }

            journal.MarkShipped(shipped);
            Assert.True(journal.TryPeekUnshipped(out oldest));
            Assert.Equal(Payload(shipped + 1), oldest);
        }

        Read(journal);
        journal.MarkShipped(10);
        Assert.False(journal.TryPeekUnshipped(out _));
    }

    private void Flip(Dictionary<string, byte[]> files, string path, int bit)
    {
        _folder.Restore(files);
        var bytes = (byte[])files[path].Clone();
        bytes[bit / 8] ^= (byte)(1 << bit % 8);
        File.WriteAllBytes(path, bytes);
    }
}
