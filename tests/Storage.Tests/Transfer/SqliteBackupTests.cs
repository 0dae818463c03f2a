using OrleansLinks.Clicks;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;
using Xunit;

namespace OrleansLinks.Transfer;

public sealed class SqliteBackupTests : IAsyncDisposable
{
    private readonly SqliteHost _host = new();
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("storage-tests-").FullName;

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        System.IO.Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_copy_that_is_made_while_clicks_are_recorded_has_all_of_before_and_adds_up()
    {
        var ledger = _host.Get<ILedgerStore>();
        await File.WriteAllBytesAsync(Path.Combine(_host.Folder, SqliteGrainDatabase.FileName), [], TestContext.Current.CancellationToken);
        var link = Make.Link("code");
        var recorded = 0;
        using var end = new CancellationTokenSource();
        var recording = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 50).Select(_ => Make.Click(link))]));
                Interlocked.Add(ref recorded, 50);
            }
        }, TestContext.Current.CancellationToken);

        for (var copy = 0; copy < 5; copy++)
        {
            var goal = Volatile.Read(ref recorded) + 100;
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref recorded) >= goal, TimeSpan.FromSeconds(30)), "Clicks are not recorded.");
            var before = Volatile.Read(ref recorded);
            SqliteBackup.Copy(_host.Folder, MakeFolder(copy));
            await using var restored = new RestoredHost(MakeFolder(copy));
            Assert.InRange((await restored.Get<ILedgerStore>().ReadCountersAsync(link.TaskId)).Clicks, before, int.MaxValue);
            var audit = await restored.Get<ILedgerStore>().AuditAsync(TimeSpan.FromSeconds(1));
            Assert.Equal((0, (await restored.Get<ILedgerStore>().ReadCountersAsync(link.TaskId)).Clicks), (audit.Drift, audit.Clicks));
        }

        await end.CancelAsync();
        await recording;
    }

    [Fact]
    public void A_folder_without_databases_and_one_that_cannot_be_written_are_named()
    {
        Assert.Equal(Path.Combine(_folder, "grains.db"), SqliteBackup.FindMissing(_folder));
        File.WriteAllText(Path.Combine(_folder, "grains.db"), new string('x', 8192));
        Assert.Equal(Path.Combine(_folder, "links.db"), SqliteBackup.FindMissing(_folder));
        Assert.Contains("grains.db' cannot be copied", Assert.Throws<DataFolderException>(() => SqliteBackup.Copy(_folder, _folder)).Message, StringComparison.Ordinal);
    }

    private string MakeFolder(int number) => System.IO.Directory.CreateDirectory(Path.Combine(_folder, $"{number}")).FullName;

    private sealed class RestoredHost(string folder) : StorageHost
    {
        protected override Microsoft.Extensions.DependencyInjection.IServiceCollection Configure(Microsoft.Extensions.DependencyInjection.IServiceCollection services) => services.AddSqliteStores(folder);
    }
}
