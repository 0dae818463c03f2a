using System.Diagnostics;
using OrleansLinks.Journal;

namespace OrleansLinks.Bench;

/// <summary>What the disk itself takes for a flush of the size that the journal makes, with nothing else running.</summary>
internal static class DiskFlushes
{
    private const int Write = 16 * 1024;
    private const int Room = 64 * 1024 * 1024;
    private const double Long = 15;

    public static void Measure(string folder, TimeSpan time)
    {
        var path = Path.Combine(folder, "flushes");
        var bytes = new byte[Write];
        Random.Shared.NextBytes(bytes);
        var times = new Times();
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            // The room is written, not only reserved: a flush then changes nothing that the file system keeps about the file.
            for (var at = 0; at < Room; at += Write)
            {
                RandomAccess.Write(file, bytes, at);
            }

            RandomAccess.FlushToDisk(file);
            var began = Stopwatch.GetTimestamp();
            for (var at = 0; Stopwatch.GetElapsedTime(began) < time; at = (at + Write) % Room)
            {
                var sent = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, bytes, at);
                Disk.FlushData(file);
                times.Add(Stopwatch.GetElapsedTime(sent));
            }
        }

        File.Delete(path);
        Report.Row(
            "The disk alone: 16 KB written into room that is there, and flushed",
            $"p50 {times.At(0.5):F2} ms, p99 {times.At(0.99):F1} ms, at most {times.At(1):F0} ms; {times.SumOver(Long) / time.TotalMilliseconds:P1} of the time in flushes of over {Long} ms");
    }
}
