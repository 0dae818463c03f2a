using System.Collections.Immutable;
using CsCheck;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Clicks;

public abstract class LedgerStoreTests(StorageHost host) : StoreTests(host)
{
    protected static readonly TimeSpan AuditBudget = TimeSpan.FromSeconds(1);

    protected ILedgerStore Ledger => Host.Get<ILedgerStore>();

    protected async Task<int> RecordAsync(params ImmutableArray<Click> clicks) => (await Ledger.RecordAsync(ClickBatch.Of(clicks))).Added;

    [Fact]
    public async Task A_click_is_found_as_it_was_recorded()
    {
        var click = Make.Click(Make.Link("code")) with
        {
            LinkCode = null, Class = ClickClass.OutsideTerms, OutsideTermsReason = "campaign_paused", IsBot = true, Referrer = null, UserAgent = "",
        };

        Assert.Equal(1, await RecordAsync(click));

        Assert.Equal(new ClickRecord(click, IsUnique: true), await Ledger.FindClickAsync(click.Id));
        Assert.Null(await Ledger.FindClickAsync(Guid.CreateVersion7()));
    }

    [Fact]
    public async Task A_click_keeps_country_device_and_the_settings_it_was_decided_by()
    {
        var link = Make.Link("code");
        Click[] clicks =
        [
            Make.Click(link) with { Country = "DE", Device = DeviceClass.Phone, Settings = new ClickSettings(3, long.MaxValue, LinkTarget.SavedPage) },
            Make.Click(link) with { Device = DeviceClass.Other, Settings = new ClickSettings(1, 2, null) },
            Make.Click(link) with { Country = "JP" },
        ];
        await RecordAsync([.. clicks]);

        foreach (var click in clicks)
            Assert.Equal(click, (await Ledger.FindClickAsync(click.Id))!.Click);

        Assert.Equal(clicks.ToHashSet(), (await Ledger.ListClicksAsync(link.TaskId, null, 10)).Select(record => record.Click).ToHashSet());
    }

    [Fact]
    public async Task A_click_of_version_1_from_a_journal_of_before_is_kept()
    {
        var click = Make.Click(Make.Link("code"));
        var bytes = new byte[ClickFormat.MaxLength];
        var length = ClickFormat.Write(click with { Country = "DE", Device = DeviceClass.Phone, Settings = new ClickSettings(3, 4, null) }, bytes);
        bytes[0] = 1;
        var builder = new ClickBatchBuilder();
        builder.Add(bytes.AsSpan(0, length - 20));
        var newer = Make.Click(Make.Link("other")) with { Country = "JP" };
        builder.Add(bytes.AsSpan(0, ClickFormat.Write(newer, bytes)));

        Assert.Equal(2, (await Ledger.RecordAsync(builder.Take())).Added);

        Assert.Equal(click, (await Ledger.FindClickAsync(click.Id))!.Click);
        Assert.Equal(newer, (await Ledger.FindClickAsync(newer.Id))!.Click);
    }

    [Fact]
    public async Task A_batch_that_is_sent_twice_counts_once()
    {
        var link = Make.Link("code");
        ImmutableArray<Click> batch = [.. Enumerable.Range(0, 300).Select(_ => Make.Click(link))];

        Assert.Equal(300, await RecordAsync([.. batch]));
        Host.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(0, await RecordAsync([.. batch]));

        var expected = new CounterTotals(300, 300, 0, 0, 1, Make.Noon);
        string[] scopes =
        [
            CounterScopes.OfLink("code"), CounterScopes.OfTask(link.TaskId), CounterScopes.OfCampaign(link.CampaignId),
            CounterScopes.OfPartnerIn(link.CampaignId, link.PartnerId),
        ];
        foreach (var scope in scopes)
            Assert.Equal(expected, await Ledger.ReadCountersAsync(scope));

        string[] some = [scopes[0], CounterScopes.OfLink("never"), scopes[1], "nothing", scopes[0]];
        Assert.Equal([expected, CounterTotals.Zero, expected, CounterTotals.Zero, expected], await Ledger.ReadCountersAsync([.. some]));
        Assert.Empty(await Ledger.ReadCountersAsync([]));
    }

    [Fact]
    public async Task Counters_that_never_moved_are_zero() =>
        Assert.Equal(CounterTotals.Zero, await Ledger.ReadCountersAsync(CounterScopes.OfLink("never")));

    [Fact]
    public async Task A_batch_moves_the_version_of_its_counters_once()
    {
        var link = Make.Link("code");
        await RecordAsync(Make.Click(link), Make.Click(link));
        Host.Clock.Now += TimeSpan.FromSeconds(1);
        await RecordAsync(Make.Click(link));

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
            await RecordAsync([Make.Click(link, Make.Noon.AddMinutes(minute), visitor)]);

        Assert.Equal(minutesThenUnique[^1], (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).UniqueClicks);
    }

    [Fact]
    public async Task A_visitor_is_unique_on_each_link()
    {
        var visitor = Guid.NewGuid();
        var one = Make.Link("one");
        var two = Make.Link("two", one.TaskId);
        await RecordAsync([Make.Click(one, visitor: visitor), Make.Click(two, visitor: visitor), Make.Click(two, visitor: visitor)]);

        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfTask(one.TaskId));
        Assert.Equal((3, 2), (totals.Clicks, totals.UniqueClicks));
    }

    [Fact]
    public async Task A_tasks_clicks_are_paged_newest_first()
    {
        var link = Make.Link("code");
        var clicks = Enumerable.Range(0, 25).Select(i => Make.Click(link, Make.Noon.AddSeconds(i))).ToArray();
        await RecordAsync([.. clicks.Reverse(), Make.Click(Make.Link("other"))]);

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
        // A history is a pool of clicks over 90 minutes around midnight, and batches of indexes into it.
        var click = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 90 * 60], Gen.Bool, Gen.Bool);
        var history = Gen.Select(click.Array[1, 30], Gen.Int[0, 29].Array[0, 12].Array[1, 8]);
        var evening = Make.Noon.AddHours(11);
        Host.Clock.Now = evening.AddMinutes(90);

        await history.SampleAsync(
            async (pool, batches) =>
            {
                // Links, tasks and visitors of its own let each history share the database with those before it.
                string[] campaigns = [Make.Id(EntityId.Campaign), Make.Id(EntityId.Campaign)];
                var program = Make.Id(EntityId.Program);
                var links = Enumerable.Range(0, 4)
                    .Select(i => Make.Link($"{campaigns[i / 2]}-{i}") with { CampaignId = campaigns[i / 2], ProgramId = program }).ToArray();
                var clicks = pool.Select(((int Link, int Visitor, int Second, bool IsBot, bool IsOutside) c) =>
                    Make.Click(links[c.Link], evening.AddSeconds(c.Second), new Guid(c.Visitor, 0, 0, new byte[8])) with
                    {
                        LinkCode = c.Link == 3 ? null : links[c.Link].Code, // one link is put together by hand
                        IsBot = c.IsBot,
                        Class = c.IsOutside ? ClickClass.OutsideTerms : ClickClass.InTerms,
                    }).ToArray();
                var reference = new ReferenceLedger();
                foreach (var batch in batches)
                {
                    ImmutableArray<Click> sent = [.. batch.Where(i => i < clicks.Length).Select(i => clicks[i])];
                    Assert.Equal(reference.Record(sent), await RecordAsync([.. sent]));
                    if (batch.Length % 3 == 0)
                        await Host.Get<IReportStore>().FoldAsync();
                }

                foreach (var (scope, totals) in reference.Totals)
                    Assert.Equal(totals, await Ledger.ReadCountersAsync(scope) with { Version = 0, ChangedAt = null });

                foreach (var (id, isUnique) in reference.Unique)
                    Assert.Equal(isUnique, (await Ledger.FindClickAsync(id))?.IsUnique);

                Assert.Equal(reference.Rollups, await ReadRollupsAsync(program));
            },
            iter: 200,
            threads: 1);

        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Totals_come_with_the_batch_that_moved_them()
    {
        var (one, two) = (Make.Link("one"), Make.Link("two"));
        await RecordAsync(Make.Click(one));
        var again = Make.Click(one);
        await RecordAsync(again);
        Host.Clock.Now += TimeSpan.FromSeconds(1);

        var recorded = await Ledger.RecordAsync(ClickBatch.Of(again, Make.Click(two), Make.Click(two) with { IsBot = true }));

        Assert.Equal(2, recorded.Added);
        Assert.Equal([new TaskTotals(two.TaskId, new CounterTotals(2, 2, 1, 0, 1, Host.Clock.Now))], recorded.Tasks);
        Assert.Equal(2, (await Ledger.ReadCountersAsync(CounterScopes.OfTask(one.TaskId))).Clicks);
        var third = await Ledger.RecordAsync(ClickBatch.Of(Make.Click(one)));
        Assert.Equal(new CounterTotals(3, 3, 0, 0, 3, Host.Clock.Now), Assert.Single(third.Tasks).Totals);
    }

    [Fact]
    public async Task A_click_in_two_batches_that_are_sent_at_once_counts_once()
    {
        var link = Make.Link("code");
        ImmutableArray<Click> shared = [.. Enumerable.Range(0, 50).Select(_ => Make.Click(link))];
        var ledger = Ledger;

        var recorded = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => ledger.RecordAsync(ClickBatch.Of([.. shared, Make.Click(link)])))));

        Assert.Equal(58, recorded.Sum(batch => batch.Added));
        Assert.Equal(58, (await ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).Clicks);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Of_a_batch_that_is_there_by_half_the_other_half_is_kept()
    {
        var link = Make.Link("code");
        ImmutableArray<Click> batch = [.. Enumerable.Range(0, 10).Select(_ => Make.Click(link))];
        await RecordAsync([.. batch.Where((_, i) => i % 2 == 0)]);

        Assert.Equal(5, await RecordAsync([.. batch]));

        Assert.Equal(10, (await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"))).Clicks);
        Assert.Equal(10, (await Ledger.ListClicksAsync(link.TaskId, null, 20)).Length);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task Late_clicks_go_to_the_hour_and_day_in_which_they_happened()
    {
        var link = Make.Link("code");
        await RecordAsync(Make.Click(link));
        var late = Make.Noon.AddDays(-1).AddMinutes(59).AddMilliseconds(59_999);
        await RecordAsync(Make.Click(link), Make.Click(link, late));

        var today = Make.Noon.ToUnixTimeSeconds();
        var rollups = await ReadRollupsAsync(link.ProgramId);
        Assert.Equal(2, rollups[new(today, link.TaskId, link.CampaignId, link.PartnerId, "code")].Clicks);
        Assert.Equal(1, rollups[new(today - (24 * 3600), link.TaskId, link.CampaignId, link.PartnerId, "code")].Clicks);
        Assert.Equal(2, rollups.Count);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task A_batch_with_a_click_that_cannot_be_read_changes_nothing()
    {
        var link = Make.Link("code");
        var good = ClickBatch.Of(Make.Click(link), Make.Click(link));
        var cut = good.Data[..^1];
        var newer = (byte[])good.Data.Clone();
        newer[4] = 99; // the version of the first click
        var longer = (byte[])good.Data.Clone();
        longer[3] = 127; // its length
        var garbled = (byte[])good.Data.Clone();
        garbled[^23] = 255; // no UTF-8: the last text there is; after it come the length of none and the facts
        var texts = (byte[])good.Data.Clone();
        texts[4 + 106 + 1] = 80; // the length of its first text

        var country = (byte[])good.Data.Clone();
        country[^20] = (byte)'x';

        foreach (var bad in new[] { cut, newer, longer, garbled, texts, country, [1, 2, 3] })
            await Assert.ThrowsAsync<FormatException>(() => Ledger.RecordAsync(new ClickBatch(2, bad)));

        await Assert.ThrowsAsync<FormatException>(() => Ledger.RecordAsync(good with { Count = 3 }));
        Assert.Equal(CounterTotals.Zero, await Ledger.ReadCountersAsync(CounterScopes.OfTask(link.TaskId)));
        Assert.Empty(await Ledger.ListClicksAsync(link.TaskId, null, 10));
        Assert.Empty(await ReadRollupsAsync(link.ProgramId));
        Assert.Equal(2, (await Ledger.RecordAsync(good)).Added);
    }

    [Fact]
    public async Task A_task_that_changes_hands_goes_on_being_counted()
    {
        var link = Make.Link("code");
        var other = link with { PartnerId = Make.Id(EntityId.Partner), CampaignId = Make.Id(EntityId.Campaign) };

        Assert.Equal(3, await RecordAsync(Make.Click(link), Make.Click(other), Make.Click(link)));

        Assert.Equal(3, (await Ledger.ReadCountersAsync(CounterScopes.OfTask(link.TaskId))).Clicks);
        Assert.Equal(1, (await Ledger.ReadCountersAsync(CounterScopes.OfPartnerIn(other.CampaignId, other.PartnerId))).Clicks);
        var rollups = await ReadRollupsAsync(link.ProgramId);
        Assert.Equal(2, rollups[new(Make.Noon.ToUnixTimeSeconds(), link.TaskId, link.CampaignId, link.PartnerId, "code")].Clicks);
        Assert.Equal(1, rollups[new(Make.Noon.ToUnixTimeSeconds(), link.TaskId, other.CampaignId, other.PartnerId, "code")].Clicks);
        await AssertAuditFindsNothingAsync();
    }

    [Fact]
    public async Task An_empty_batch_changes_nothing() =>
        Assert.Equal(0, await RecordAsync());

    [Fact]
    public async Task Visitors_are_known_after_reopening_however_many_came_since()
    {
        var link = Make.Link("code");
        ImmutableArray<Guid> visitors = [.. Enumerable.Range(0, 3000).Select(_ => Guid.NewGuid())];
        await RecordAsync([.. visitors.Select(visitor => Make.Click(link, Make.Noon, visitor))]);
        await RecordAsync([.. visitors.Select(visitor => Make.Click(link, Make.Noon.AddMinutes(-40), visitor))]); // late ones
        await Host.CloseAsync();

        await RecordAsync([.. visitors.Select(visitor => Make.Click(link, Make.Noon.AddMinutes(29), visitor))]);

        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"));
        Assert.Equal((9000, 3000), (totals.Clicks, totals.UniqueClicks));
    }

    [Fact]
    public async Task An_audit_beside_clicks_that_arrive_finds_no_drift()
    {
        var ledger = Ledger;
        var links = Enumerable.Range(0, 20).Select(i => Make.Link($"code{i}")).ToArray();
        using var audited = new CancellationTokenSource();
        var recording = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var sent = 0;
            var random = new Random(worker);
            while (!audited.IsCancellationRequested)
            {
                sent += (await ledger.RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 500).Select(_ =>
                    Make.Click(links[random.Next(links.Length)], Make.Noon.AddMinutes(random.Next(180))))]))).Added;
            }

            return sent;
        })).ToArray();

        var audits = new List<LedgerAudit>();
        for (var i = 0; i < 8; i++)
            audits.Add(await ledger.AuditAsync(TimeSpan.Zero));

        await audited.CancelAsync();
        var sent = await Task.WhenAll(recording);
        audits.Add(await ledger.AuditAsync(AuditBudget));
        Assert.All(audits, audit => Assert.Equal((0, ""), (audit.Drift, string.Join("; ", audit.Findings))));
        Assert.Equal(sent.Sum(), audits[^1].Clicks);
    }

    /// <summary>A program by hour, task and link.</summary>
    protected async Task<Dictionary<RollupKey, Rollup>> ReadRollupsAsync(string programId)
    {
        var first = Make.Noon.AddDays(-2).ToUnixTimeSeconds();
        ImmutableArray<long> hours = [.. Enumerable.Range(0, 24 * 9).Select(hour => first + (hour * 3600L))];
        var groups = ReportGroups.Time | ReportGroups.Task | ReportGroups.Campaign | ReportGroups.Partner | ReportGroups.Link;
        var rows = await Host.Get<IReportStore>().ReadAsync(new ReportQuery(programId, hours, groups, ReportFilter.All, int.MaxValue));
        return rows!.Value.ToDictionary(
            row => new RollupKey(hours[row.Stretch], row.TaskId!, row.CampaignId!, row.PartnerId!, row.LinkCode),
            row => new Rollup(row.Totals.Clicks, row.Totals.UniqueClicks, row.Totals.BotClicks, row.Totals.OutsideTermsClicks));
    }

    protected async Task AssertAuditFindsNothingAsync()
    {
        var audit = await Ledger.AuditAsync(AuditBudget);
        Assert.Empty(audit.Findings);
        Assert.Equal(0, audit.Drift);
    }

    protected readonly record struct RollupKey(long Start, string TaskId, string CampaignId, string PartnerId, string? LinkCode);

    protected readonly record struct Rollup(long Clicks, long Unique, long Bot, long OutsideTerms);

    [Fact]
    public async Task The_ledger_is_there_after_reopening()
    {
        var link = Make.Link("code");
        var visitor = Guid.NewGuid();
        var first = Make.Click(link, visitor: visitor);
        await RecordAsync(first);
        await Host.CloseAsync();

        Assert.Equal(0, await RecordAsync(first));
        await RecordAsync([Make.Click(link, visitor: visitor)]);

        var totals = await Ledger.ReadCountersAsync(CounterScopes.OfLink("code"));
        Assert.Equal((2, 1), (totals.Clicks, totals.UniqueClicks));
    }

    /// <summary>The ledger's rules in their plainest form.</summary>
    private sealed class ReferenceLedger
    {
        private readonly Dictionary<(string, Guid), DateTimeOffset> _visits = [];

        public Dictionary<Guid, bool> Unique { get; } = [];

        public Dictionary<string, CounterTotals> Totals { get; } = [];

        public Dictionary<RollupKey, Rollup> Rollups { get; } = [];

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

                var hour = new DateTimeOffset(click.At.Year, click.At.Month, click.At.Day, click.At.Hour, 0, 0, TimeSpan.Zero);
                RollUp(hour, click, isUnique);
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

        private void RollUp(DateTimeOffset start, Click click, bool isUnique)
        {
            var key = new RollupKey(start.ToUnixTimeSeconds(), click.TaskId, click.CampaignId, click.PartnerId, click.LinkCode);
            var sums = Rollups.GetValueOrDefault(key);
            Rollups[key] = sums with
            {
                Clicks = sums.Clicks + 1,
                Unique = sums.Unique + (isUnique ? 1 : 0),
                Bot = sums.Bot + (click.IsBot ? 1 : 0),
                OutsideTerms = sums.OutsideTerms + (click.Class == ClickClass.OutsideTerms ? 1 : 0),
            };
        }
    }
}
