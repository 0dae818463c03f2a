using System.Diagnostics;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using Xunit;

namespace OrleansLinks.Storage;

public sealed class CrashTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_the_kill_of_its_process()
    {
        await using var host = new SqliteHost();
        using var writer = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(CrashTests).Assembly.Location, CrashWriter.Command, host.Folder },
            RedirectStandardOutput = true,
        })!;

        var acknowledged = new List<string[]>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await writer.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            acknowledged.Add(line.Split(' '));
            if (acknowledged.Count == 1000)
            {
                Assert.Throws<DataFolderException>(() => DataFolder.Open(host.Folder));
                writer.Kill(); // SIGKILL; then read on what it had printed
            }
        }

        await writer.WaitForExitAsync(deadline.Token);
        acknowledged.RemoveAll(line => line is not [_, { Length: 36 }]); // a line that was cut off
        Assert.InRange(acknowledged.Count, 1000, int.MaxValue);
        var (links, ledger) = (host.Get<ILinkStore>(), host.Get<ILedgerStore>());
        foreach (var line in acknowledged)
        {
            Assert.NotNull(await links.FindAsync(line[0]));
            Assert.NotNull(await ledger.FindClickAsync(Guid.Parse(line[1])));
        }

        var task = (await links.FindAsync(acknowledged[0][0]))!.TaskId;
        var details = await ledger.ListClicksAsync(task, null, int.MaxValue);
        Assert.Equal(details.Length, (await ledger.ReadCountersAsync(CounterScopes.OfTask(task))).Clicks);
    }
}
