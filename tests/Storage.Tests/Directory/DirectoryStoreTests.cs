using System.Collections.Immutable;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Directory;

public abstract class DirectoryStoreTests(StorageHost host) : StoreTests(host)
{
    private IDirectoryStore Directory => Host.Get<IDirectoryStore>();

    [Fact]
    public async Task A_list_is_paged_from_the_greatest_id()
    {
        string[] ids = [.. Enumerable.Range(0, 25).Select(i => $"id{i:00}")];
        await Directory.AddAsync([.. ids.Select(id => new DirectoryEntry("list", id)), new("another", "id99")]);

        var seen = new List<string>();
        ImmutableArray<string> page;
        do
        {
            page = await Directory.ListAsync("list", seen.LastOrDefault(), 10);
            seen.AddRange(page);
        }
        while (page.Length == 10);

        Assert.Equal(ids.Reverse(), seen);
    }

    [Fact]
    public async Task An_id_is_on_a_list_once_and_until_it_is_removed()
    {
        var entry = new DirectoryEntry("list", "id");
        await Directory.AddAsync(entry);
        await Directory.AddAsync(entry, new DirectoryEntry("list", "kept"));

        Assert.True(await Directory.ContainsAsync(entry));
        Assert.Equal(["kept", "id"], await Directory.ListAsync("list", null, 10));

        await Directory.RemoveAsync(entry, new DirectoryEntry("list", "missing"));

        Assert.False(await Directory.ContainsAsync(entry));
        Assert.Equal(["kept"], await Directory.ListAsync("list", null, 10));
    }

    [Fact]
    public async Task Lists_are_there_after_reopening()
    {
        await Directory.AddAsync(new DirectoryEntry("list", "id"));
        await Host.CloseAsync();

        Assert.True(await Directory.ContainsAsync(new DirectoryEntry("list", "id")));
    }
}

public sealed class SqliteDirectoryStoreTests() : DirectoryStoreTests(new SqliteHost());

public sealed class PostgresDirectoryStoreTests() : DirectoryStoreTests(new PostgresHost());
