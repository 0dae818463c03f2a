using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Exports;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Bench;

/// <summary>
/// What the pages of an export cost, those at its end and those at its beginning; and the clicks for exporting them over HTTP, which
/// stay in the folder.
/// </summary>
internal static class ExportCost
{
    public static async Task Measure(string folder, string program, int clicks, string connectionString)
    {
        await using var postgres = new ServiceCollection().AddLogging()
            .AddPostgresStores(new PostgresOptions { ConnectionString = connectionString }).BuildServiceProvider();
        await postgres.OpenPostgresStores();
        await using var sqlite = new ServiceCollection().AddLogging().AddSqliteStores(folder).BuildServiceProvider();
        foreach (var (services, name) in new[] { (sqlite, "SQLite"), (postgres, "PostgreSQL") })
        {
            var source = new ClickRounds(program);
            await source.List(services.GetRequiredService<IDirectoryStore>());
            for (var left = clicks; left > 0; left -= ClickRounds.ClicksPerRound)
                await ClickRounds.Record(services.GetRequiredService<ILedgerStore>(), source.Next(Math.Min(left, ClickRounds.ClicksPerRound)));

            var pages = await Read(services.GetRequiredService<IExportStore>(), new ExportScope(program));
            var (rows, seconds) = (pages.Sum(page => page.Rows), pages.Sum(page => page.Seconds));
            Report.Row(Text($"Read from {name}, page by page of 1,000 clicks of 100 tasks"), Text($"{rows / seconds:N0} clicks/s"), Text($"all {clicks:N0}"), rows == clicks);
            var part = pages.Count / 5;
            var ratio = Median(pages[^part..]) / Median(pages[..part]);
            Report.Row("… a page of the last fifth to one of the first", Text($"{Median(pages[^part..]) * 1e3:0.0} ms / {Median(pages[..part]) * 1e3:0.0} ms = {ratio:0.00}"), "flat", ratio < 1.3);
        }
    }

    private static async Task<List<(int Rows, double Seconds)>> Read(IExportStore store, ExportScope scope)
    {
        var pages = new List<(int, double)>();
        Guid? after = null;
        do
        {
            var began = Stopwatch.GetTimestamp();
            var page = await store.ReadClicksAsync(scope, after, IExportGrain.MaxRows);
            pages.Add((page.Items.Length, Stopwatch.GetElapsedTime(began).TotalSeconds));
            after = page.Next;
        }
        while (after is not null);

        return pages;
    }

    private static double Median(List<(int Rows, double Seconds)> pages) => pages.Select(page => page.Seconds).Order().ElementAt(pages.Count / 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
