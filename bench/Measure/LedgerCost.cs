using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Bench;

/// <summary>
/// What recording a click costs in processor time, in PostgreSQL (here and in the server's processes) and in SQLite: the same
/// clicks in the same batches, as a shipper splits them by the ledger's shards. The clicks are made before.
/// </summary>
internal static class LedgerCost
{
    private const double Target = 35;

    // Round trips of a batch; PostgresLedgerStore says which.
    private const double RoundTripsPerBatch = 4;

    private static readonly double MillisecondsPerTick = 10;

    public static async Task Measure(string folder, int rounds, string connectionString, int server)
    {
        var source = new ClickRounds();
        var batches = Enumerable.Range(0, rounds + 2).Select(_ => source.Next()).ToList();
        await using var postgres = new ServiceCollection().AddLogging()
            .AddPostgresStores(new PostgresOptions { ConnectionString = connectionString }).BuildServiceProvider();
        await postgres.OpenPostgresStores();
        await using var sqlite = new ServiceCollection().AddLogging().AddSqliteStores(folder).BuildServiceProvider();

        var (count, clicks) = (0, 0L);
        foreach (var (store, name) in new[] { (sqlite.GetRequiredService<ILedgerStore>(), "SQLite"), (postgres.GetRequiredService<ILedgerStore>(), "PostgreSQL") })
        {
            // To warm up, and to have tables with something in them.
            foreach (var round in batches[..2])
                await ClickRounds.Record(store, round);

            var (here, there, began) = (Here(), There(server), Stopwatch.GetTimestamp());
            foreach (var round in batches[2..])
                await ClickRounds.Record(store, round);

            var took = Stopwatch.GetElapsedTime(began);
            (here, there) = (Here() - here, There(server) - there);
            count = batches[2..].Sum(round => round.Count);
            clicks = batches[2..].Sum(round => round.Sum(batch => (long)batch.Count));
            var isPostgres = name == "PostgreSQL";
            var cost = (here + (isPostgres ? there : TimeSpan.Zero)).TotalMicroseconds / clicks;
            Report.Row(
                $"A click in {name}'s ledger, batches of {clicks / count:N0}",
                isPostgres ? Text($"{cost:0.0} µs of CPU ({here.TotalMicroseconds / clicks:0.0} here, {there.TotalMicroseconds / clicks:0.0} in PostgreSQL)") : Text($"{cost:0.0} µs of CPU"),
                isPostgres ? Text($"≤ {Target} µs") : "",
                isPostgres ? cost <= Target : null);
            Report.Row("… clicks a second, eight batches at once", Text($"{clicks / took.TotalSeconds:N0}/s"));
            var audit = await store.AuditAsync(TimeSpan.FromSeconds(1));
            Report.Row("… drift", Text($"{audit.Drift} of {audit.Clicks:N0} clicks"), "0", audit.Drift == 0);
        }

        Report.Row("Round trips per thousand clicks in PostgreSQL", Text($"{RoundTripsPerBatch * count * 1000 / clicks:0.00}"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Here()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>Of the server and all that it has started, also of what has ended since.</summary>
    private static TimeSpan There(int server)
    {
        var ticks = 0L;
        foreach (var folder in System.IO.Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
                continue;

            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile, and counts with the server
            }

            // proc(5): after the name in brackets, the 2nd is the parent, the 12th to 15th are the times, the last two those of ended children.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (id == server)
                ticks += fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            else if (fields[1] == server.ToString(CultureInfo.InvariantCulture))
                ticks += fields[11..13].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }

        return TimeSpan.FromMilliseconds(ticks * MillisecondsPerTick);
    }
}
