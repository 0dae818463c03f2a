using Microsoft.Extensions.Logging;
using OrleansLinks.Edge;
using static OrleansLinks.Journal.JournalFolder;

namespace OrleansLinks.Journal;

/// <summary>Where a limit on what this process writes may be needed, nobody else writes.</summary>
[CollectionDefinition(nameof(TroubleTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>What happens to clicks while the journal cannot be written.</summary>
[Collection(nameof(TroubleTests))]
public sealed class TroubleTests
{
    private const int RecordBytes = FullDisk.RecordLength + RecordFormat.HeaderLength;
    private const int HeldRecords = 6;
    private const int MaxHeldBytes = (HeldRecords + 1) * RecordBytes - 1;

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task While_the_disk_is_full_redirects_go_on_and_what_is_held_is_written_when_there_is_room()
    {
        using var disk = new FullDisk();
        using var folder = new JournalFolder(disk.Path);
        using (var journal = folder.Open(clock: _clock, maxHeldBytes: MaxHeldBytes))
        {
            await Append(journal, 3, FullDisk.RecordLength);
            disk.Fill();
            await AppendUntilTrouble(journal);
            Assert.Contains(disk.Path, journal.Trouble, StringComparison.Ordinal);
            Assert.Contains(disk.IsCalledFull ? "is full" : "failed", journal.Trouble, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', journal.Trouble!);
            var onDisk = journal.Durable;

            // Held, and then dropped: each returns at once.
            while (journal.Lost < 4)
            {
                Assert.True(journal.AppendAsync(Payload(journal.Tail + 1, FullDisk.RecordLength)).AsTask().IsCompletedSuccessfully);
            }

            Assert.Equal((onDisk + HeldRecords + 4, onDisk), (journal.Tail, journal.Durable));
            Assert.Equal(HeldRecords * RecordBytes, journal.HeldBytes);
            await RetryInVain(journal);

            // What is on disk can be read and shipped meanwhile, and what is held be seen.
            Assert.Equal(Range(1, onDisk), Read(journal, maxBytes: 100_000));
            journal.MarkShipped(onDisk - 1);
            Assert.True(journal.TryPeekUnshipped(out var oldest));
            Assert.Equal(Payload(onDisk, FullDisk.RecordLength), oldest);

            disk.MakeRoom();
            await RetryUntilWell(journal);
            Assert.Equal((journal.Tail, 0, 4), (journal.Durable, journal.HeldBytes, journal.Lost));
            await Append(journal, 2, FullDisk.RecordLength);
            Assert.Equal(Range(onDisk + 1, onDisk + HeldRecords).Concat([journal.Tail - 1, journal.Tail]), Read(journal));
            AssertLogged(folder, LogLevel.Error, 1);
            AssertLogged(folder, LogLevel.Warning, 1);
        }

        using var reopened = folder.Open();
        Assert.Equal(4, reopened.Lost);
        Assert.Equal(reopened.Tail - reopened.Shipped - 4, Read(reopened).Count);
        reopened.MarkShipped(reopened.Tail);
        Assert.Equal((reopened.Tail, 4), (reopened.Shipped, reopened.Lost));
    }

    [Fact]
    public async Task What_could_not_be_written_before_the_process_stopped_is_counted_when_it_starts_again()
    {
        using var disk = new FullDisk();
        using var folder = new JournalFolder(disk.Path);
        long tail, onDisk;
        using (var journal = folder.Open(clock: _clock, maxHeldBytes: MaxHeldBytes))
        {
            await Append(journal, 3, FullDisk.RecordLength);
            disk.Fill();
            await AppendUntilTrouble(journal);
            while (journal.Lost < 2)
            {
                await Append(journal, 1, FullDisk.RecordLength);
            }

            (tail, onDisk) = (journal.Tail, journal.Durable);
        }

        for (var restart = 0; restart < 2; restart++)
        {
            // The disk is still full: the journal opens all the same.
            using var journal = folder.Open();
            Assert.Equal((tail, tail, tail - onDisk), (journal.Tail, journal.Durable, journal.Lost));
        }

        disk.MakeRoom();
        using var reopened = folder.Open();
        await Append(reopened, 1);
        Assert.Equal(Range(1, onDisk).Append(tail + 1), Read(reopened));
        reopened.MarkShipped(tail + 1);
        Assert.Equal((tail + 1, tail + 1, tail - onDisk), (reopened.Tail, reopened.Shipped, reopened.Lost));
    }

    [Fact]
    public async Task A_process_that_is_stopped_hard_while_the_disk_is_full_has_noted_what_it_took_in()
    {
        using var disk = new FullDisk();
        using var folder = new JournalFolder(disk.Path);
        using var copy = new JournalFolder();
        using var journal = folder.Open(clock: _clock, maxHeldBytes: MaxHeldBytes);
        await Append(journal, 3, FullDisk.RecordLength);
        disk.Fill();
        await AppendUntilTrouble(journal);
        while (journal.Lost < 2)
        {
            await Append(journal, 1, FullDisk.RecordLength);
        }

        await RetryInVain(journal); // and notes it
        var (tail, onDisk) = (journal.Tail, journal.Durable);
        disk.MakeRoom();
        foreach (var path in folder.Segments.Append(folder.State))
        {
            File.Copy(path, Path.Combine(copy.Path, Path.GetFileName(path)));
        }

        using var next = copy.Open();
        Assert.Equal((tail, tail - onDisk), (next.Tail, next.Lost));
    }

    [Fact]
    public async Task A_full_disk_is_logged_again_each_minute()
    {
        using var disk = new FullDisk();
        using var folder = new JournalFolder(disk.Path);
        using var journal = folder.Open(clock: _clock);
        disk.Fill();
        await AppendUntilTrouble(journal);
        for (var i = 0; i < 5; i++)
        {
            await RetryInVain(journal);
        }

        AssertLogged(folder, LogLevel.Error, 1);
        _clock.Advance(ClickJournal.ReminderInterval);
        await Waiting.Until("it is logged again", () => folder.Log.Count(entry => entry.Level == LogLevel.Error) == 2);
        disk.MakeRoom();
        await RetryUntilWell(journal);
    }

    [Fact]
    public async Task Shipping_makes_room_on_a_full_disk()
    {
        using var disk = new FullDisk();
        using var folder = new JournalFolder(disk.Path);
        using var journal = folder.Open(clock: _clock);
        await Append(journal, 50, FullDisk.RecordLength);
        disk.Fill();
        await AppendUntilTrouble(journal);
        var onDisk = journal.Durable;

        Assert.Equal(Range(1, onDisk), Read(journal, maxBytes: 100_000));
        if (!disk.IsCalledFull)
        {
            disk.MakeRoom(); // a limit does not see that a file is gone
        }

        journal.MarkShipped(onDisk);
        await Waiting.Until("what was held is written", () => journal.Trouble is null && journal.HeldBytes == 0);
        await journal.AppendAsync(Payload(journal.Tail + 1)).Soon();
        Assert.Equal(Range(onDisk + 1, journal.Tail), Read(journal));
        Assert.Equal(0, journal.Lost);
    }

    [Fact]
    public async Task At_the_ceiling_records_are_held_until_shipping_makes_room()
    {
        using var folder = new JournalFolder();
        using (var journal = folder.Open(clock: _clock, maxBytes: 200_000, maxHeldBytes: MaxHeldBytes))
        {
            await AppendUntilTrouble(journal);
            Assert.Contains("Clicks:JournalMaxBytes", journal.Trouble, StringComparison.Ordinal);
            Assert.InRange(journal.Durable, 15, 19);
            Assert.InRange(folder.Segments.Sum(path => new FileInfo(path).Length), 150_000, 200_000);
            Assert.InRange(journal.UnshippedBytes, 150_000, journal.MaxUnshippedBytes);
            Assert.Equal(200_000, journal.MaxUnshippedBytes);
            await Append(journal, 3, FullDisk.RecordLength);
            await RetryInVain(journal);

            var onDisk = journal.Durable;
            Assert.Equal(Range(1, onDisk), Read(journal));
            Assert.NotNull(journal.Trouble);
            journal.MarkShipped(onDisk);
            await Waiting.Until("what was held is written", () => journal.Trouble is null && journal.HeldBytes == 0);
            Assert.Equal(Range(onDisk + 1, journal.Tail), Read(journal));
            journal.MarkShipped(journal.Tail);
            Assert.Equal(0, journal.UnshippedBytes);
        }

        // One record after the other, shipped at once, never reaches it.
        using var reopened = folder.Open(clock: _clock, maxBytes: 65536, maxHeldBytes: MaxHeldBytes);
        for (var i = 0; i < 30; i++)
        {
            await Append(reopened, 1, FullDisk.RecordLength);
            Read(reopened);
            reopened.MarkShipped(reopened.Tail);
            Assert.Null(reopened.Trouble);
        }

        Assert.Equal(0, reopened.Lost);
    }

    [Fact]
    public async Task Who_waits_is_told_when_the_write_fails()
    {
        using var disk = new FullDisk();
        using var folder = new JournalFolder(disk.Path);
        using var journal = folder.Open(ClickDurability.Ledger, _clock);
        disk.Fill();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => journal.AppendAsync(new byte[FullDisk.RecordLength]).Soon()));
        Assert.NotNull(journal.Trouble);
        Assert.Empty(folder.Segments);
        Assert.True(journal.TryPeekUnshipped(out var oldest)); // in memory only
        Assert.Equal(FullDisk.RecordLength, oldest.Length);
        Assert.Null(journal.ReadNext(10, 1000));
        disk.MakeRoom();
        await RetryUntilWell(journal);
        Assert.Equal((50, 50, 0), (journal.Tail, journal.Durable, journal.Lost));
    }

    private static async Task AppendUntilTrouble(ClickJournal journal)
    {
        while (journal.Trouble is null)
        {
            await Append(journal, 1, FullDisk.RecordLength);
        }
    }

    /// <summary>Lets it try again, and waits until it has: the state is written down at the end of a try.</summary>
    private async Task RetryInVain(ClickJournal journal)
    {
        var tries = journal.FailedWrites;
        _clock.Advance(ClickJournal.RetryInterval);
        await Waiting.Until("it has tried again", () => journal.FailedWrites > tries);
        Assert.NotNull(journal.Trouble);
    }

    private async Task RetryUntilWell(ClickJournal journal)
    {
        _clock.Advance(ClickJournal.RetryInterval);
        await Waiting.Until("what was held is written", () => journal.Trouble is null && journal.HeldBytes == 0);
    }

    private static void AssertLogged(JournalFolder folder, LogLevel level, int times) =>
        Assert.True(folder.Log.Count(entry => entry.Level == level) == times, string.Join('\n', folder.Log));
}
