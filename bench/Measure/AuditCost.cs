using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Bench;

/// <summary>
/// What the comparison of totals with details costs when it comes every minute: the one after so many new clicks, with few
/// and with many clicks already there.
/// </summary>
internal static class AuditCost
{
    // As many as come in a minute at 5,000 a second.
    private const int NewClicks = 300_000;

    public static async Task Measure(string folder, int clicks, string connectionString)
    {
        await using var postgres = new ServiceCollection().AddLogging()
            .AddPostgresStores(new PostgresOptions { ConnectionString = connectionString }).BuildServiceProvider();
        await postgres.OpenPostgresStores();
        await using var sqlite = new ServiceCollection().AddLogging().AddSqliteStores(folder).BuildServiceProvider();
        foreach (var (store, name) in new[] { (sqlite.GetRequiredService<ILedgerStore>(), "SQLite"), (postgres.GetRequiredService<ILedgerStore>(), "PostgreSQL") })
        {
            var source = new ClickRounds();
            var costs = new List<double>();
            var recorded = 0L;
            foreach (var size in new[] { clicks / 10, clicks })
            {
                for (; recorded < size; recorded += ClickRounds.ClicksPerRound)
                    await ClickRounds.Record(store, source.Next());

                var (first, _) = await Audit(store);
                var times = new List<double>();
                for (var turn = 0; turn < 3; turn++, recorded += NewClicks)
                {
                    for (var left = NewClicks; left > 0; left -= ClickRounds.ClicksPerRound)
                        await ClickRounds.Record(store, source.Next(Math.Min(left, ClickRounds.ClicksPerRound)));

                    var (took, audit) = await Audit(store);
                    times.Add(took);
                    if (turn == 2)
                        Report.Row(Text($"Drift in {name} at {audit.Clicks:N0} clicks, all compared at first in {first:0.0} s"), Text($"{audit.Drift}"), "0", audit.Drift == 0);
                }

                costs.Add(times.Order().ElementAt(1));
            }

            Report.Row(
                Text($"… compared again after {NewClicks:N0} new clicks, at {clicks:N0} / at {clicks / 10:N0} clicks"),
                Text($"{costs[1]:0.0} s / {costs[0]:0.0} s = {costs[1] / costs[0]:0.00}"), "flat, and far less than a minute", costs[1] < 20);
        }
    }

    private static async Task<(double Seconds, LedgerAudit Audit)> Audit(ILedgerStore store)
    {
        var began = Stopwatch.GetTimestamp();
        var audit = await store.AuditAsync(TimeSpan.FromSeconds(1));
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, audit);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
