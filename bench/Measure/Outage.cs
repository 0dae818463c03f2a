using Microsoft.Data.Sqlite;

namespace OrleansLinks.Bench;

/// <summary>Redirects while nobody can write into the database.</summary>
internal static class Outage
{
    private const int Links = 1000;
    private const int Rate = 2000;
    private const double LongestP99 = 50;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CountedWithin = TimeSpan.FromSeconds(10);

    public static async Task Measure(Instance instance, TimeSpan time)
    {
        var (task, paths) = await instance.MakeTask("Outage", Links);

        // Every link is known before: one that nobody has clicked since the start is read from the database.
        var before = await Load.Run(instance, paths, Rate, WarmUp);
        await instance.UntilCounted(CountedWithin);
        Load during;
        using (Lock(Path.Combine(instance.DataFolder, "links.db")))
        {
            during = await Load.Run(instance, paths, Rate, time);
        }

        var (counted, lost) = await instance.UntilCounted(CountedWithin * 3);
        var missing = before.Answered + during.Answered - await instance.Clicks($"tasks/{task}");
        Report.Row(
            $"links.db locked for {time.TotalSeconds:F0} s under {Rate:N0} redirects/s: failures",
            $"{during.Failures} of {during.Answered + during.Failures:N0}", "0", during.Failures == 0);
        Report.Row(
            "… redirects meanwhile (not corrected for coordinated omission)",
            $"p50 {during.Times.At(0.5):F1} ms, p99 {during.Times.At(0.99):F1} ms, at most {during.Times.At(1):F0} ms; before p99 {before.Times.At(0.99):F1} ms",
            $"p99 < {LongestP99} ms",
            during.Times.At(0.99) < LongestP99);
        Report.Row(
            "… until all are counted, from the end of the lock",
            $"{counted.TotalSeconds:F1} s; answered and not counted {missing}, lost {lost}",
            $"≤ {CountedWithin.TotalSeconds} s, 0, 0",
            counted <= CountedWithin && missing == 0 && lost == 0);
    }

    /// <summary>Holds a database's write lock until disposal.</summary>
    private static SqliteConnection Lock(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }
}
