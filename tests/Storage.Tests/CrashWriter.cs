using Microsoft.Extensions.DependencyInjection;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Storage;

/// <summary>Writes links and clicks until it is killed, and prints each as soon as it is acknowledged.</summary>
internal static class CrashWriter
{
    public const string Command = "write-until-killed";

    public static async Task<int> RunAsync(string folder)
    {
        await using var services = new ServiceCollection().AddLogging().AddSqliteStores(folder).BuildServiceProvider();
        var links = services.GetRequiredService<ILinkStore>();
        var ledger = services.GetRequiredService<ILedgerStore>();
        var task = Make.Id(EntityId.Task);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
        {
            for (var i = 0; ; i++)
            {
                var link = Make.Link($"w{worker}-{i}", task);
                await links.AddAsync([link], atomic: false);
                var click = Make.Click(link, TimeProvider.System.GetUtcNow());
                await ledger.RecordAsync(ClickBatch.Of(click));
                Console.WriteLine($"{link.Code} {click.Id}");
            }
        }));
        return 0;
    }
}
