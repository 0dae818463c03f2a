using System.Buffers.Binary;
using OrleansLinks.Edge;
using OrleansLinks.Storage;
using static OrleansLinks.Journal.JournalFolder;

namespace OrleansLinks.Journal;

/// <summary>What an append waits for, and what can be relied on then.</summary>
public sealed class DurabilityTests : IDisposable
{
    private readonly JournalFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_append_to_disk_is_on_disk_when_it_completes()
    {
        using var journal = _folder.Open();
        for (var position = 1; position <= 20; position++)
        {
            await journal.AppendAsync(Payload(position)).Soon();
            Assert.InRange(journal.Durable, position, position);
            Assert.Equal(position, Offsets(await File.ReadAllBytesAsync(_folder.Segments[0], TestContext.Current.CancellationToken)).Count - 1);
        }
    }

    [Fact]
    public async Task A_buffered_append_completes_at_once_and_gets_to_disk()
    {
        using (var journal = _folder.Open(ClickDurability.Buffered))
        {
            for (var position = 1; position <= 1000; position++)
            {
                Assert.True(journal.AppendAsync(Payload(position)).AsTask().IsCompletedSuccessfully);
            }

            await Waiting.Until("all is on disk", () => journal.Durable == 1000);
            await journal.AppendAsync(Payload(1001)).Soon();
        }

        using var reopened = _folder.Open(); // closing wrote the last one
        Assert.Equal(Range(1, 1001), Read(reopened));
    }

    [Fact]
    public async Task Who_writes_behind_is_held_back_before_records_are_lost()
    {
        using var journal = _folder.Open(ClickDurability.Buffered, maxHeldBytes: 10 * ClickJournal.MaxRecordLength);
        for (var i = 0; i < 2000; i++)
        {
            await Append(journal, 1, ClickJournal.MaxRecordLength / 4);
        }

        await Waiting.Until("all is on disk", () => journal.HeldBytes == 0);
        Assert.Equal((2000, 2000, 0), (journal.Tail, journal.Durable, journal.Lost));
    }

    [Fact]
    public async Task An_append_to_the_ledger_completes_when_it_is_shipped()
    {
        using var journal = _folder.Open(ClickDurability.Ledger, _clock);
        var first = journal.AppendAsync(Payload(1)).AsTask();
        await Waiting.Until("it is on disk", () => journal.Durable == 1);
        var second = journal.AppendAsync(Payload(2)).AsTask();
        await Waiting.Until("it is on disk", () => journal.Durable == 2);
        Assert.False(first.IsCompleted);

        Assert.Equal([1, 2], Read(journal));
        journal.MarkShipped(1);
        await first.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        journal.MarkShipped(2);
        await second.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_ledger_that_does_not_answer_holds_nobody_longer_than_two_seconds()
    {
        using var journal = _folder.Open(ClickDurability.Ledger, _clock);
        for (var round = 0; round < 2; round++)
        {
            var tail = journal.Tail;
            var first = journal.AppendAsync(Payload(tail + 1)).AsTask();
            await Waiting.Until("it is on disk", () => IsWaiting(tail + 1));
            _clock.Advance(TimeSpan.FromSeconds(1.5));
            var second = journal.AppendAsync(Payload(tail + 2)).AsTask();
            await Waiting.Until("it is on disk", () => IsWaiting(tail + 2));
            Assert.False(first.IsCompleted);

            _clock.Advance(TimeSpan.FromSeconds(0.5));
            await first.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);
            Assert.False(second.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(1.5));
            await second.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, journal.Shipped);

        // The latter is asked for behind the lock under which what has come to disk begins to wait for the ledger.
        bool IsWaiting(long position) => journal.Durable == position && journal.UnshippedBytes > 0;
    }

    [Fact]
    public async Task Closing_lets_everybody_go_and_takes_no_more()
    {
        var journal = _folder.Open(ClickDurability.Ledger, _clock);
        var reader = journal.WaitForUnshippedAsync(TestContext.Current.CancellationToken).AsTask();
        var waiting = Enumerable.Range(1, 10).Select(position => journal.AppendAsync(Payload(position)).AsTask()).ToArray();
        journal.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);
        await reader.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(10, journal.Durable);
        Assert.False(await journal.WaitForUnshippedAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.AppendAsync(Payload(11)).AsTask());
        Assert.Throws<ObjectDisposedException>(() => journal.MarkShipped(10));
        journal.Dispose();
        using var reopened = _folder.Open();
        Assert.Equal(Range(1, 10), Read(reopened));
    }

    [Fact]
    public async Task The_reader_waits_until_there_is_something_to_read()
    {
        using var journal = _folder.Open();
        Assert.Null(journal.ReadNext(10, 1000));
        var waiting = journal.WaitForUnshippedAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        await Append(journal, 1);
        Assert.True(await waiting.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken));
        Assert.Equal([1], Read(journal));

        using var cancelled = new CancellationTokenSource();
        var again = journal.WaitForUnshippedAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again);
    }

    [Fact]
    public async Task Many_threads_append_and_one_ships_and_nothing_is_missing_or_twice()
    {
        const int Workers = 32;
        const int Each = 1500;
        var read = new List<(int Worker, int Number)>();
        using (var journal = _folder.Open(segmentBytes: 100_000))
        {
            var shipping = Task.Run(async () =>
            {
                while (read.Count < Workers * Each && await journal.WaitForUnshippedAsync(TestContext.Current.CancellationToken))
                {
                    if (journal.ReadNext(500, 20_000) is { } batch)
                    {
                        foreach (var record in batch)
                        {
                            read.Add((BinaryPrimitives.ReadInt32LittleEndian(record), BinaryPrimitives.ReadInt32LittleEndian(record[4..])));
                        }

                        Assert.Equal(read.Count, batch.Last);
                        journal.MarkShipped(batch.Last);
                    }
                }
            }, TestContext.Current.CancellationToken);
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
            {
                var record = new byte[20 + worker];
                BinaryPrimitives.WriteInt32LittleEndian(record, worker);
                for (var number = 0; number < Each; number++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), number);
                    await journal.AppendAsync(record);
                }
            })));
            await shipping.WaitAsync(Waiting.Patience, TestContext.Current.CancellationToken);
            Assert.Equal((Workers * Each, Workers * Each, 0), (journal.Tail, journal.Shipped, journal.Lost));
        }

        foreach (var worker in read.GroupBy(record => record.Worker))
        {
            Assert.Equal(Enumerable.Range(0, Each), worker.Select(record => record.Number));
        }

        Assert.Single(_folder.Segments);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_the_kill_of_its_process()
    {
        using var disk = new JournalFolder(System.IO.Directory.CreateTempSubdirectory("edge-tests-").FullName);
        var acknowledged = new List<string>();
        using (var writer = JournalProcess.Start(JournalProcess.Write, disk.Path))
        {
            using var deadline = new CancellationTokenSource(Waiting.Patience);
            while (await writer.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                acknowledged.Add(line);
                if (acknowledged.Count == 5000)
                {
                    Assert.Throws<DataFolderException>(() => disk.Open());
                    writer.Kill(); // SIGKILL; then read on what it had printed
                }
            }

            await writer.WaitForExitAsync(deadline.Token);
        }

        acknowledged.RemoveAll(line => !line.EndsWith('.')); // a line that was cut off
        Assert.InRange(acknowledged.Count, 4999, int.MaxValue);
        var found = new HashSet<string>();
        using (var journal = disk.Open())
        {
            Assert.Equal(0, journal.Lost);
            while (journal.ReadNext(1000, 1 << 20) is { } batch)
            {
                foreach (var record in batch)
                {
                    Assert.True(found.Add(System.Text.Encoding.UTF8.GetString(record)));
                }
            }

            Assert.Equal(journal.Tail, found.Count);
        }

        Assert.Empty(acknowledged.Except(found));
        System.IO.Directory.Delete(disk.Path, recursive: true);
    }

    [Fact]
    public async Task A_second_process_is_refused_in_one_line()
    {
        using var journal = _folder.Open();
        using var second = JournalProcess.Start(JournalProcess.Open, _folder.Path);
        using var deadline = new CancellationTokenSource(Waiting.Patience);
        var said = await second.StandardOutput.ReadToEndAsync(deadline.Token);

        Assert.Equal(
            $"The journal folder '{_folder.Path}' is in use by another process: stop that one, or choose another folder with the setting Clicks:JournalFolder.",
            said.Trim());
    }

    [Fact]
    public void Settings_that_cannot_work_are_named()
    {
        AssertSays<DataFolderException>("No journal folder is named", "Clicks:JournalFolder", () => Open(" ", 1 << 20, 1 << 20));
        AssertSays<JournalException>("at least 65536 bytes", "Clicks:JournalMaxBytes", () => Open(_folder.Path, 1000, 1 << 20));
        AssertSays<JournalException>("at least 65536 bytes", "Clicks:JournalMaxHeldBytes", () => Open(_folder.Path, 1 << 20, 1000));
        File.WriteAllText(Path.Combine(_folder.Path, "file"), "");
        AssertSays<DataFolderException>("cannot be created", "Clicks:JournalFolder", () => Open(Path.Combine(_folder.Path, "file", "x"), 1 << 20, 1 << 20));
        System.IO.Directory.CreateDirectory(_folder.State);
        AssertSays<JournalException>("cannot be used", "Clicks:JournalFolder", () => Open(_folder.Path, 1 << 20, 1 << 20));
        System.IO.Directory.Delete(_folder.State);
        _folder.Open().Dispose(); // nothing is left locked

        void Open(string path, long maxBytes, long maxHeldBytes) =>
            ClickJournal.Open(new(path, ClickDurability.Disk, maxBytes, maxHeldBytes), _clock, _folder).Dispose();

        static void AssertSays<T>(string what, string setting, Action action)
            where T : Exception
        {
            var message = Assert.Throws<T>(action).Message;
            Assert.Contains(what, message, StringComparison.Ordinal);
            Assert.Contains(setting, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }
}
