using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Bench;

/// <summary>
/// What a report over a year of a program costs, with few and with many clicks in it: 1,000 tasks, 10,000 links, 60 countries, and
/// reporting values on three clicks of ten, some of which no other click has.
/// </summary>
internal static class ReportCost
{
    private const int Days = 365;
    private const double Target = 1;

    private static readonly DateTimeOffset FirstDay = new(2025, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Countries = [.. Enumerable.Range(0, 60).Select(i => $"{(char)('A' + (i / 26))}{(char)('A' + (i % 26))}")];

    private static readonly (string Name, ReportGroups Groups, int Minutes)[] Reports =
    [
        ("in all", ReportGroups.None, 0),
        ("by day", ReportGroups.Time, 24 * 60),
        ("by day in India (UTC+5:30)", ReportGroups.Time, -30),
        ("by campaign and day", ReportGroups.Campaign | ReportGroups.Time, 24 * 60),
        ("by task and month", ReportGroups.Task | ReportGroups.Time, 30 * 24 * 60),
        ("by link", ReportGroups.Link, 0),
        ("by country and device", ReportGroups.Country | ReportGroups.Device, 0),
        ("by Sub ID 1", ReportGroups.SubId1, 0),
        ("by hour", ReportGroups.Time, 60),
    ];

    public static async Task Measure(string folder, int clicks, string connectionString)
    {
        var clock = new Calendar();
        await using var postgres = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock)
            .AddPostgresStores(new PostgresOptions { ConnectionString = connectionString }).BuildServiceProvider();
        await postgres.OpenPostgresStores();
        await using var sqlite = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock).AddSqliteStores(folder).BuildServiceProvider();
        foreach (var (services, name) in new[] { (sqlite, "SQLite"), (postgres, "PostgreSQL") })
        {
            var (few, _) = await Fill(services, clock, clicks / 10);
            var fewTimes = await MeasureAll(services, few);
            var (many, fold) = await Fill(services, clock, clicks);
            Report.Row(Text($"{name}: the rollups of {clicks:N0} clicks are made at"), Text($"{clicks / fold.TotalSeconds:N0} clicks/s"));
            var manyTimes = await MeasureAll(services, many);
            foreach (var ((report, _, _), i) in Reports.Select((report, i) => (report, i)))
            {
                Report.Row(
                    Text($"… a year {report}, {manyTimes[i].Rows:N0} rows, at {clicks:N0} / at {clicks / 10:N0} clicks"),
                    Text($"{manyTimes[i].Seconds:0.00} s / {fewTimes[i].Seconds:0.00} s = {manyTimes[i].Seconds / fewTimes[i].Seconds:0.0}"),
                    Text($"≤ {Target} s"), manyTimes[i].Seconds <= Target);
            }
        }
    }

    /// <summary>Records a year of clicks, and has the rollups take them up.</summary>
    private static async Task<(string Program, TimeSpan Fold)> Fill(ServiceProvider services, Calendar clock, int clicks)
    {
        var day = 0;
        var source = new ClickRounds(tasks: 1000, alter: (random, click) =>
        {
            var at = FirstDay.AddDays(day).AddSeconds(random.Next(24 * 60 * 60));
            return click with
            {
                Id = Guid.CreateVersion7(at),
                At = at,
                CampaignId = EntityId.From(EntityId.Campaign, new Guid(click.TaskId.GetHashCode(StringComparison.Ordinal) % 50, 1, 1, new byte[8])),
                Country = Countries[(int)(Countries.Length * Math.Pow(random.NextDouble(), 3))],
                Device = (DeviceClass)random.Next(1, 4),
                Values = random.Next(100) switch
                {
                    < 70 => ReportingValues.None,
                    < 95 => new ReportingValues(SubId1: $"source {random.Next(500)}", SharedId: "spring"),
                    _ => new ReportingValues(SubId1: Guid.NewGuid().ToString()),
                },
            };
        });
        var ledger = services.GetRequiredService<ILedgerStore>();
        var reports = services.GetRequiredService<IReportStore>();
        var fold = TimeSpan.Zero;
        for (; day < Days; day++)
        {
            clock.Now = FirstDay.AddDays(day + 1);
            await ClickRounds.Record(ledger, source.Next(clicks / Days));
            var began = Stopwatch.GetTimestamp();
            while (await reports.FoldAsync() > 0)
            {
            }

            fold += Stopwatch.GetElapsedTime(began);
        }

        return (source.Program, fold);
    }

    private static async Task<List<(double Seconds, int Rows)>> MeasureAll(ServiceProvider services, string program)
    {
        var times = new List<(double, int)>();
        foreach (var (_, groups, minutes) in Reports)
        {
            var (first, last) = (FirstDay.ToUnixTimeSeconds(), FirstDay.AddDays(Days).ToUnixTimeSeconds());
            var step = minutes switch { 0 => last - first, < 0 => 24 * 60 * 60L, _ => minutes * 60L };
            if (minutes < 0)
                first += minutes * 60;

            ImmutableArray<long> edges = [.. Enumerable.Range(0, (int)((last - first) / step) + 1).Select(i => first + (i * step))];
            var store = services.GetRequiredService<IReportStore>();
            var turns = new List<(double Seconds, int Rows)>();
            for (var turn = 0; turn < 3; turn++)
            {
                var began = Stopwatch.GetTimestamp();
                var rows = await store.ReadAsync(new ReportQuery(program, edges, groups, ReportFilter.All, 10_000_000));
                turns.Add((Stopwatch.GetElapsedTime(began).TotalSeconds, rows!.Value.Length));
            }

            times.Add(turns.Order().ElementAt(1));
        }

        return times;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Calendar : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = FirstDay;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
