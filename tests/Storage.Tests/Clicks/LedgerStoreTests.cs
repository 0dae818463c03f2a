using System.Collections.Immutable;
using CsCheck;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Clicks;

public abstract class LedgerStoreTests(StorageHost host) : StoreTests(host)
{
    protected ILedgerStore Ledger => Host.Get<ILedgerStore>();

    [Fact]
    public async Task A_click_is_found_as_it_was_recorded()
    {
        var click = Make.Click(Make.Link("code")) with
        {
            LinkCode = null, Class = ClickClass.OutsideTerms, OutsideTermsReason = "campaign_paused", IsBot = true, Referrer = null, UserAgent = "",
        };

        Assert.Equal(1, await Ledger.RecordAsync([click]));

        Assert.Equal(new ClickRecord(click, IsUnique: true), await Ledger.FindClickAsync(click.Id));
        Assert.Null(await Ledger.FindClickAsync(Guid.CreateVersion7()));
    }

    [Fact]
    public async Task A_batch_that_is_sent_twice_counts_once()
    {
        var link = Make.Link("code");
        ImmutableArray<Click> batch = [.. Enumerable.Range(0, 300).Select(_ => Make.Click(link))];

        Assert.Equal(300, await Ledger.RecordAsync(batch));
        Host.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(0, await Ledger.RecordAsync(batch));

        var expected = new CounterTotals(300, 300, 0, 0, 1, Make.Noon);
        string[] scopes =
        [
            CounterScopes.OfLink("code"), CounterScopes.OfTask(link.TaskId), CounterScopes.OfCampaign(link.CampaignId),
            CounterScopes.OfPartnerIn(link.CampaignId, link.PartnerId),
        ];
        foreach (var scope in scopes)
            Assert.Equal(expected, await Ledger.ReadCountersAsync(scope));
    }

    [Fact]
    public async Task Counters_that_never_moved_are_zero() =>
        Assert.Equal(CounterTotals.Zero, await Ledger.ReadCountersAsync(CounterScopes.OfLink("never")));

    [Fact]
    public async Task A_batch_moves_the_version_of_its_counters_once()
    {
        var link = Make.Link("code");
        await Ledger.RecordAsync([Make.Click(link), Make.Click(link)]);
        Host.Clock.Now += TimeSpan.FromSeconds(1);
        await Ledger.RecordAsync([Make.Click(link)]);

        Assert.Equal(
            new CounterTotals(3, 3, 0, 0, 2, Host.Clock.Now),
            await Ledger.ReadCountersAsync(CounterScopes.OfTask(link.TaskId)));
    }

    [Theory]
    [InlineData(0, 30, 1)] // at the end of the window
    [InlineData(0, 31, 2)]
    [InlineData(0, 20, 40, 1)] // the window rolls on with every click
    [InlineData(20, 0, 45, 1)] // a late click does not turn it back
    public async Task A_visitor_is_unique_again_after_30_quiet_minutes(params int[] minutesThenUnique)
    {
        var link = Make.Link("code");
        var visitor = Guid.NewGuid();
        Host.Clock.Now = Make.Noon.AddHours(1);
        foreach (var minute in minutesThenUnique[..^1])
            await Ledger.RecordAsync([Make.Click(link, Make.Noon.AddMinutes(minute), visitor)]);

        Assert.Equal(minutesThenUnique[^1], (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).UniqueClicks);
    }

    [Fact]
    public async Task A_visitor_is_unique_on_each_link()
    {
        var visitor = Guid.NewGuid();
        var one = Make.Link("one");
        var two = Make.Link("two", one.TaskId);
        await Ledger.RecordAsync([Make.Click(one, visitor: visitor), Make.Click(two, visitor: visitor), Make.Click(two, visitor: visitor)]);

        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfTask(one.TaskId));
        Assert.Equal((3, 2), (totals.Clicks, totals.UniqueClicks));
    }

    [Fact]
    public async Task A_tasks_clicks_are_paged_newest_first()
    {
        var link = Make.Link("code");
        var clicks = Enumerable.Range(0, 25).Select(i => Make.Click(link, Make.Noon.AddSeconds(i))).ToArray();
        await Ledger.RecordAsync([.. clicks.Reverse(), Make.Click(Make.Link("other"))]);

        var seen = new List<Guid>();
        ImmutableArray<ClickRecord> page;
        do
        {
            page = await Ledger.ListClicksAsync(link.TaskId, seen.Count == 0 ? null : seen[^1], 10);
            seen.AddRange(page.Select(record => record.Click.Id));
        }
        while (page.Length == 10);

        Assert.Equal(clicks.Select(click => click.Id).Reverse(), seen);
    }

    [Fact]
    public async Task Totals_equal_details_whatever_is_sent_and_however_often()
    {
        // A history is a pool of clicks over 90 minutes, and batches of indexes into it.
        var click = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 90 * 60], Gen.Bool, Gen.Bool);
        var history = Gen.Select(click.Array[1, 30], Gen.Int[0, 29].Array[0, 12].Array[1, 8]);
        Host.Clock.Now = Make.Noon.AddMinutes(90);

        await history.SampleAsync(
            async (pool, batches) =>
            {
                // Links, tasks and visitors of its own let each history share the database with those before it.
                string[] campaigns = [Make.Id(EntityId.Campaign), Make.Id(EntityId.Campaign)];
                var links = Enumerable.Range(0, 4).Select(i => Make.Link($"{campaigns[i / 2]}-{i}") with { CampaignId = campaigns[i / 2] }).ToArray();
                var clicks = pool.Select(((int Link, int Visitor, int Second, bool IsBot, bool IsOutside) c) =>
                    Make.Click(links[c.Link], Make.Noon.AddSeconds(c.Second), new Guid(c.Visitor, 0, 0, new byte[8])) with
                    {
                        LinkCode = c.Link == 3 ? null : links[c.Link].Code, // one link is put together by hand
                        IsBot = c.IsBot,
                        Class = c.IsOutside ? ClickClass.OutsideTerms : ClickClass.InTerms,
                    }).ToArray();
                var reference = new ReferenceLedger();
                foreach (var batch in batches)
                {
                    ImmutableArray<Click> sent = [.. batch.Where(i => i < clicks.Length).Select(i => clicks[i])];
                    Assert.Equal(reference.Record(sent), await Ledger.RecordAsync(sent));
                }

                foreach (var (scope, totals) in reference.Totals)
                    Assert.Equal(totals, await Ledger.ReadCountersAsync(scope) with { Version = 0, ChangedAt = null });

                foreach (var (id, isUnique) in reference.Unique)
                    Assert.Equal(isUnique, (await Ledger.FindClickAsync(id))?.IsUnique);
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public async Task The_ledger_is_there_after_reopening()
    {
        var link = Make.Link("code");
        var visitor = Guid.NewGuid();
        var first = Make.Click(link, visitor: visitor);
        await Ledger.RecordAsync([first]);
        await Host.CloseAsync();

        Assert.Equal(0, await Ledger.RecordAsync([first]));
        await Ledger.RecordAsync([Make.Click(link, visitor: visitor)]);

        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"));
        Assert.Equal((2, 1), (totals.Clicks, totals.UniqueClicks));
    }

    /// <summary>The ledger's rules in their plainest form.</summary>
    private sealed class ReferenceLedger
    {
        private readonly Dictionary<(string, Guid), DateTimeOffset> _visits = [];

        public Dictionary<Guid, bool> Unique { get; } = [];

        public Dictionary<string, CounterTotals> Totals { get; } = [];

        public int Record(ImmutableArray<Click> clicks)
        {
            var before = Unique.Count;
            foreach (var click in clicks.Where(click => !Unique.ContainsKey(click.Id)))
            {
                var visit = (click.LinkCode ?? click.TaskId, click.Visitor);
                var known = _visits.TryGetValue(visit, out var last);
                var isUnique = !known || click.At - last > ILedgerStore.UniqueWindow;
                _visits[visit] = known && last > click.At ? last : click.At;
                Unique.Add(click.Id, isUnique);

                if (click.LinkCode is not null)
                    Count(CounterScopes.OfLink(click.LinkCode), click, isUnique);
                Count(CounterScopes.OfTask(click.TaskId), click, isUnique);
                Count(CounterScopes.OfCampaign(click.CampaignId), click, isUnique);
                Count(CounterScopes.OfPartnerIn(click.CampaignId, click.PartnerId), click, isUnique);
            }

            return Unique.Count - before;
        }

        private void Count(string scope, Click click, bool isUnique)
        {
            var totals = Totals.GetValueOrDefault(scope, CounterTotals.Zero);
            Totals[scope] = totals with
            {
                Clicks = totals.Clicks + 1,
                UniqueClicks = totals.UniqueClicks + (isUnique ? 1 : 0),
                BotClicks = totals.BotClicks + (click.IsBot ? 1 : 0),
                OutsideTermsClicks = totals.OutsideTermsClicks + (click.Class == ClickClass.OutsideTerms ? 1 : 0),
            };
        }
    }
}
