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

    [Fact]
    public async Task A_search_finds_a_list_alone_and_is_paged_from_the_greatest_id()
    {
        string[] ids = [.. Enumerable.Range(0, 60).Select(i => $"id{i:00}")];
        await Directory.AddAsync([.. ids.Select((id, i) => new DirectoryName(id, i % 2 == 0 ? $"Spring {i}" : $"Autumn {i}", 1)), new("id99", "Spring elsewhere", 1)], [.. ids.Select(id => new DirectoryEntry("list", id)), new("another", "id99")]);

        var seen = new List<string>();
        ImmutableArray<string> page;
        do
        {
            page = await Directory.SearchAsync("list", "spring", seen.LastOrDefault(), 7);
            seen.AddRange(page);
        }
        while (page.Length == 7);

        Assert.Equal(ids.Where((_, i) => i % 2 == 0).Reverse(), seen);
        Assert.Empty(await Directory.SearchAsync("list", "winter", null, 10));
        Assert.Empty(await Directory.SearchAsync("none", "spring", null, 10));
    }

    [Theory]
    [InlineData("Frühling 2026", "FRÜHLING", true)]
    [InlineData("ÄÖÜ ÉÈ ÇŁ", "äöü éè çł", true)]
    [InlineData("Fru\u0308hling", "früh", true)]
    [InlineData("Frühling", "fruh", false)]
    [InlineData("ОСЕНЬ", "осень", true)]
    [InlineData("ΟΔΟΣ", "οδος", true)]
    [InlineData("οδός", "ΟΔΌΣ", true)]
    [InlineData("春のキャンペーン", "キャンペ", true)]
    [InlineData("春のｷｬﾝﾍﾟｰﾝ", "キャンペ", true)]
    [InlineData("ＳＡＬＥ１２", "sale1", true)]
    [InlineData("春季活动", "季活", true)]
    [InlineData("春季活动", "活季", false)]
    [InlineData("𝔖ale 𐐀", "sale 𐐨", true)]
    [InlineData("100% off", "0% o", true)]
    [InlineData("1000 off", "0% o", false)]
    [InlineData("a_b", "A_B", true)]
    [InlineData("aXb", "a_b", false)]
    [InlineData("a\\b", "a\\b", true)]
    [InlineData("it's", "'", true)]
    [InlineData("Spring", "spring sale", false)]
    public async Task A_name_is_found_by_any_part_in_any_case_and_every_letter_stands_for_itself(string name, string text, bool isFound)
    {
        await Directory.AddAsync([new DirectoryName("id", name, 1)], new DirectoryEntry("list", "id"));

        Assert.Equal(isFound, !(await Directory.SearchAsync("list", text, null, 10)).IsEmpty);
        Assert.Equal(isFound, DirectoryNames.Match(name, DirectoryNames.Fold(text)));
    }

    [Fact]
    public async Task The_longest_name_that_can_be_is_found()
    {
        // The one letter that is eighteen when it is folded.
        var name = new string('\ufdfa', 199) + "!";
        await Directory.AddAsync([new DirectoryName("id", name, 1)], new DirectoryEntry("list", "id"));

        Assert.Equal(["id"], await Directory.SearchAsync("list", "\ufdfa!", null, 10));
    }

    [Fact]
    public async Task Both_names_are_found_until_the_old_one_is_taken_away_and_afterwards_the_new_one_alone()
    {
        await Directory.AddAsync([new DirectoryName("id", "Old", 1)], new DirectoryEntry("list", "id"), new DirectoryEntry("other", "id"));
        await Directory.AddAsync([new DirectoryName("id", "Old", 3), new DirectoryName("id", "New", 4)]);

        Assert.Equal(["id"], await Directory.SearchAsync("list", "old", null, 10));
        Assert.Equal(["id"], await Directory.SearchAsync("other", "new", null, 10));

        await Directory.RemoveNamesAsync("id", 4);

        Assert.Empty(await Directory.SearchAsync("list", "old", null, 10));
        Assert.Equal(["id"], await Directory.SearchAsync("list", "new", null, 10));
    }

    [Fact]
    public async Task An_id_whose_two_names_match_is_listed_once()
    {
        await Directory.AddAsync([new DirectoryName("id", "Spring", 1), new DirectoryName("id", "Spring sale", 2)], new DirectoryEntry("list", "id"), new DirectoryEntry("list", "next"));

        Assert.Equal(["id"], await Directory.SearchAsync("list", "spring", null, 10));
    }

    [Fact]
    public async Task A_name_that_comes_back_has_the_version_that_it_came_back_with()
    {
        await Directory.AddAsync([new DirectoryName("id", "First", 1)], new DirectoryEntry("list", "id"));
        await Directory.AddAsync([new DirectoryName("id", "Second", 2)]);
        await Directory.AddAsync([new DirectoryName("id", "FIRST", 3)]);
        await Directory.AddAsync([new DirectoryName("id", "First", 1), new DirectoryName("id", "first", 2)]);

        await Directory.RemoveNamesAsync("id", 3);

        Assert.Equal(["id"], await Directory.SearchAsync("list", "first", null, 10));
        Assert.Empty(await Directory.SearchAsync("list", "second", null, 10));
    }

    [Fact]
    public async Task A_name_that_is_given_twice_at_once_has_the_newer_version()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await Directory.AddAsync([new DirectoryName("id", "NAME", 2), new DirectoryName("id", "name", 1)], new DirectoryEntry("list", "id"));
            await Directory.RemoveNamesAsync("id", 2);

            Assert.Equal(["id"], await Directory.SearchAsync("list", "name", null, 10));
        }

        await Directory.RemoveNamesAsync("id", 3);
        Assert.Empty(await Directory.SearchAsync("list", "name", null, 10));
    }

    [Fact]
    public async Task Names_are_there_after_reopening()
    {
        await Directory.AddAsync([new DirectoryName("id", "Name", 1)], new DirectoryEntry("list", "id"));
        await Host.CloseAsync();

        Assert.Equal(["id"], await Directory.SearchAsync("list", "name", null, 10));
    }

    [Fact]
    public async Task What_has_no_name_is_met_piece_by_piece_and_no_more_when_it_has_one()
    {
        string[] ids = [.. Enumerable.Range(0, 25).Select(i => $"id{i:00}")];
        await Directory.AddAsync([.. ids.Select(id => new DirectoryEntry("list", id)), new("zlist", "id03"), new("alist", "id99")]);
        await Directory.AddAsync([new DirectoryName("id07", "Seven", 1), new DirectoryName("id99", "Other", 1)]);
        var nameless = await ListNameless();

        Assert.Equal(ids.Except(["id07"]).Order(StringComparer.Ordinal), nameless.Distinct().Order(StringComparer.Ordinal));

        await Directory.AddMissingAsync([.. nameless.Distinct().Select(id => new DirectoryName(id, $"Name of {id}", 5)), new("id07", "Eight", 9)]);

        Assert.Empty(await ListNameless());
        Assert.Equal(["id24"], await Directory.SearchAsync("list", "name of id24", null, 10));
        Assert.Equal(["id07"], await Directory.SearchAsync("list", "seven", null, 10));
        Assert.Empty(await Directory.SearchAsync("list", "eight", null, 10));
    }

    private async Task<List<string>> ListNameless()
    {
        var ids = new List<string>();
        DirectoryEntry? after = null;
        do
        {
            var page = await Directory.ListNamelessAsync(after, 4);
            ids.AddRange(page.Ids);
            after = page.Next;
        }
        while (after is not null);
        return ids;
    }
}

public sealed class SqliteDirectoryStoreTests() : DirectoryStoreTests(new SqliteHost());

public sealed class PostgresDirectoryStoreTests() : DirectoryStoreTests(new PostgresHost());
