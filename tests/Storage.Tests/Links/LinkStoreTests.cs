using System.Collections.Immutable;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Links;

public abstract class LinkStoreTests(StorageHost host) : StoreTests(host)
{
    private ILinkStore Links => Host.Get<ILinkStore>();

    [Fact]
    public async Task A_link_is_found_as_it_was_added()
    {
        var typed = Make.Link("typed");
        var saved = Make.Link("saved") with
        {
            Target = LinkTarget.SavedPage, LandingPage = null, SavedPageId = Make.Id(EntityId.SavedPage), Values = ReportingValues.None,
        };

        Assert.Equal([new AddedLink(typed, true), new AddedLink(saved, true)], await Links.AddAsync([typed, saved], atomic: false));

        Assert.Equal(typed, await Links.FindAsync("typed"));
        Assert.Equal(saved, await Links.FindAsync("saved"));
        Assert.Null(await Links.FindAsync("missing"));
    }

    [Fact]
    public async Task Many_links_are_found_in_the_order_that_they_were_asked_for()
    {
        var links = Enumerable.Range(0, 100).Select(i => Make.Link($"code{i}")).ToArray();
        await Links.AddAsync([.. links], atomic: false);

        var found = await Links.FindAsync(["missing", .. links.Reverse().Select(link => link.Code), "code7", "code7"]);

        Assert.Equal([null, .. links.Reverse(), links[7], links[7]], found);
        Assert.Empty(await Links.FindAsync(ImmutableArray<string>.Empty));
    }

    [Fact]
    public async Task Codes_that_differ_in_case_or_zeros_are_different_links()
    {
        string[] codes = ["abc", "ABC", "AbC", "0abc"];
        var added = await Links.AddAsync([.. codes.Select(code => Make.Link(code))], atomic: true);

        Assert.All(added, outcome => Assert.True(outcome.Added));
        foreach (var code in codes)
            Assert.Equal(code, (await Links.FindAsync(code))?.Code);
    }

    [Fact]
    public async Task A_code_is_never_issued_twice()
    {
        var links = Links;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64)
            .Select(_ => Task.Run(() => links.AddAsync([Make.Link("wanted")], atomic: false))));

        var winner = Assert.Single(outcomes, outcome => outcome[0].Added)[0].Link;
        Assert.All(outcomes, outcome => Assert.Equal(winner, outcome[0].Link));
    }

    [Fact]
    public async Task A_repeat_finds_the_link_of_the_first_time()
    {
        var link = Make.Link("mine");
        await Links.AddAsync([link], atomic: false);

        var repeat = Assert.Single(await Links.AddAsync([link with { LandingPage = "https://example.com/other" }], atomic: false));

        Assert.Equal(new AddedLink(link, true), repeat);
    }

    [Fact]
    public async Task The_first_of_two_in_a_batch_gets_the_code()
    {
        var first = Make.Link("same");
        var outcomes = await Links.AddAsync([first, Make.Link("same"), Make.Link("else")], atomic: false);

        Assert.Equal([true, false, true], outcomes.Select(outcome => outcome.Added));
        Assert.Equal(first, outcomes[1].Link);
    }

    [Fact]
    public async Task An_atomic_batch_adds_all_or_none()
    {
        var holder = Make.Link("taken");
        await Links.AddAsync([holder], atomic: true);

        var refused = await Links.AddAsync([Make.Link("free1"), Make.Link("taken"), Make.Link("free2")], atomic: true);

        Assert.Equal([true, false, true], refused.Select(outcome => outcome.Added));
        Assert.Equal(holder, refused[1].Link);
        Assert.Null(await Links.FindAsync("free1"));
        Assert.Null(await Links.FindAsync("free2"));
        Assert.All(await Links.AddAsync([Make.Link("free1"), Make.Link("free2")], atomic: true), outcome => Assert.True(outcome.Added));
    }

    [Fact]
    public async Task An_empty_batch_adds_nothing() => Assert.Empty(await Links.AddAsync([], atomic: true));

    [Fact]
    public async Task An_update_replaces_what_can_change()
    {
        var link = Make.Link("page");
        await Links.AddAsync([link], atomic: false);
        var change = link with { LandingPage = null, Target = LinkTarget.ProgramDefault, State = LinkState.Disabled, Version = 2 };

        Assert.True(await Links.UpdateAsync(change));
        Assert.Equal(change, await Links.FindAsync("page"));
    }

    [Fact]
    public async Task An_update_from_another_version_is_refused()
    {
        var link = Make.Link("page");
        await Links.AddAsync([link], atomic: false);

        Assert.False(await Links.UpdateAsync(link with { State = LinkState.Disabled, Version = 3 }));
        Assert.False(await Links.UpdateAsync(link with { State = LinkState.Disabled, Version = 1 }));
        Assert.False(await Links.UpdateAsync(Make.Link("missing") with { Version = 2 }));
        Assert.Equal(link, await Links.FindAsync("page"));
    }

    [Fact]
    public async Task Pages_are_complete_and_newest_first_while_links_are_added()
    {
        var task = Make.Id(EntityId.Task);
        string[] before = [.. Enumerable.Range(0, 95).Select(i => $"before{i:000}")];
        await Links.AddAsync([.. before.Select(code => Make.Link(code, task))], atomic: false);

        var seen = new List<string>();
        long? cursor = null;
        var round = 0;
        do
        {
            var page = await Links.ListAsync(task, cursor, 10);
            Assert.InRange(page.Items.Length, 1, 10);
            seen.AddRange(page.Items.Select(link => link.Code));
            cursor = page.Next;
            await Links.AddAsync([Make.Link($"during{round++}", task), Make.Link($"elsewhere{round}")], atomic: false);
        }
        while (cursor is not null);

        Assert.Equal(before.Reverse(), seen);
    }

    [Fact]
    public async Task A_full_last_page_has_no_next()
    {
        var task = Make.Id(EntityId.Task);
        await Links.AddAsync([Make.Link("one", task), Make.Link("two", task)], atomic: false);

        Assert.Null((await Links.ListAsync(task, null, 2)).Next);
        Assert.NotNull((await Links.ListAsync(task, null, 1)).Next);
        Assert.Empty((await Links.ListAsync(Make.Id(EntityId.Task), null, 2)).Items);
        Assert.Empty((await Links.ListAsync("tsk_nonsense", null, 2)).Items);
    }

    [Fact]
    public async Task Links_are_there_after_reopening()
    {
        var links = Enumerable.Range(0, 1000).Select(i => Make.Link($"kept{i}")).ToImmutableArray();
        var writes = links.Select(link => Links.AddAsync([link], atomic: false)).ToArray();
        await Host.CloseAsync(); // with most of the writes still queued

        await Task.WhenAll(writes);
        foreach (var link in links)
            Assert.Equal(link, await Links.FindAsync(link.Code));
    }
}

public sealed class SqliteLinkStoreTests() : LinkStoreTests(new SqliteHost());

public sealed class PostgresLinkStoreTests() : LinkStoreTests(new PostgresHost());
