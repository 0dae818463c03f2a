using OrleansLinks.Storage;
using OrleansLinks.Storage.Postgres;
using OrleansLinks.Storage.Sqlite;
using Xunit;

namespace OrleansLinks.Links;

public abstract class ChangeStoreTests(StorageHost host) : StoreTests(host)
{
    protected IChangeStore Changes => Host.Get<IChangeStore>();

    [Fact]
    public async Task Changes_are_read_in_their_order_and_each_once()
    {
        var start = await Changes.ReadAsync(null, 10);
        foreach (var id in new[] { "b", "a", "b", "c" })
            await Changes.AppendAsync(id);

        var all = await Changes.ReadAsync(start.Next, 10);
        Assert.Equal(["b", "a", "c"], all.Ids);
        Assert.False(all.HasGap);

        var first = await Changes.ReadAsync(start.Next, 3);
        var second = await Changes.ReadAsync(first.Next, 3);
        Assert.Equal(["b", "a"], first.Ids);
        Assert.Equal(["c"], second.Ids);
        Assert.Equal(all.Next, second.Next);

        var none = await Changes.ReadAsync(all.Next, 3);
        Assert.Equal((0, all.Next, false), (none.Ids.Length, none.Next, none.HasGap));
    }

    [Fact]
    public async Task The_end_of_the_feed_has_nothing_after_it()
    {
        var empty = await Changes.ReadAsync(null, 10);
        await Changes.AppendAsync("a");
        var end = await Changes.ReadAsync(null, 10);

        Assert.Empty(end.Ids);
        Assert.False(empty.HasGap || end.HasGap);
        Assert.Equal(empty.Next + 1, end.Next);
    }

    [Fact]
    public async Task Changes_are_forgotten_after_an_hour_and_readers_from_before_are_told()
    {
        var start = (await Changes.ReadAsync(null, 10)).Next;
        await Changes.AppendAsync("old");
        await Changes.AppendAsync("older");
        var middle = (await Changes.ReadAsync(null, 10)).Next;
        Host.Clock.Now += TimeSpan.FromHours(1);
        await Changes.AppendAsync("kept");
        Assert.Equal(["old", "older", "kept"], (await Changes.ReadAsync(start, 10)).Ids);

        Host.Clock.Now += TimeSpan.FromSeconds(1);
        await Changes.AppendAsync("new");

        var late = await Changes.ReadAsync(start, 10);
        Assert.True(late.HasGap);
        Assert.Equal(["kept", "new"], late.Ids);
        var punctual = await Changes.ReadAsync(middle, 10);
        Assert.False(punctual.HasGap);
        Assert.Equal(["kept", "new"], punctual.Ids);
    }

    [Fact]
    public async Task The_feed_goes_on_after_reopening()
    {
        await Changes.AppendAsync("before");
        var end = (await Changes.ReadAsync(null, 10)).Next;
        await Host.CloseAsync();

        Assert.Equal(end, (await Changes.ReadAsync(null, 10)).Next);
        await Changes.AppendAsync("after");
        Assert.Equal(["after"], (await Changes.ReadAsync(end, 10)).Ids);
    }

    [Fact]
    public async Task A_reader_that_is_beyond_the_end_is_told_so()
    {
        await Changes.AppendAsync("a");
        var end = (await Changes.ReadAsync(null, 10)).Next;

        var page = await Changes.ReadAsync(end + 5, 10);

        Assert.Equal((0, end, true), (page.Ids.Length, page.Next, page.HasGap));
    }

    [Fact]
    public async Task A_link_that_is_replaced_is_in_the_feed_and_one_that_is_not_is_not()
    {
        var links = Host.Get<ILinkStore>();
        var link = Make.Link("code");
        await links.AddAsync([link], atomic: false);
        var start = (await Changes.ReadAsync(null, 10)).Next;

        await links.UpdateAsync(link with { State = LinkState.Disabled, Version = 5 });
        Assert.Empty((await Changes.ReadAsync(start, 10)).Ids);

        await links.UpdateAsync(link with { State = LinkState.Disabled, Version = 2 });
        Assert.Equal(["lnk_code"], (await Changes.ReadAsync(start, 10)).Ids);
    }
}

public sealed class SqliteChangeStoreTests() : ChangeStoreTests(new SqliteHost())
{
    [Fact]
    public async Task The_feed_goes_on_when_all_of_it_was_forgotten()
    {
        await Changes.AppendAsync("a");
        await Changes.AppendAsync("b");
        var end = (await Changes.ReadAsync(null, 10)).Next;
        await Host.Get<SqliteDatabase>().WriteAsync(session => session.Prepare("DELETE FROM changes").Run());

        Assert.True((await Changes.ReadAsync(end - 1, 10)).HasGap);
        Assert.False((await Changes.ReadAsync(end, 10)).HasGap);
        await Changes.AppendAsync("c");
        Assert.Equal(["c"], (await Changes.ReadAsync(end, 10)).Ids);
    }

    [Fact]
    public async Task A_link_and_its_change_are_written_together_or_not_at_all()
    {
        var links = Host.Get<ILinkStore>();
        var link = Make.Link("code");
        await links.AddAsync([link], atomic: false);
        await Host.Get<SqliteDatabase>().WriteAsync(session =>
            session.Prepare("CREATE TRIGGER refuse BEFORE INSERT ON changes BEGIN SELECT raise(ABORT, 'refused'); END").Run());

        await Assert.ThrowsAnyAsync<Exception>(() => links.UpdateAsync(link with { State = LinkState.Disabled, Version = 2 }));

        Assert.Equal(link, await links.FindAsync("code"));
    }
}

public sealed class PostgresChangeStoreTests() : ChangeStoreTests(new PostgresHost())
{
    private PostgresHost Postgres => (PostgresHost)Host;

    [Fact]
    public async Task A_change_that_is_committed_late_holds_those_after_it_back()
    {
        var start = (await Changes.ReadAsync(null, 10)).Next;
        Task second = Task.CompletedTask;
        await Postgres.Database.UseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var append = connection.Command($"SELECT {PostgresChangeStore.Append}", PostgresChangeStore.ParametersOf("first", Host.Clock.Now));
            await append.ExecuteNonQueryAsync();
            second = Changes.AppendAsync("second");
            await Postgres.UntilAsync("the second change waits", "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", waiting => waiting == 1);

            Assert.Equal((0, start, false), ((await Changes.ReadAsync(start, 10)).Ids.Length, (await Changes.ReadAsync(start, 10)).Next, (await Changes.ReadAsync(start, 10)).HasGap));
            await transaction.CommitAsync();
            return true;
        });

        await second;
        var page = await Changes.ReadAsync(start, 10);
        Assert.Equal(["first", "second"], page.Ids);
        Assert.Equal((start + 2, false), (page.Next, page.HasGap));
    }

    [Fact]
    public async Task A_change_that_was_undone_leaves_no_gap()
    {
        var start = (await Changes.ReadAsync(null, 10)).Next;
        await Postgres.Database.UseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var append = connection.Command($"SELECT {PostgresChangeStore.Append}", PostgresChangeStore.ParametersOf("undone", Host.Clock.Now));
            return await append.ExecuteNonQueryAsync();
        });
        await Changes.AppendAsync("kept");

        var page = await Changes.ReadAsync(start, 10);

        Assert.Equal(["kept"], page.Ids);
        Assert.False(page.HasGap);
    }

    [Fact]
    public async Task Of_changes_that_are_added_and_read_all_the_time_none_is_missed()
    {
        var changes = Changes;
        var place = (await changes.ReadAsync(null, 10)).Next;
        var adding = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await changes.AppendAsync($"{worker}-{i}");
        })).ToArray();

        var seen = new List<string>();
        for (var isLast = false; ;)
        {
            var page = await changes.ReadAsync(place, 7);
            Assert.False(page.HasGap);
            seen.AddRange(page.Ids);
            place = page.Next;
            if (isLast && page.Ids.IsEmpty)
                break;

            isLast = adding.All(task => task.IsCompleted);
        }

        await Task.WhenAll(adding);
        Assert.Equal(400, seen.Count);
        Assert.Equal(400, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_link_and_its_change_are_written_together_or_not_at_all()
    {
        var links = Host.Get<ILinkStore>();
        var link = Make.Link("code");
        await links.AddAsync([link], atomic: false);
        await Postgres.RunAsync("ALTER TABLE changes ADD CONSTRAINT refused CHECK (false) NOT VALID");

        await Assert.ThrowsAnyAsync<Exception>(() => links.UpdateAsync(link with { State = LinkState.Disabled, Version = 2 }));

        Assert.Equal(link, await links.FindAsync("code"));
    }
}
