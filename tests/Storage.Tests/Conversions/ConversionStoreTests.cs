using System.Collections.Immutable;
using CsCheck;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Conversions;

public abstract class ConversionStoreTests(StorageHost host) : StoreTests(host)
{
    private IConversionStore Store => Host.Get<IConversionStore>();

    private ILedgerStore Ledger => Host.Get<ILedgerStore>();

    [Fact]
    public async Task A_conversion_is_found_as_it_was_written_with_its_entries()
    {
        var first = Paid(Make.Link("code"), 49.90m, 5.5m);
        await WriteAsync(first);
        var second = Next(first, first.After with { Amount = 40.0001m, Payout = 4m, Reason = "页" }, ConversionEntryKind.Adjusted, 0, "returned");
        await WriteAsync(second);
        var waiting = Waiting(Guid.CreateVersion7());
        await WriteAsync(waiting);

        AssertEqual(new ConversionDetails(second.After, [first.Entry, second.Entry]), await Store.FindAsync(first.After.Id));
        AssertEqual(new ConversionDetails(waiting.After, [waiting.Entry]), await Store.FindAsync(waiting.After.Id));
        Assert.Null(await Store.FindAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_step_counts_once_and_moves_link_task_campaign_and_partners_share()
    {
        var link = Make.Link("code");
        await Ledger.RecordAsync(ClickBatch.Of([Make.Click(link)]));
        var step = Paid(link, 100m, 7.25m);

        var written = await Store.WriteAsync(step, null, null);
        Assert.Null((await Store.WriteAsync(step, null, null)).Step);

        Assert.Equal(step, written.Step);
        var totals = written.Task!.Value.Totals;
        Assert.Equal((1, 1, 100m, 7.25m), (totals.Clicks, totals.Conversions, totals.Revenue, totals.Payout));
        foreach (var scope in ScopesOf(link))
        {
            var counted = await Ledger.ReadCountersAsync(scope);
            Assert.Equal((1, 1, 100m, 7.25m, 2), (counted.Clicks, counted.Conversions, counted.Revenue, counted.Payout, counted.Version));
        }

        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Of_many_who_write_the_same_step_at_once_one_does()
    {
        var step = Paid(Make.Link("code"), 10m, 1m);
        var store = Store;

        var written = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => store.WriteAsync(step, null, null))));

        Assert.Single(written, outcome => outcome.Step is not null);
        Assert.Equal(1, (await Ledger.ReadCountersAsync(CounterScopes.OfTask(step.After.Attribution!.TaskId))).Conversions);
        await AssertAuditFindsNothingAsync();
    }

    [Theory]
    [InlineData(20, null)]
    [InlineData(null, 50)] // of 2.50 each
    [InlineData(20, 50)]
    public async Task A_cap_is_exact_however_many_report_at_once(int? conversions, int? payout)
    {
        var cap = new PayoutCap(conversions, payout is { } money ? new Money(money, "EUR") : null);
        var campaign = Make.Link("code");
        Link[] links = [.. Enumerable.Range(0, 8).Select(i => Make.Link($"code{i}") with { CampaignId = campaign.CampaignId, ProgramId = campaign.ProgramId })];

        var store = Store;

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(async () =>
        {
            var within = Paid(links[i % links.Length], 10m, 2.5m);
            await store.WriteAsync(within, Unpaid(within), cap);
        })));

        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfCampaign(campaign.CampaignId));
        Assert.Equal((60, 600m, 50m), (totals.Conversions, totals.Revenue, totals.Payout));
        var page = await Store.ListAsync(campaign.CampaignId, null, null, 100);
        Assert.Equal(20, page.Items.Count(conversion => conversion.Class == ClickClass.InTerms));
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task What_is_reversed_makes_room_below_a_cap()
    {
        var cap = new PayoutCap(Conversions: 1);
        var link = Make.Link("code");
        var first = Paid(link, 10m, 1m);
        await Store.WriteAsync(first, Unpaid(first), cap);
        var refused = Paid(link, 10m, 1m);
        Assert.Equal(ClickClass.OutsideTerms, (await Store.WriteAsync(refused, Unpaid(refused), cap)).Step!.After.Class);

        await WriteAsync(Reversed(first));

        var next = Paid(link, 10m, 1m);
        Assert.Equal(ClickClass.InTerms, (await Store.WriteAsync(next, Unpaid(next), cap)).Step!.After.Class);
    }

    [Fact]
    public async Task Who_records_a_click_is_told_of_the_conversions_that_wait_for_it()
    {
        var link = Make.Link("code");
        Click[] clicks = [.. Enumerable.Range(0, 20).Select(i => Make.Click(link, Make.Noon.AddSeconds(i)))];
        var awaited = Waiting(clicks[7].Id);
        await WriteAsync(awaited);
        await WriteAsync(Waiting(Guid.CreateVersion7(Make.Noon.AddSeconds(3))));
        await WriteAsync(Waiting(Guid.NewGuid()));

        Assert.Equal([awaited.After.Id], (await Ledger.RecordAsync(ClickBatch.Of([.. clicks]))).Awaited);
        await WriteAsync(Next(awaited, Attributed(awaited.After, link, 5m), ConversionEntryKind.Attributed, 1));
        Assert.Empty((await Ledger.RecordAsync(ClickBatch.Of([Make.Click(link, Make.Noon.AddSeconds(8))]))).Awaited);

        Assert.Equal(1, (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).Conversions);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Lists_are_paged_newest_first_and_by_whose_they_are()
    {
        var link = Make.Link("code");
        var other = Make.Link("other") with { CampaignId = link.CampaignId, ProgramId = link.ProgramId };
        var steps = Enumerable.Range(0, 10).Select(i => Paid(i % 2 == 0 ? link : other, i, 0m)).ToArray();
        foreach (var step in steps)
            await WriteAsync(step);

        var waiting = Waiting(Guid.CreateVersion7()) is var one ? one with { After = one.After with { ProgramId = link.ProgramId } } : null!;
        await WriteAsync(waiting);

        Assert.Equal([9m, 8, 7, 6, 5, 4, 3, 2, 1, 0], await AmountsAsync(before => Store.ListAsync(link.CampaignId, null, before, 3)));
        Assert.Equal([8m, 6, 4, 2, 0], await AmountsAsync(before => Store.ListAsync(link.CampaignId, link.PartnerId, before, 5)));
        Assert.Equal([waiting.After.Id], (await Store.ListUnmatchedAsync(link.ProgramId, null, 5)).Items.Select(conversion => conversion.Id));
        Assert.Contains(waiting.After.Id, (await Store.ListWaitingAsync(null, 5)).Ids);

        static async Task<List<decimal>> AmountsAsync(Func<long?, Task<ConversionPage>> read)
        {
            var amounts = new List<decimal>();
            long? before = null;
            do
            {
                var page = await read(before);
                amounts.AddRange(page.Items.Select(conversion => conversion.Amount));
                before = page.Next;
            }
            while (before is not null);

            return amounts;
        }
    }

    [Fact]
    public async Task Totals_equal_details_whatever_happens_to_orders()
    {
        // What is done to six orders in any order, and again: reported, adjusted, reversed, with a cap on the campaign's money.
        var action = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Int[0, 100]);
        var cap = new PayoutCap(Payout: new Money(12m, "EUR"));
        await action.Array[1, 40].SampleAsync(
            async history =>
            {
                // Links of its own let each history share the database with those before it.
                var links = new[] { Make.Link($"one{Guid.NewGuid():N}"), Make.Link($"two{Guid.NewGuid():N}") };
                links[1] = links[1] with { CampaignId = links[0].CampaignId, ProgramId = links[0].ProgramId };
                var orders = new Dictionary<int, ConversionStep>();
                foreach (var (order, what, amount) in history)
                {
                    var known = orders.GetValueOrDefault(order);
                    if (known?.After.State == ConversionState.Reversed)
                        continue;

                    var paid = Paid(links[order % 2], amount, amount / 10m);
                    var step = (known, what) switch
                    {
                        (null, _) => paid with { After = paid.After with { OccurredAt = Make.Noon.AddHours(order * 5) } },
                        (_, 0) => Reversed(known),
                        _ => Next(known, known.After with { Amount = amount, Payout = known.After.Class == ClickClass.InTerms ? amount / 20m : 0m }, ConversionEntryKind.Adjusted, 0),
                    };
                    var written = await Store.WriteAsync(step, known is null ? Unpaid(step) : null, known is null ? cap : null);
                    Assert.Null((await Store.WriteAsync(step, null, null)).Step);
                    orders[order] = written.Step!;
                }

                var totals = await Ledger.ReadCountersAsync(CounterScopes.OfCampaign(links[0].CampaignId));
                var live = orders.Values.Where(step => step.After.State != ConversionState.Reversed).ToArray();
                Assert.Equal(
                    (live.Length, live.Sum(step => step.After.Amount), live.Sum(step => step.After.Payout)),
                    (totals.Conversions, totals.Revenue, totals.Payout));
            },
            iter: 50,
            threads: 1);

        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task The_audit_finds_money_that_was_made_up()
    {
        var link = Make.Link("code");
        await WriteAsync(Paid(link, 10m, 1m));
        await AssertAuditFindsNothingAsync();

        await TamperAsync("UPDATE counters SET payout = payout + 5000");

        var audit = await Ledger.AuditAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(20_000, audit.Drift);
        Assert.Contains(audit.Findings, finding => finding.Contains("15000 ten-thousandths of payout counted, 10000 kept", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE conversions SET payout = payout + 5000", "15000 ten-thousandths of payout counted, 10000 kept")]
    [InlineData("UPDATE conversions SET state = 3", "0 conversions counted, 1 kept")]
    [InlineData("UPDATE conversion_entries SET revenue = 0", "100000 ten-thousandths of revenue counted, 0 kept")]
    public async Task The_audit_finds_a_conversion_that_is_not_the_sum_of_its_entries(string damage, string finding)
    {
        await WriteAsync(Paid(Make.Link("code"), 10m, 1m));
        await AssertAuditFindsNothingAsync();

        await TamperAsync(damage);

        for (var i = 0; i < 2; i++)
        {
            var audit = await Ledger.AuditAsync(TimeSpan.FromSeconds(1));
            Assert.NotEqual(0, audit.Drift);
            Assert.Contains(audit.Findings, text => text.StartsWith("conversion cnv_", StringComparison.Ordinal) && text.Contains(finding, StringComparison.Ordinal));
        }
    }

    /// <summary>Changes the database behind the program's back.</summary>
    protected abstract Task TamperAsync(string sql);

    private static string[] ScopesOf(Link link) =>
    [
        CounterScopes.OfLink(link.Code), CounterScopes.OfTask(link.TaskId), CounterScopes.OfCampaign(link.CampaignId),
        CounterScopes.OfPartnerIn(link.CampaignId, link.PartnerId),
    ];

    private static ConversionStep Waiting(Guid clickId)
    {
        var conversion = new Conversion(
            Guid.NewGuid(), 1, Make.Id(EntityId.Program), "sale", $"order {Guid.NewGuid():N}", clickId, ConversionState.WaitingForClick, null, ClickClass.InTerms,
            25m, 0m, "EUR", Make.Noon.AddMinutes(5), Make.Noon.AddMinutes(6), Guid.NewGuid(), null);
        return new ConversionStep(conversion, new ConversionEntry(1, ConversionEntryKind.Reported, conversion.ReportedAt, null, 0, 0m, 0m));
    }

    private static Conversion Attributed(Conversion conversion, Link link, decimal payout) => conversion with
    {
        ProgramId = link.ProgramId,
        State = ConversionState.Pending,
        Payout = payout,
        Attribution = new Attribution(link.Code, link.TaskId, link.CampaignId, link.PartnerId, Make.Noon, Make.Noon.AddDays(14), 3, "DE", DeviceClass.Tablet, new ReportingValues("一", "2", null, "shared", "p")),
    };

    private static ConversionStep Paid(Link link, decimal amount, decimal payout)
    {
        var after = Attributed(Waiting(Guid.CreateVersion7()).After with { Amount = amount }, link, payout);
        return new ConversionStep(after, new ConversionEntry(1, ConversionEntryKind.Reported, after.ReportedAt, null, 1, amount, payout));
    }

    private static ConversionStep Unpaid(ConversionStep step) => new(
        step.After with { Class = ClickClass.OutsideTerms, Reason = "cap_reached", Payout = 0m }, step.Entry with { Payout = 0m });

    private static ConversionStep Reversed(ConversionStep step) => new(
        step.After with { State = ConversionState.Reversed, Payout = 0m, Sequence = step.After.Sequence + 1 },
        new ConversionEntry(step.After.Sequence + 1, ConversionEntryKind.Reversed, Make.Noon.AddHours(1), "sent back", -1, -step.After.Amount, -step.After.Payout));

    private static ConversionStep Next(ConversionStep before, Conversion after, ConversionEntryKind kind, int conversions, string? reason = null)
    {
        var sequence = before.After.Sequence + 1;
        var (amount, payout) = before.After.Attribution is null
            ? (after.Amount, after.Payout)
            : (after.Amount - before.After.Amount, after.Payout - before.After.Payout);
        return new ConversionStep(after with { Sequence = sequence }, new ConversionEntry(sequence, kind, Make.Noon.AddHours(1), reason, conversions, amount, payout));
    }

    private static void AssertEqual(ConversionDetails expected, ConversionDetails? actual)
    {
        Assert.Equal(expected.Conversion, actual!.Conversion);
        Assert.Equal(expected.Entries, actual.Entries);
    }

    private async Task WriteAsync(ConversionStep step) => Assert.Equal(step, (await Store.WriteAsync(step, null, null)).Step);

    private async Task AssertAuditFindsNothingAsync()
    {
        var audit = await Ledger.AuditAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(audit.Findings);
        Assert.Equal(0, audit.Drift);
    }
}
