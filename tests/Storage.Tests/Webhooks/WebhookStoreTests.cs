using System.Collections.Immutable;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Links;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Webhooks;

public abstract class WebhookStoreTests(StorageHost host) : StoreTests(host)
{
    private const int Most = 20;
    private const WebhookEvents All = WebhookEventNames.OfConversions | WebhookEvents.ClicksCounted;

    private static readonly DateTimeOffset Long = Make.Noon.AddDays(-1);

    private IWebhookFeedStore Feed => Host.Get<IWebhookFeedStore>();

    private IWebhookDeliveryStore Deliveries => Host.Get<IWebhookDeliveryStore>();

    private IConversionStore Conversions => Host.Get<IConversionStore>();

    [Fact]
    public async Task Nothing_is_made_for_nobody_and_the_first_webhook_begins_with_what_comes_after_it()
    {
        var link = Make.Link("code");
        await WriteAsync(Paid(link));
        await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of([Make.Click(link)]));
        Assert.Null(await Feed.ReadAsync(Make.Noon));
        Assert.Null(await Feed.ReadClicksAsync(DateTimeOffset.MaxValue, Make.Noon));

        await AddAsync(link.ProgramId);
        Assert.Empty((await Feed.ReadAsync(Make.Noon))!.Entries);
        Assert.Empty((await Feed.ReadClicksAsync(DateTimeOffset.MaxValue, Make.Noon))!.Tasks);
        var after = Paid(link);
        await WriteAsync(after);

        Assert.Equal(after.After, Assert.Single((await Feed.ReadAsync(Make.Noon))!.Entries).Now.Conversion);
    }

    [Fact]
    public async Task Every_entry_is_read_once_however_many_there_are_and_none_before_the_one_it_rests_on()
    {
        var links = Enumerable.Range(0, 8).Select(i => Make.Link($"code{i}")).ToArray();
        await AddAsync(links[0].ProgramId);
        var written = new List<(Guid, int)>();
        for (var i = 0; i < 400; i++)
        {
            var step = i % 3 == 0 ? Waiting() : Paid(links[i % 8], i);
            await Write(step);
            if (i % 3 == 0)
                await Write(step = Next(step, Attributed(step.After, links[i % 8]), ConversionEntryKind.Attributed, 1, step.After.Amount));

            if (i % 5 == 0)
                await Write(Next(step, step.After with { State = ConversionState.Reversed, Payout = 0 }, ConversionEntryKind.Reversed, -1, -step.After.Amount));
        }

        var read = new List<FeedEntry>();
        var hasMore = true;
        while (hasMore)
        {
            var page = (await Feed.ReadAsync(Make.Noon))!;
            Assert.InRange(page.Entries.Length, 0, 2 * IWebhookFeedStore.PageLength);
            read.AddRange(page.Entries);
            Assert.True(await Feed.AppendAsync(page.From, page.Next, [], Make.Noon));
            hasMore = page.HasMore;
        }

        Assert.Empty((await Feed.ReadAsync(Make.Noon))!.Entries);
        Assert.Equal(written.Order(), read.Select(entry => (entry.Now.Conversion.Id, entry.Entry.Sequence)).Order());
        foreach (var conversion in read.GroupBy(entry => entry.Now.Conversion.Id))
        {
            Assert.Equal(Enumerable.Range(1, conversion.Count()), conversion.Select(entry => entry.Entry.Sequence));
            var last = conversion.Last();
            var isAttributed = last.Now.Conversion.Attribution is not null;
            Assert.Equal((isAttributed, isAttributed ? last.Now.Conversion.Amount : 0m), (last.IsAttributed, last.Amount));
        }

        async Task Write(ConversionStep step)
        {
            await WriteAsync(step);
            written.Add((step.After.Id, step.Entry.Sequence));
        }
    }

    [Fact]
    public async Task What_is_written_while_others_read_is_read_once_too()
    {
        var links = Enumerable.Range(0, 8).Select(i => Make.Link($"code{i}")).ToArray();
        await AddAsync(links[0].ProgramId);
        var (store, feed, steps) = (Conversions, Feed, Enumerable.Range(0, 200).Select(i => i % 4 == 0 ? Waiting() : Paid(links[i % 8], i)).ToArray());

        var writing = Task.WhenAll(steps.Select(step => Task.Run(() => store.WriteAsync(step, null, null))));
        var read = new List<Guid>();
        for (var isLast = false; !isLast;)
        {
            // Two that take turns at once: one of them finds the other to be quicker.
            isLast = writing.IsCompleted;
            var page = (await feed.ReadAsync(Make.Noon))!;
            var moved = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => feed.AppendAsync(page.From, page.Next, [], Make.Noon))));
            Assert.Single(moved, done => done);
            read.AddRange(page.Entries.Select(entry => entry.Now.Conversion.Id));
            isLast &= !page.HasMore;
        }

        Assert.Equal(steps.Select(step => step.After.Id).Order(), read.Order());
    }

    [Fact]
    public async Task Conversions_whose_lock_has_come_are_found_once_and_after_all_their_entries()
    {
        var link = Make.Link("code");
        await AddAsync(link.ProgramId);
        var steps = Enumerable.Range(0, 300).Select(i => Paid(link, i, Make.Noon.AddMinutes(i / 2))).ToArray();
        foreach (var step in steps)
            await WriteAsync(step);

        await WriteAsync(Next(steps[4], steps[4].After with { State = ConversionState.Reversed, Payout = 0 }, ConversionEntryKind.Reversed, -1, -4));
        var (read, approved) = (0, new List<NumberedConversion>());
        foreach (var until in new[] { Make.Noon, Make.Noon.AddMinutes(140), Make.Noon.AddMinutes(140), Make.Noon.AddDays(9) })
        {
            for (var hasMore = true; hasMore;)
            {
                var page = (await Feed.ReadAsync(until))!;
                read += page.Entries.Length;
                Assert.True(page.Approved.IsEmpty || read == steps.Length + 1);
                Assert.All(page.Approved, one => Assert.True(one.Conversion.Attribution!.LocksAt <= until));
                Assert.All(approved, one => Assert.True(page.From.Approved.Includes(one.Conversion.Attribution!.LocksAt, one.Number)));
                approved.AddRange(page.Approved);
                await Feed.AppendAsync(page.From, page.Next, [], Make.Noon);
                hasMore = page.HasMore;
            }
        }

        Assert.Equal(steps.Where(step => step != steps[4]).Select(step => step.After.Id), approved.Select(one => one.Conversion.Id));
    }

    [Fact]
    public async Task Subscriptions_are_those_of_the_program_and_the_partner()
    {
        var link = Make.Link("code");
        var brand = await AddAsync(link.ProgramId, WebhookEvents.ConversionCreated);
        var partner = await AddAsync(link.PartnerId, WebhookEvents.ConversionApproved);
        await AddAsync(Make.Id(EntityId.Program));
        await Feed.RemoveAsync(await AddAsync(link.PartnerId));
        await WriteAsync(Paid(link));

        var page = (await Feed.ReadAsync(Make.Noon))!;

        WebhookSubscription[] expected = [new(brand, link.ProgramId, WebhookEvents.ConversionCreated, true), new(partner, link.PartnerId, WebhookEvents.ConversionApproved, true)];
        Assert.Equal(expected, page.Subscriptions.OrderBy(one => one.Id));
    }

    [Fact]
    public async Task An_owner_has_so_many_webhooks_and_no_more_and_a_repeat_is_none()
    {
        var (feed, owner) = (Feed, Make.Id(EntityId.Partner));
        var subscription = new WebhookSubscription(Make.Id(EntityId.Webhook), owner, All, true);

        var added = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() =>
            feed.AddAsync(subscription with { Id = Make.Id(EntityId.Webhook) }, Most, Make.Noon))));

        Assert.Equal(Most, added.Count(isThere => isThere));
        var others = subscription with { OwnerId = Make.Id(EntityId.Partner) };
        Assert.True(await feed.AddAsync(others, 1, Make.Noon));
        Assert.True(await feed.AddAsync(others, 1, Make.Noon));
        await feed.RemoveAsync(others.Id);
        Assert.True(await feed.AddAsync(others with { Id = Make.Id(EntityId.Webhook) }, 1, Make.Noon));
    }

    [Fact]
    public async Task Clicks_are_folded_by_task_once()
    {
        var (one, other) = (Make.Link("one"), Make.Link("other"));
        await AddAsync(one.ProgramId);
        var ledger = Host.Get<ILedgerStore>();
        var visitor = Guid.NewGuid();
        await ledger.RecordAsync(ClickBatch.Of([Make.Click(one, visitor: visitor), Make.Click(one, visitor: visitor), Make.Click(other)]));

        var first = (await Feed.ReadClicksAsync(Long, Make.Noon));
        Assert.Null(first); // the minute is not over
        first = await Feed.ReadClicksAsync(Make.Noon, Make.Noon.AddMinutes(1));
        Assert.True(await Feed.AppendAsync(first!.From, first.Next, [], Make.Noon));
        await ledger.RecordAsync(ClickBatch.Of([Make.Click(one) with { IsBot = true, Class = ClickClass.OutsideTerms }]));
        Assert.Null(await Feed.ReadClicksAsync(Make.Noon, Make.Noon.AddMinutes(1)));
        var second = await Feed.ReadClicksAsync(Make.Noon.AddMinutes(1), Make.Noon.AddMinutes(2));

        var expected = new[] { (one.TaskId, 2L, 1L), (other.TaskId, 1L, 1L) }.Order();
        Assert.Equal(expected, first.Tasks.Select(task => (task.TaskId, task.Clicks, task.Unique)).Order());
        var next = Assert.Single(second!.Tasks);
        Assert.Equal((one.TaskId, one.PartnerId, 1, 1, 1, 1), (next.TaskId, next.PartnerId, (int)next.Clicks, (int)next.Unique, (int)next.Bot, (int)next.OutsideTerms));
        Assert.Equal((3, 2), (next.Totals.Clicks, next.Totals.Version));
    }

    [Fact]
    public async Task A_delivery_comes_once_however_often_it_is_made_and_the_feed_moves_with_it()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var position = (await Feed.ReadAsync(Make.Noon))!.From;
        var delivery = New(webhook, Guid.NewGuid());

        Assert.True(await Feed.AppendAsync(position, position with { Turn = position.Turn + 1 }, [delivery], Make.Noon));
        Assert.False(await Feed.AppendAsync(position, position with { Turn = position.Turn + 1 }, [New(webhook, Guid.NewGuid())], Make.Noon));
        await AppendAsync(delivery, New(Make.Id(EntityId.Webhook), Guid.NewGuid()));

        var due = Assert.Single(await Deliveries.ListDueAsync(webhook, Make.Noon, 10));
        Assert.Equal((delivery.EventId, delivery.Body, 0), (due.EventId, due.Body, due.Attempts));
        Assert.Equal([webhook], await Feed.ListToWakeAsync(Make.Noon, 10));
    }

    [Fact]
    public async Task Of_a_subject_one_event_after_the_other_is_due_and_others_do_not_wait_for_it()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var (subject, other) = (Guid.NewGuid(), Guid.NewGuid());
        NewDelivery[] made = [New(webhook, subject), New(webhook, subject), New(webhook, other), New(webhook, subject)];
        await AppendAsync(made[0], made[1], made[2]);
        await AppendAsync(made[3]);

        Assert.Equal([made[0].EventId, made[2].EventId], await DueAsync(webhook));
        await TryAsync(webhook, made[0], DeliveryState.Pending, Make.Noon.AddMinutes(5));
        Assert.Equal([made[2].EventId], await DueAsync(webhook));
        await TryAsync(webhook, made[2], DeliveryState.Delivered);
        Assert.Empty(await DueAsync(webhook));
        await Deliveries.SleepAsync(webhook, Make.Noon);
        Assert.Empty(await Feed.ListToWakeAsync(Make.Noon.AddMinutes(4), 10));
        Assert.Equal([webhook], await Feed.ListToWakeAsync(Make.Noon.AddMinutes(5), 10));

        Assert.Equal([made[0].EventId], await DueAsync(webhook, Make.Noon.AddMinutes(5)));
        await TryAsync(webhook, made[0], DeliveryState.Delivered);
        Assert.Equal([made[1].EventId], await DueAsync(webhook));
        await TryAsync(webhook, made[1], DeliveryState.Failed);
        Assert.Equal([made[3].EventId], await DueAsync(webhook));
        await TryAsync(webhook, made[3], DeliveryState.Delivered);
        await Deliveries.SleepAsync(webhook, Make.Noon);
        Assert.Empty(await Feed.ListToWakeAsync(DateTimeOffset.MaxValue, 10));
    }

    [Fact]
    public async Task No_event_is_left_lying_when_some_are_added_while_others_are_delivered()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var (feed, deliveries) = (Feed, Deliveries);
        Guid[] subjects = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        var made = Enumerable.Range(0, 120).Select(i => New(webhook, subjects[i % 3])).ToArray();

        var adding = Task.Run(AddAllAsync, TestContext.Current.CancellationToken);
        var delivered = new List<Guid>();
        for (var isLast = false; !isLast;)
        {
            isLast = adding.IsCompleted;
            var due = await deliveries.ListDueAsync(webhook, Make.Noon, 10);
            Assert.InRange(due.Length, 0, subjects.Length);
            await Task.WhenAll(due.Select(one => Task.Run(() => deliveries.CompleteAsync(new TriedDelivery(webhook, one.Number, Make.Noon, DeliveryState.Delivered, 200, null, Make.Noon)))));
            delivered.AddRange(due.Select(one => one.EventId));
            isLast &= due.IsEmpty;
        }

        await adding;
        foreach (var subject in subjects)
        {
            var expected = made.Where(one => one.Subject == subject).Select(one => one.EventId).ToArray();
            Assert.Equal(expected, delivered.Where(expected.Contains));
        }

        async Task AddAllAsync()
        {
            foreach (var delivery in made)
                await AppendAsync(delivery);
        }
    }

    [Fact]
    public async Task How_it_fares_is_kept_and_one_that_only_fails_is_not_woken_by_what_is_new()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var delivery = New(webhook, Guid.NewGuid());
        await AppendAsync(delivery);
        for (var i = 1; i <= IWebhookDeliveryStore.FailuresToSlowDown; i++)
            Assert.Equal(new WebhookStanding(i, Make.Noon), await TryAsync(webhook, delivery, DeliveryState.Pending, Make.Noon));

        await Deliveries.SleepAsync(webhook, Make.Noon.AddHours(1));
        Assert.Equal(new WebhookHealth(null, Make.Noon, 500, "It answered 500.", Make.Noon.AddHours(1)), await Deliveries.ReadHealthAsync(webhook));
        await AppendAsync(New(webhook, Guid.NewGuid()));
        Assert.Empty(await Feed.ListToWakeAsync(Make.Noon.AddMinutes(59), 10));

        Assert.Equal(new WebhookStanding(0, null), await TryAsync(webhook, delivery, DeliveryState.Delivered));
        Assert.Equal(new WebhookHealth(Make.Noon, null, 200, null), await Deliveries.ReadHealthAsync(webhook));
    }

    [Fact]
    public async Task What_is_disabled_is_not_woken_keeps_its_events_and_goes_on_at_once()
    {
        var program = Make.Id(EntityId.Program);
        var webhook = await AddAsync(program);
        var subscription = new WebhookSubscription(webhook, program, All, false);
        await Feed.ChangeAsync(subscription, Make.Noon);
        var delivery = New(webhook, Guid.NewGuid());
        await AppendAsync(delivery);
        Assert.Empty(await Feed.ListToWakeAsync(DateTimeOffset.MaxValue, 10));
        await TryAsync(webhook, delivery, DeliveryState.Pending, Make.Noon.AddHours(12));

        await Feed.ChangeAsync(subscription with { Enabled = true }, Make.Noon);

        Assert.Equal([webhook], await Feed.ListToWakeAsync(Make.Noon, 10));
        Assert.Equal([delivery.EventId], await DueAsync(webhook));
        Assert.Equal(new WebhookStanding(0, null), await Deliveries.ReadStandingAsync(webhook));
    }

    [Fact]
    public async Task Deliveries_are_listed_newest_first_by_how_they_stand()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var made = Enumerable.Range(0, 12).Select(_ => New(webhook, Guid.NewGuid())).ToArray();
        await AppendAsync([.. made]);
        for (var i = 0; i < made.Length; i += 3)
            await TryAsync(webhook, made[i], DeliveryState.Delivered);

        await TryAsync(webhook, made[1], DeliveryState.Failed);

        Assert.Equal(made.Select(one => one.EventId).Reverse(), await ListedAsync(null));
        Assert.Equal([made[9].EventId, made[6].EventId, made[3].EventId, made[0].EventId], await ListedAsync(DeliveryState.Delivered));
        Assert.Equal([made[1].EventId], await ListedAsync(DeliveryState.Failed));
        Assert.Equal(7, (await ListedAsync(DeliveryState.Pending)).Count);
        var failed = Assert.Single((await Deliveries.ListAsync(webhook, DeliveryState.Failed, null, 5)).Items);
        Assert.Equal((1, 500, "It answered 500.", Make.Noon), (failed.Attempts, failed.LastStatus, failed.LastError, failed.LastAttemptAt));
        Assert.Equal(("conversion.created", EntityId.From(EntityId.Conversion, made[1].Subject), null), (failed.Event, failed.Subject, failed.NextAttemptAt));

        async Task<List<Guid>> ListedAsync(DeliveryState? state)
        {
            var ids = new List<Guid>();
            long? before = null;
            do
            {
                var page = await Deliveries.ListAsync(webhook, state, before, 3);
                ids.AddRange(page.Items.Select(one => EntityId.Parse(one.EventId, EntityId.WebhookEvent)));
                before = page.Next;
            }
            while (before is not null);

            return ids;
        }
    }

    [Fact]
    public async Task What_is_replayed_is_due_again_before_what_comes_after_it()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var subject = Guid.NewGuid();
        NewDelivery[] made = [New(webhook, subject), New(webhook, subject)];
        await AppendAsync([.. made]);
        await TryAsync(webhook, made[0], DeliveryState.Delivered);
        Assert.Equal([made[1].EventId], await DueAsync(webhook));

        var replayed = await Deliveries.ReplayAsync(webhook, made[0].EventId, Make.Noon);

        Assert.Equal((DeliveryState.Pending, 0, Make.Noon), (replayed!.State, replayed.Attempts, replayed.NextAttemptAt));
        Assert.Equal([made[0].EventId], await DueAsync(webhook));
        await TryAsync(webhook, made[0], DeliveryState.Delivered);
        Assert.Equal([made[1].EventId], await DueAsync(webhook));
        Assert.Null(await Deliveries.ReplayAsync(webhook, Guid.NewGuid(), Make.Noon));
        Assert.Null(await Deliveries.ReplayAsync(await AddAsync(Make.Id(EntityId.Program)), made[0].EventId, Make.Noon));
    }

    [Fact]
    public async Task A_range_is_replayed_piece_by_piece_though_all_happened_at_once()
    {
        var webhook = await AddAsync(Make.Id(EntityId.Program));
        var made = Enumerable.Range(0, WebhookRows.Piece + 200).Select(i => New(webhook, Guid.NewGuid())).ToArray();
        var late = New(webhook, Guid.NewGuid()) with { CreatedAt = Make.Noon.AddHours(2) };
        await AppendAsync([.. made, late]);
        var due = await Deliveries.ListDueAsync(webhook, Make.Noon, 5000);
        foreach (var one in due)
            await Deliveries.CompleteAsync(new TriedDelivery(webhook, one.Number, Make.Noon, DeliveryState.Delivered, 200, null, Make.Noon));

        Assert.Empty(await DueAsync(webhook));
        var first = await Deliveries.ReplayAsync(webhook, new ReplayPlace(Make.Noon, 0), Make.Noon.AddHours(1), Make.Noon);
        var second = await Deliveries.ReplayAsync(webhook, first.Next!.Value, Make.Noon.AddHours(1), Make.Noon);

        Assert.Equal((WebhookRows.Piece, 200, null), (first.Replayed, second.Replayed, second.Next));
        Assert.Equal(made.Select(one => one.EventId).Order(), (await DueAsync(webhook, limit: 5000)).Order());
    }

    [Fact]
    public async Task What_is_old_or_of_a_webhook_that_is_gone_is_forgotten_bit_by_bit()
    {
        var (kept, removed) = (await AddAsync(Make.Id(EntityId.Program)), await AddAsync(Make.Id(EntityId.Program)));
        var subject = Guid.NewGuid();
        NewDelivery[] made = [New(kept, subject), New(kept, subject)];
        await AppendAsync(made[0]);
        await AppendAsync([.. Enumerable.Range(0, WebhookRows.Piece + 5).Select(_ => New(removed, Guid.NewGuid()))]);
        var position = (await Feed.ReadAsync(Make.Noon))!.From;
        await Feed.AppendAsync(position, position with { Turn = position.Turn + 1 }, [made[1]], Make.Noon.AddDays(1));
        await Feed.RemoveAsync(removed);

        Assert.True(await Deliveries.ForgetAsync(Make.Noon));
        Assert.False(await Deliveries.ForgetAsync(Make.Noon));
        Assert.Empty((await Deliveries.ListAsync(removed, null, null, 10)).Items);
        Assert.Equal([made[0].EventId], await DueAsync(kept));
        Assert.False(await Deliveries.ForgetAsync(Make.Noon.AddHours(1)));

        Assert.Equal([made[1].EventId], await DueAsync(kept, Make.Noon.AddDays(1)));
    }

    private static NewDelivery New(string webhook, Guid subject) => new(
        webhook, Guid.NewGuid(), WebhookEvents.ConversionCreated, subject, Make.Noon, $$"""{ "页": "{{Guid.NewGuid()}}" }""");

    private static ConversionStep Waiting()
    {
        var conversion = new Conversion(
            Guid.NewGuid(), 1, Make.Id(EntityId.Program), "sale", $"order {Guid.NewGuid():N}", Guid.NewGuid(), ConversionState.WaitingForClick, null, ClickClass.InTerms,
            25m, 0m, "EUR", Make.Noon, Make.Noon, Guid.NewGuid(), null);
        return new ConversionStep(conversion, new ConversionEntry(1, ConversionEntryKind.Reported, Make.Noon, null, 0, 0m, 0m));
    }

    private static Conversion Attributed(Conversion conversion, Link link, DateTimeOffset? locksAt = null) => conversion with
    {
        ProgramId = link.ProgramId,
        State = ConversionState.Pending,
        Attribution = new Attribution(link.Code, link.TaskId, link.CampaignId, link.PartnerId, Make.Noon, locksAt ?? Make.Noon.AddDays(14), 1, "DE", DeviceClass.Tablet, ReportingValues.None),
    };

    private static ConversionStep Paid(Link link, decimal amount = 10m, DateTimeOffset? locksAt = null)
    {
        var waiting = Waiting();
        return new ConversionStep(Attributed(waiting.After with { Amount = amount }, link, locksAt), waiting.Entry with { Conversions = 1, Amount = amount });
    }

    private static ConversionStep Next(ConversionStep before, Conversion after, ConversionEntryKind kind, int conversions, decimal amount)
    {
        var sequence = before.Entry.Sequence + 1;
        return new ConversionStep(after with { Sequence = sequence }, new ConversionEntry(sequence, kind, Make.Noon, null, conversions, amount, 0m));
    }

    private async Task<string> AddAsync(string ownerId, WebhookEvents events = All)
    {
        var id = Make.Id(EntityId.Webhook);
        Assert.True(await Feed.AddAsync(new WebhookSubscription(id, ownerId, events, true), Most, Make.Noon));
        return id;
    }

    private async Task WriteAsync(ConversionStep step) => Assert.Equal(step, (await Conversions.WriteAsync(step, null, null)).Step);

    private async Task AppendAsync(params NewDelivery[] deliveries)
    {
        var position = (await Feed.ReadAsync(Make.Noon))!.From;
        Assert.True(await Feed.AppendAsync(position, position with { Turn = position.Turn + 1 }, [.. deliveries], Make.Noon));
    }

    private async Task<ImmutableArray<Guid>> DueAsync(string webhook, DateTimeOffset? now = null, int limit = 10) =>
        [.. (await Deliveries.ListDueAsync(webhook, now ?? Make.Noon, limit)).Select(one => one.EventId)];

    private async Task<WebhookStanding> TryAsync(string webhook, NewDelivery delivery, DeliveryState state, DateTimeOffset? next = null)
    {
        var due = (await Deliveries.ListDueAsync(webhook, DateTimeOffset.MaxValue, 100)).Single(one => one.EventId == delivery.EventId);
        var (status, error) = state == DeliveryState.Delivered ? (200, (string?)null) : (500, "It answered 500.");
        return await Deliveries.CompleteAsync(new TriedDelivery(webhook, due.Number, Make.Noon, state, status, error, next ?? Make.Noon));
    }
}

public sealed class SqliteWebhookStoreTests() : WebhookStoreTests(new SqliteHost());

public sealed class PostgresWebhookStoreTests() : WebhookStoreTests(new PostgresHost());
