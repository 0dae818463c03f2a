using System.Globalization;
using OrleansLinks.Bench;

// Measures what wrk cannot. Prints a line for each thing: what, measured, target, met, with tabs in between.
// The scripts of this folder start it.
//   Measure disk FOLDER SECONDS
//   Measure staleness|watchers|outage ADDRESS CAMPAIGN PARTNER SECONDS PID DATA_FOLDER    (ORLEANSLINKS_OPERATOR_KEY holds the key)
//   Measure memory FOLDER LINKS ROOM
//   Measure allocations FOLDER
//   Measure ledger FOLDER ROUNDS CONNECTION_STRING SERVER_PID    (bench/ledger.sh)
//   Measure audit FOLDER CLICKS CONNECTION_STRING    (bench/audit.sh)
//   Measure reports FOLDER CLICKS CONNECTION_STRING    (bench/reports.sh)
//   Measure export FOLDER PROGRAM CLICKS CONNECTION_STRING    (bench/export.sh)
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["disk", var folder, var seconds]:
        DiskFlushes.Measure(folder, Seconds(seconds));
        return 0;
    case ["memory", var folder, var links, var room]:
        await DirectoryMemory.Measure(folder, Number(links), Number(room));
        return 0;
    case ["ledger", var folder, var rounds, var connectionString, var server]:
        await LedgerCost.Measure(folder, Number(rounds), connectionString, Number(server));
        return 0;
    case ["audit", var folder, var clicks, var connectionString]:
        await AuditCost.Measure(folder, Number(clicks), connectionString);
        return 0;
    case ["reports", var folder, var clicks, var connectionString]:
        await ReportCost.Measure(folder, Number(clicks), connectionString);
        return 0;
    case ["export", var folder, var program, var clicks, var connectionString]:
        await ExportCost.Measure(folder, program, Number(clicks), connectionString);
        return 0;
    case ["allocations", var folder]:
        return Allocations.Measure(folder) ? 0 : 1;
    case [var what and ("staleness" or "watchers" or "outage"), var address, var campaign, var partner, var seconds, var process, var data]:
        using (var instance = new Instance(address, campaign, partner, Number(process), data))
        {
            await (what switch
            {
                "staleness" => Staleness.Measure(instance, Seconds(seconds)),
                "watchers" => Watchers.Measure(instance, Seconds(seconds)),
                _ => Outage.Measure(instance, Seconds(seconds)),
            });
        }

        return 0;
    default:
        await Console.Error.WriteLineAsync("Measure is started by the scripts in bench/.");
        return 1;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(Number(text));
