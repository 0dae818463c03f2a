using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.Links;
using OrleansLinks.Storage;
using Xunit;

namespace OrleansLinks.Exports;

public abstract class ExportStoreTests(StorageHost host) : StoreTests(host)
{
    private IExportStore Store => Host.Get<IExportStore>();

    [Fact]
    public async Task Clicks_are_read_in_their_order_whole_and_as_they_are_kept()
    {
        var link = await LinkAsync();
        Click[] clicks = [.. Enumerable.Range(0, 5).Select(i => Make.Click(link, Make.Noon.AddMinutes(i)) with
        {
            LinkCode = i == 2 ? null : link.Code,
            Values = new ReportingValues("one", null, "三", "", "p"),
            UserAgent = i == 3 ? null : "Browser/1.0",
        })];
        await RecordAsync([.. clicks.Reverse()]);

        var page = await Store.ReadClicksAsync(new ExportScope(TaskId: link.TaskId), null, 10);

        Assert.Null(page.Next);
        Assert.Equal(clicks, page.Items.Select(record => record.Click));
        foreach (var record in page.Items)
            Assert.Equal(record, await Host.Get<ILedgerStore>().FindClickAsync(record.Click.Id));
    }

    [Fact]
    public async Task Whoever_exports_by_whatever_pages_gets_exactly_what_is_asked_for()
    {
        // A brand has two campaigns with two partners each, who both work for another brand too.
        var (program, other) = (Make.Id(EntityId.Program), Make.Id(EntityId.Program));
        string[] partners = [Make.Id(EntityId.Partner), Make.Id(EntityId.Partner)];
        var links = new List<Link>();
        foreach (var (owner, number) in new[] { (program, 0), (program, 1), (other, 2) })
        {
            var campaign = Make.Id(EntityId.Campaign);
            foreach (var partner in partners)
            {
                links.Add(await LinkAsync(owner, campaign, partner));
                links.Add(await LinkAsync(owner, campaign, partner));
            }
        }

        // Over ten days, most of the clicks of one task and on one day.
        var random = new Random(5);
        Click[] clicks = [.. Enumerable.Range(0, 700).Select(i => Make.Click(
            links[i % 2 == 0 ? 0 : random.Next(links.Count)],
            Make.Noon.AddDays(i % 3 == 0 ? 7 : random.Next(10)).AddMilliseconds(random.Next(60_000))))];
        Host.Clock.Now = Make.Noon.AddDays(10);
        foreach (var batch in clicks.OrderBy(_ => random.Next()).Chunk(100))
            await RecordAsync(batch);

        ExportScope[] scopes =
        [
            new(program), new(other), new(program, links[4].CampaignId), new(program, links[4].CampaignId, PartnerId: partners[1]), new(program, PartnerId: partners[1]),
            new(program, TaskId: links[0].TaskId), new(program, PartnerId: partners[0], TaskId: links[2].TaskId), new(PartnerId: partners[0], IsPartners: true), new(other, PartnerId: partners[0], IsPartners: true),
            new(program, From: Make.Noon.AddDays(3).AddSeconds(20), To: Make.Noon.AddDays(7).AddSeconds(40)), new(program, To: Make.Noon.AddDays(1)), new(program, From: Make.Noon.AddDays(9)),
            new(program, From: Make.Noon.AddDays(20)), new(program, To: Make.Noon.AddDays(-1)), new(program, From: DateTimeOffset.MinValue, To: DateTimeOffset.MaxValue),
        ];
        foreach (var scope in scopes)
        {
            var expected = clicks.Where(scope.Has).Select(click => click.Id).Order().ToArray();
            foreach (var limit in new[] { 1, 7, 1_000 })
            {
                if (limit > 1 || expected.Length < 100)
                    Assert.Equal(expected, await IdsAsync(scope, null, limit));
            }

            if (expected.Length > 2)
                Assert.Equal(expected[2..], await IdsAsync(scope, expected[1], 50));
        }
    }

    [Fact]
    public async Task A_place_between_clicks_is_one_to_go_on_from()
    {
        var link = await LinkAsync();
        var clicks = new[] { Make.Click(link), Make.Click(link, Make.Noon.AddDays(3)) };
        Host.Clock.Now = Make.Noon.AddDays(3);
        await RecordAsync(clicks);
        var scope = new ExportScope(TaskId: link.TaskId);

        Assert.Equal(clicks.Select(click => click.Id), await IdsAsync(scope, Guid.Empty, 10));
        Assert.Equal([clicks[1].Id], await IdsAsync(scope, Guid.CreateVersion7(Make.Noon.AddHours(1)), 10));
        Assert.Empty(await IdsAsync(scope, clicks[1].Id, 10));
        Assert.Empty(await IdsAsync(scope, Guid.AllBitsSet, 10));
    }

    [Fact]
    public async Task A_click_whose_clock_was_wrong_is_exported_too()
    {
        var link = await LinkAsync();
        var clicks = new[] { Make.Click(link, Make.Noon.AddYears(-20)), Make.Click(link), Make.Click(link, Make.Noon.AddYears(20)) };
        await RecordAsync(clicks);

        Assert.Equal(clicks.Select(click => click.Id), await IdsAsync(new ExportScope(TaskId: link.TaskId), null, 10));
        Assert.Equal(clicks.Select(click => click.Id), await IdsAsync(new ExportScope(TaskId: link.TaskId), null, 1));
        Assert.Equal([clicks[2].Id], await IdsAsync(new ExportScope(TaskId: link.TaskId, From: Make.Noon.AddYears(1)), null, 1));
    }

    [Fact]
    public async Task Who_has_no_tasks_exports_nothing() =>
        Assert.Equal((0, null), await Store.ReadClicksAsync(new ExportScope(Make.Id(EntityId.Program)), null, 10) is var page ? (page.Items.Length, page.Next) : default);

    [Fact]
    public async Task A_page_of_large_clicks_is_shorter_and_none_is_lost()
    {
        var link = await LinkAsync();
        Click[] clicks = [.. Enumerable.Range(0, 300).Select(_ => Make.Click(link) with { LandingPage = "https://example.com/" + new string('x', 2_000), Referrer = new string('r', 1_024) })];
        await RecordAsync(clicks);

        Assert.InRange((await Store.ReadClicksAsync(new ExportScope(TaskId: link.TaskId), null, 1_000)).Items.Length, 100, 250);
        Assert.Equal(clicks.Select(click => click.Id).Order(), await IdsAsync(new ExportScope(TaskId: link.TaskId), null, 1_000));
    }

    [Fact]
    public async Task Conversions_are_read_in_the_order_of_their_reports_by_whoever_they_belong_to()
    {
        var (program, other) = (Make.Id(EntityId.Program), Make.Id(EntityId.Program));
        var partner = Make.Id(EntityId.Partner);
        Link[] links =
        [
            Make.Link("one") with { ProgramId = program, PartnerId = partner }, Make.Link("two") with { ProgramId = program },
            Make.Link("three") with { ProgramId = other, PartnerId = partner },
        ];
        var conversions = new List<Conversion>();
        foreach (var i in Enumerable.Range(0, 90))
        {
            // Some at the same time, some that were written later than ones that were reported later, and some that wait.
            var reported = Make.Noon.AddMinutes((i / 3 * 7) % 30);
            var conversion = Conversion(i % 10 == 9 ? null : links[i % links.Length], i % 2 == 0 ? program : other, reported);
            conversions.Add(conversion);
            await Host.Get<IConversionStore>().WriteAsync(
                new ConversionStep(conversion, new ConversionEntry(1, ConversionEntryKind.Reported, reported, null, conversion.Attribution is null ? 0 : 1, conversion.Amount, 0m)), null, null);
        }

        ExportScope[] scopes =
        [
            new(program), new(other), new(program, links[0].CampaignId), new(program, TaskId: links[1].TaskId), new(program, PartnerId: partner),
            new(PartnerId: partner, IsPartners: true), new(program, PartnerId: partner, IsPartners: true), new(other, links[2].CampaignId, PartnerId: partner, IsPartners: true),
            new(program, From: Make.Noon.AddMinutes(4), To: Make.Noon.AddMinutes(20)), new(program, From: Make.Noon.AddMinutes(4).AddTicks(1)), new(Make.Id(EntityId.Program)),
        ];
        foreach (var scope in scopes)
        {
            var expected = conversions.Where(scope.Has).OrderBy(conversion => conversion.ReportedAt).Select(conversion => conversion.Id).ToArray();
            foreach (var limit in new[] { 1, 4, 1_000 })
                Assert.Equal(expected, (await ConversionsAsync(scope, null, limit)).Select(conversion => conversion.Id));

            if (expected.Length > 2)
                Assert.Equal(expected[2..], (await ConversionsAsync(scope, expected[1], 5)).Select(conversion => conversion.Id));
        }

        var all = (await Store.ReadConversionsAsync(new ExportScope(program), null, 1_000))!.Items;
        Assert.All(all, conversion => Assert.Equal(conversions.Single(one => one.Id == conversion.Id), conversion));

        // Nobody learns by a cursor of conversions that are not its own.
        Assert.Null(await Store.ReadConversionsAsync(new ExportScope(program), Guid.NewGuid(), 10));
        Assert.Null(await Store.ReadConversionsAsync(new ExportScope(program), conversions.First(conversion => conversion.ProgramId == other).Id, 10));
        Assert.Null(await Store.ReadConversionsAsync(new ExportScope(PartnerId: partner, IsPartners: true), conversions.First(conversion => conversion.Attribution?.PartnerId != partner).Id, 10));
    }

    private async Task<List<Guid>> IdsAsync(ExportScope scope, Guid? after, int limit)
    {
        var ids = new List<Guid>();
        do
        {
            var page = await Store.ReadClicksAsync(scope, after, limit);
            Assert.InRange(page.Items.Length, 0, limit);
            ids.AddRange(page.Items.Select(record => record.Click.Id));
            after = page.Next;
        }
        while (after is not null);

        return ids;
    }

    private async Task<List<Conversion>> ConversionsAsync(ExportScope scope, Guid? after, int limit)
    {
        var conversions = new List<Conversion>();
        do
        {
            var page = (await Store.ReadConversionsAsync(scope, after, limit))!;
            Assert.InRange(page.Items.Length, 0, limit);
            conversions.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        return conversions;
    }

    private async Task<Link> LinkAsync(string? program = null, string? campaign = null, string? partner = null)
    {
        var link = Make.Link($"code{Guid.NewGuid():N}");
        link = link with { ProgramId = program ?? link.ProgramId, CampaignId = campaign ?? link.CampaignId, PartnerId = partner ?? link.PartnerId };
        await Host.Get<IDirectoryStore>().AddAsync(
            new DirectoryEntry(DirectoryLists.CampaignsOf(link.ProgramId), link.CampaignId),
            new DirectoryEntry(DirectoryLists.TasksOf(link.CampaignId), link.TaskId),
            new DirectoryEntry(DirectoryLists.TasksOf(link.PartnerId), link.TaskId));
        return link;
    }

    private static Conversion Conversion(Link? link, string program, DateTimeOffset reported) => new(
        Guid.NewGuid(), 1, link?.ProgramId ?? program, "sale", $"order {Guid.NewGuid():N}", Guid.CreateVersion7(),
        link is null ? ConversionState.WaitingForClick : ConversionState.Pending, null, ClickClass.InTerms, 25m, 0m, "EUR", reported.AddMinutes(-1), reported, Guid.NewGuid(),
        link is null ? null : new Attribution(link.Code, link.TaskId, link.CampaignId, link.PartnerId, Make.Noon, Make.Noon.AddDays(14), 3, "DE", DeviceClass.Tablet, new ReportingValues("one", null, null, "shared", "p")));

    private Task<RecordedClicks> RecordAsync(params Click[] clicks) => Host.Get<ILedgerStore>().RecordAsync(ClickBatch.Of([.. clicks]));
}

public sealed class SqliteExportStoreTests() : ExportStoreTests(new SqliteHost());

public sealed class PostgresExportStoreTests() : ExportStoreTests(new PostgresHost());
