using CsCheck;
using static OrleansLinks.Journal.JournalFolder;

namespace OrleansLinks.Journal;

/// <summary>Any sequence of things that happen to a journal, against what it promises.</summary>
public sealed class JournalModelTests
{
    private enum Step
    {
        Append,
        Ship,
        Reopen,
        CutTail,
        Damage,
        LoseSegment,
    }

    private static readonly Gen<Step> s_step = Gen.Frequency(
        (10, Gen.Const(Step.Append)), (5, Gen.Const(Step.Ship)), (2, Gen.Const(Step.Reopen)), (1, Gen.Const(Step.CutTail)), (1, Gen.Const(Step.Damage)), (1, Gen.Const(Step.LoseSegment)));

    [Fact]
    public void Every_record_is_delivered_or_counted_lost_whatever_happens()
    {
        Gen.Select(s_step, Gen.Int[1, 1000]).Array[1, 40].Sample(Run, iter: 300, threads: 1);
    }

    [Fact]
    public void Lost_positions_are_counted_once_however_often_they_are_met()
    {
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 10], Gen.Bool).Array[1, 60].Sample(
            steps =>
            {
                var lost = new LostRanges(0, 0, []);
                var (model, passed) = (new HashSet<long>(), 0L);
                foreach (var (from, length, pass) in steps)
                {
                    if (pass && from % 3 == 0)
                    {
                        for (passed = Math.Max(passed, from); model.Contains(passed + 1); passed++)
                        {
                        }

                        Assert.Equal(passed, Math.Max(passed, lost.Pass(from)));
                    }
                    else
                    {
                        var fresh = Range(from, from + length - 1).Count(position => position > passed && model.Add(position));
                        Assert.Equal(fresh, lost.Add(from, from + length - 1));
                    }

                    Assert.Equal((model.Count, model.Count(position => position <= passed)), (lost.Count, lost.Passed));
                    Assert.Equal(model.Where(position => position > passed).Order(), lost.Ranges.SelectMany(range => Range(range.From, range.To)));
                }
            },
            iter: 2000,
            threads: 1);
    }

    private static void Run((Step Step, int Value)[] steps)
    {
        using var folder = new JournalFolder();
        var journal = folder.Open(segmentBytes: 500);
        var shipped = new HashSet<long>();
        try
        {
            foreach (var (step, value) in steps)
            {
                var (tail, lost) = (journal.Tail, journal.Lost);
                switch (step)
                {
                    case Step.Append:
                        Append(journal, value % 20).GetAwaiter().GetResult();
                        Assert.Equal((tail + value % 20, lost), (journal.Tail, journal.Lost));
                        break;
                    case Step.Ship:
                        Ship(value % 30 + 1);
                        Assert.Equal(tail, journal.Tail);
                        break;
                    default:
                        journal.Dispose();
                        if (step != Step.Reopen && folder.Segments is { Length: > 0 } segments)
                        {
                            Harm(segments, step, value);
                        }

                        journal = folder.Open(segmentBytes: 500);
                        if (step == Step.Reopen)
                        {
                            Assert.Equal((tail, lost), (journal.Tail, journal.Lost));
                        }

                        Assert.InRange(journal.Lost, lost, journal.Tail);
                        break;
                }
            }

            while (Ship(1000))
            {
            }

            // Positions that a harm to the end of the newest segment took back were given away a second time, or never.
            Assert.Equal(journal.Tail, journal.Shipped);
            Assert.Equal(journal.Tail, shipped.Count + journal.Lost);
        }
        finally
        {
            journal.Dispose();
        }

        bool Ship(int records)
        {
            if (journal.ReadNext(records, 1000) is not { } batch)
            {
                return false;
            }

            for (var i = 0; i < batch.Count; i++)
            {
                Assert.Equal(Payload(batch.PositionOf(i)), batch[i].ToArray());
                Assert.True(shipped.Add(batch.PositionOf(i)));
            }

            journal.MarkShipped(batch.Last);
            return true;
        }
    }

    private static void Harm(string[] segments, Step step, int value)
    {
        var path = segments[value % segments.Length];
        var length = (int)new FileInfo(path).Length;
        switch (step)
        {
            case Step.CutTail:
                using (var file = File.OpenWrite(segments[^1]))
                {
                    file.SetLength(Math.Max(0, file.Length - value % 200));
                }

                break;
            case Step.Damage when length > 0:
                using (var file = File.Open(path, FileMode.Open))
                {
                    file.Position = value % length;
                    var bits = file.ReadByte() ^ 1 << value % 8;
                    file.Position--;
                    file.WriteByte((byte)bits);
                }

                break;
            case Step.LoseSegment:
                File.Delete(path);
                break;
        }
    }
}
