using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansLinks.Storage;

namespace OrleansLinks.Journal;

/// <summary>Another process with a journal: this program, started a second time.</summary>
internal static class JournalProcess
{
    /// <summary>Appends until it is killed, and prints each record as soon as it is acknowledged.</summary>
    public const string Write = "write-until-killed";

    /// <summary>Opens the journal, and says why when it cannot.</summary>
    public const string Open = "open";

    public static Process Start(string command, string folder) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { typeof(JournalProcess).Assembly.Location, command, folder },
        RedirectStandardOutput = true,
    })!;

    public static async Task<int> RunAsync(string command, string folder)
    {
        try
        {
            using var journal = ClickJournal.Open(new(folder, ClickDurability.Disk, 1L << 30, 1 << 24) { SegmentBytes = 50_000 }, TimeProvider.System, NullLogger<ClickJournal>.Instance);
            if (command == Write)
            {
                await Task.WhenAll(Enumerable.Range(0, 32).Select(async worker =>
                {
                    for (var i = 0; ; i++)
                    {
                        var record = $"{worker}-{i}.";
                        await journal.AppendAsync(Encoding.UTF8.GetBytes(record));
                        Console.WriteLine(record);
                    }
                }));
            }

            return 0;
        }
        catch (DataFolderException refused)
        {
            Console.WriteLine(refused.Message);
            return 1;
        }
    }
}
