using System.Collections.Immutable;
using CsCheck;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Links;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Reports;

public sealed class SqliteReportStoreTests() : ReportStoreTests(new SqliteHost());

public sealed class PostgresReportStoreTests() : ReportStoreTests(new PostgresHost());

/// <summary>What reports are read from.</summary>
public abstract class ReportStoreTests(StorageHost host) : StoreTests(host)
{
    private static readonly string?[] Countries = [null, "DE", "JP", "US"];
    private static readonly string?[] SubIds = [null, null, "a", "b", "三"];

    private readonly string _program = Make.Id(EntityId.Program);

    private IReportStore Reports => Host.Get<IReportStore>();

    [Fact]
    public async Task Every_grouping_of_every_stretch_equals_the_clicks_however_they_were_folded()
    {
        var click = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3 * 24 * 60], Gen.Int[0, 3], Gen.Enum<DeviceClass>(), Gen.Int[0, 4], Gen.Int[0, 4], Gen.Bool);
        var question = Gen.Select(Gen.Int[0, 4095], Gen.Int[0, 288].Array[2, 6], Gen.Int[0, 5]);
        await Gen.Select(click.Array[0, 60], Gen.Int[0, 60].Array[0, 3], question.Array[1, 4]).SampleAsync(
            async (drawn, folds, questions) =>
            {
                var program = Make.Id(EntityId.Program);
                var campaigns = new[] { Make.Id(EntityId.Campaign), Make.Id(EntityId.Campaign) };
                var links = Enumerable.Range(0, 4).Select(i => Make.Link($"{campaigns[0]}{i}") with { CampaignId = campaigns[i / 2], ProgramId = program }).ToArray();
                var clicks = drawn.Select(((int Link, int Minute, int Country, DeviceClass Device, int SubId1, int SubId2, bool IsBot) c) =>
                    Make.Click(links[c.Link], Make.Noon.AddMinutes(c.Minute)) with
                    {
                        LinkCode = c.Link == 3 ? null : links[c.Link].Code,
                        Country = Countries[c.Country],
                        Device = c.Device,
                        IsBot = c.IsBot,
                        Values = new ReportingValues(SubIds[c.SubId1], SubIds[c.SubId2]),
                    }).ToArray();
                for (var i = 0; i < clicks.Length; i++)
                {
                    await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of(clicks[i]));
                    if (folds.Contains(i))
                        await Reports.FoldAllAsync();
                }

                foreach (var (groups, slots, filter) in questions)
                {
                    // Another program's are in nobody's report.
                    ImmutableArray<long> edges = [.. slots.Distinct().Order().Select(slot => Make.Noon.ToUnixTimeSeconds() + (slot * 900L))];
                    if (edges.Length < 2)
                        continue;

                    var query = new ReportQuery(program, edges, (ReportGroups)groups, FilterOf(filter, links), int.MaxValue);
                    Assert.Equal(Expect(clicks, query), Sorted(await Reports.ReadAsync(query)));
                }
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public async Task A_conversion_counts_at_the_time_of_its_order_with_what_its_click_knows()
    {
        var link = Make.Link("code") with { ProgramId = _program };
        var click = Make.Click(link, Make.Noon) with { Country = "JP", Device = DeviceClass.Phone, Values = new ReportingValues(SubId1: "sub", Param: "p") };
        await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of(click));
        await Reports.FoldAllAsync();
        var conversions = Host.Get<IConversionStore>();
        var made = Make.Sale(click, Make.Noon.AddHours(30), 100m, 7.5m);
        Assert.NotNull((await conversions.WriteAsync(made, null, null)).Step);

        var query = new ReportQuery(
            _program, [Make.Noon.ToUnixTimeSeconds(), Make.Noon.AddDays(1).ToUnixTimeSeconds(), Make.Noon.AddDays(2).ToUnixTimeSeconds()],
            ReportGroups.Time | ReportGroups.Country | ReportGroups.Device | ReportGroups.SubId1 | ReportGroups.Param, ReportFilter.All, 10);
        for (var i = 0; i < 2; i++)
        {
            var rows = (await Reports.ReadAsync(query))!.Value;
            Assert.Equal([(0, 1L, 0L, 0m, 0m), (1, 0L, 1L, 100m, 7.5m)], rows.Select(row => (row.Stretch, row.Totals.Clicks, row.Totals.Conversions, row.Totals.Revenue, row.Totals.Payout)));
            Assert.All(rows, row => Assert.Equal(("JP", DeviceClass.Phone, "sub", "p", null), (row.Country, row.Device, row.Values.SubId1, row.Values.Param, row.Values.SharedId)));
            await Reports.FoldAllAsync();
        }
    }

    [Fact]
    public async Task Two_who_fold_at_once_fold_every_click_once()
    {
        var links = Enumerable.Range(0, 16).Select(i => Make.Link($"code{i}") with { ProgramId = _program }).ToArray();
        for (var batch = 0; batch < 10; batch++)
        {
            await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 1000).Select(i => Make.Click(links[i % 16]) with { Values = i % 3 == 0 ? new ReportingValues($"{i}") : ReportingValues.None })]));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Reports.FoldAllAsync()));
        }

        Assert.Equal(0, await Reports.CountUnfoldedAsync());
        foreach (var groups in new[] { ReportGroups.None, ReportGroups.SubId1, ReportGroups.Link })
        {
            var rows = (await Reports.ReadAsync(new ReportQuery(_program, Day, groups, ReportFilter.All, 1_000_000)))!.Value;
            Assert.Equal(10_000, rows.Sum(row => row.Totals.Clicks));
        }

        Assert.Empty((await Host.Get<ILedgerStore>().AuditAsync(TimeSpan.FromSeconds(1))).Findings);
    }

    [Fact]
    public async Task A_report_with_more_groups_than_wanted_is_refused()
    {
        var link = Make.Link("code") with { ProgramId = _program };
        await Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of([.. Enumerable.Range(0, 20).Select(i => Make.Click(link) with { Values = new ReportingValues($"{i}") })]));

        Assert.Null(await Reports.ReadAsync(new ReportQuery(_program, Day, ReportGroups.SubId1, ReportFilter.All, 19)));
        Assert.Equal(20, (await Reports.ReadAsync(new ReportQuery(_program, Day, ReportGroups.SubId1, ReportFilter.All, 20)))!.Value.Length);
    }

    [Fact]
    public async Task A_program_without_clicks_has_an_empty_report() =>
        Assert.Empty((await Reports.ReadAsync(new ReportQuery(_program, Day, ReportGroups.Link, ReportFilter.All, 10)))!.Value);

    private static ImmutableArray<long> Day => [Make.Noon.AddHours(-12).ToUnixTimeSeconds(), Make.Noon.AddHours(12).ToUnixTimeSeconds()];

    private static ReportFilter FilterOf(int filter, Link[] links) => filter switch
    {
        0 => new ReportFilter(TaskId: links[1].TaskId),
        1 => new ReportFilter(CampaignId: links[2].CampaignId),
        2 => new ReportFilter(PartnerId: links[0].PartnerId),
        3 => new ReportFilter(LinkCode: links[1].Code),
        _ => ReportFilter.All,
    };

    private static ReportRow[] Expect(IEnumerable<Click> clicks, ReportQuery query)
    {
        return Sorted(clicks
            .Where(click => (query.Filter.TaskId ?? click.TaskId) == click.TaskId && (query.Filter.CampaignId ?? click.CampaignId) == click.CampaignId
                && (query.Filter.PartnerId ?? click.PartnerId) == click.PartnerId && (query.Filter.LinkCode is null || query.Filter.LinkCode == click.LinkCode))
            .Select(click => (Click: click, Stretch: query.Edges.Count(edge => edge <= click.At.ToUnixTimeSeconds()) - 1))
            .Where(click => click.Stretch >= 0 && click.Stretch < query.Edges.Length - 1)
            .GroupBy(click => new ReportRow(
                Has(ReportGroups.Time) ? click.Stretch : 0,
                Has(ReportGroups.Campaign) ? click.Click.CampaignId : null,
                Has(ReportGroups.Task) ? click.Click.TaskId : null,
                Has(ReportGroups.Partner) ? click.Click.PartnerId : null,
                Has(ReportGroups.Link) ? click.Click.LinkCode : null,
                Has(ReportGroups.Country) ? click.Click.Country : null,
                Has(ReportGroups.Device) ? click.Click.Device : null,
                new ReportingValues(
                    Has(ReportGroups.SubId1) ? click.Click.Values.SubId1 : null,
                    Has(ReportGroups.SubId2) ? click.Click.Values.SubId2 : null),
                default))
            .Select(group => group.Key with { Totals = new ReportTotals(group.Count(), group.Count(), group.Count(click => click.Click.IsBot), 0, 0, 0m, 0m) })
            .ToImmutableArray());

        bool Has(ReportGroups group) => (query.Groups & group) != 0;
    }

    private static ReportRow[] Sorted(ImmutableArray<ReportRow>? rows) => [.. rows!.Value.OrderBy(row => row.ToString(), StringComparer.Ordinal)];
}
