using System.Text.Json;
using OrleansLinks.Access;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Directory;
using OrleansLinks.History;
using OrleansLinks.Links;
using OrleansLinks.Reports;
using OrleansLinks.Storage;
using OrleansLinks.Webhooks;
using Xunit;

namespace OrleansLinks.Transfer;

/// <summary>Something of everything that is kept, and all of it as the stores tell it.</summary>
internal sealed class World
{
    private const string Campaigns = "campaigns of somebody";
    private const int Unread = 7;

    private static readonly string Campaign = Make.Id(EntityId.Campaign);
    private static readonly string Program = Make.Id(EntityId.Program);

    private readonly Link[] _links = [.. Enumerable.Range(0, 20).Select(i => Make.Link($"code{i}") with
    {
        TaskId = TaskIn(i % LedgerShards.Count), CampaignId = Campaign, ProgramId = Program, State = i % 7 == 6 ? LinkState.Disabled : LinkState.Active, DisabledBy = i % 7 == 6 ? LinkCreator.Brand : null,
    })];

    private readonly List<Click> _clicks = [];
    private readonly List<Guid> _conversions = [];
    private readonly string _webhook = Make.Id(EntityId.Webhook);
    private readonly StoredRequest _answered = new(Guid.NewGuid(), [1, 2, 3], new StoredAnswer(201, "{}"u8.ToArray(), "/there", null));
    private readonly StoredRequest _begun = new(Guid.NewGuid(), [], null);

    /// <summary>A click of just now.</summary>
    public Click Recent => _clicks[^1];

    public int Clicks => _clicks.Count;

    /// <summary>Writes it; some of it is in rollups and has become events, some has not.</summary>
    public static async Task<World> MakeAsync(StorageHost host)
    {
        var world = new World();
        await world.AddAsync(host);
        return world;
    }

    /// <summary>Everything, as text.</summary>
    public async Task<List<string>> TellAsync(StorageHost host)
    {
        var told = new List<string>();
        var (links, ledger, conversions) = (host.Get<ILinkStore>(), host.Get<ILedgerStore>(), host.Get<IConversionStore>());
        foreach (var task in _links.Select(link => link.TaskId).Distinct())
        {
            Tell(await links.ListAsync(task, null, 100));
            Tell(await ledger.ListClicksAsync(task, null, 1000));
        }

        foreach (var scope in _links.SelectMany(link => new[] { CounterScopes.OfLink(link.Code), link.TaskId, link.CampaignId, CounterScopes.OfPartnerIn(link.CampaignId, link.PartnerId) }))
            Tell(await ledger.ReadCountersAsync(scope));

        foreach (var click in _clicks)
            Tell(await ledger.FindClickAsync(click.Id));

        foreach (var id in _conversions)
            Tell(await conversions.FindAsync(id));

        Tell(await conversions.ListAsync(Campaign, null, null, 500));
        Tell(await conversions.ListUnmatchedAsync(Program, null, 500));
        Tell(await conversions.ListWaitingAsync(null, 500));
        Tell(await host.Get<IDirectoryStore>().ListAsync(Campaigns, null, 100));
        Tell(await host.Get<IDirectoryStore>().SearchAsync(Campaigns, "春", null, 100));
        Tell(await host.Get<ISettingsHistory>().FindAsync(Campaign, 2));
        foreach (var key in new[] { "answered", "begun" })
            Tell(await host.Get<IIdempotencyStore>().BeginAsync(key, new StoredRequest(Guid.NewGuid(), [], null), Make.Noon));

        Tell((await host.Get<IReportStore>().ReadAsync(Query))!.Value.Select(row => JsonSerializer.Serialize(row)).Order(StringComparer.Ordinal));
        var feed = (await host.Get<IWebhookFeedStore>().ReadAsync(Make.Noon.AddDays(15)))!;
        Tell(feed.Entries.OrderBy(entry => (entry.Now.Number, entry.Entry.Sequence)));
        Tell(feed.Approved);
        Tell((await host.Get<IWebhookFeedStore>().ReadClicksAsync(DateTimeOffset.MaxValue, Make.Noon))!.Tasks.Select(task => task with { After = 0 }).OrderBy(task => task.TaskId, StringComparer.Ordinal));
        Tell(await host.Get<IWebhookDeliveryStore>().ListAsync(_webhook, null, null, 100));
        Tell(await host.Get<IWebhookDeliveryStore>().ListDueAsync(_webhook, Make.Noon.AddDays(1), 100));
        Tell(await host.Get<IWebhookDeliveryStore>().ReadHealthAsync(_webhook));
        Tell(await host.Get<IWebhookFeedStore>().ListToWakeAsync(Make.Noon.AddDays(1), 10));
        return told;

        // What PostgreSQL cannot keep of a text.
        void Tell<T>(T thing) => told.Add(JsonSerializer.Serialize(thing).Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal));
    }

    private static ReportQuery Query => new(
        Program, [Make.Noon.AddDays(-60).ToUnixTimeSeconds(), Make.Noon.ToUnixTimeSeconds(), Make.Noon.AddDays(20).ToUnixTimeSeconds()],
        ReportGroups.Time | ReportGroups.Task | ReportGroups.Link | ReportGroups.Country | ReportGroups.Device | ReportGroups.Values, ReportFilter.All, 10_000);

    /// <summary>The shards share a page of the feed; what is read of it is the same in both databases where none has more than its part.</summary>
    private static string TaskIn(int shard)
    {
        var id = Guid.CreateVersion7();
        while (LedgerShards.Of(id) != shard)
            id = Guid.CreateVersion7();

        return EntityId.From(EntityId.Task, id);
    }

    private async Task AddAsync(StorageHost host)
    {
        var (ledger, feed) = (host.Get<ILedgerStore>(), host.Get<IWebhookFeedStore>());
        await host.Get<ILinkStore>().AddAsync([.. _links], atomic: true);
        await feed.AddAsync(new WebhookSubscription(_webhook, Program, WebhookEventNames.OfConversions | WebhookEvents.ClicksCounted, true), 10, Make.Noon);
        await host.Get<IDirectoryStore>().AddAsync([new DirectoryName(Campaign, "春の campaign", 2)], new DirectoryEntry(Campaigns, Campaign));
        await host.Get<ISettingsHistory>().AddAsync(new SettingsVersion(Campaign, 1, Make.Noon.AddDays(-50), "{}"), new SettingsVersion(Campaign, 2, Make.Noon, """{"name":"春"}"""));
        await host.Get<IIdempotencyStore>().BeginAsync("answered", _answered, Make.Noon);
        await host.Get<IIdempotencyStore>().CompleteAsync("answered", _answered.Answer!);
        await host.Get<IIdempotencyStore>().BeginAsync("begun", _begun, Make.Noon);

        // Days of before the retention of partitions, of now, and of a clock that goes wrong.
        foreach (var minutes in new[] { -60 * 24 * 45, -60 * 24 * 3, -60 * 24, -60 * 5, 60 * 24 * 10, -1 })
        {
            await RecordAsync(minutes);
            await SellAsync(host, minutes);
        }

        // What is told and folded here, and what comes after it.
        await host.Get<IReportStore>().FoldAllAsync();
        var page = (await feed.ReadAsync(Make.Noon))!;
        Assert.True(await feed.AppendAsync(
            page.From, page.Next with { Clicks = (await feed.ReadClicksAsync(DateTimeOffset.MaxValue, Make.Noon))!.Next.Clicks },
            [.. page.Entries.Take(9).Select(entry => new NewDelivery(_webhook, Guid.NewGuid(), WebhookEvents.ConversionCreated, entry.Now.Conversion.Id, Make.Noon, "{}"))], Make.Noon));
        for (var i = 0; i < Unread; i++)
            await SellAsync(host, -1);

        await RecordAsync(-2);
        await RecordAsync(0);

        async Task RecordAsync(int minutes)
        {
            var clicks = _links.Select((link, i) =>
            {
                var click = Make.Click(i % 5 == 4 ? link with { Code = null! } : link, Make.Noon.AddMinutes(minutes).AddSeconds(i)) with
                {
                    IsBot = i % 6 == 5, Country = i % 2 == 0 ? "JP" : null, Device = (DeviceClass)(i % 3), Settings = i % 3 == 0 ? null : new ClickSettings(2, 1, (LinkTarget)(i % 2)),
                    UserAgent = $"Browser/{i % 3}.0 \0", Class = i % 4 == 3 ? ClickClass.OutsideTerms : ClickClass.InTerms, OutsideTermsReason = i % 4 == 3 ? "paused" : null,
                };
                return click;
            }).ToArray();
            _clicks.AddRange(clicks);
            await ledger.RecordAsync(ClickBatch.Of([.. clicks]));
        }
    }

    /// <summary>Conversions that are paid, changed, taken back, wait for their click, and are attributed after that.</summary>
    private async Task SellAsync(StorageHost host, int minutes)
    {
        var store = host.Get<IConversionStore>();
        var at = Make.Noon.AddMinutes(minutes);
        foreach (var (click, i) in _clicks.TakeLast(6).Select((click, i) => (click, i)))
        {
            var sale = Make.Sale(click, at, 10.0001m + i, 1.5m);
            _conversions.Add(sale.After.Id);
            var after = sale.After;
            if (i >= 4)
            {
                // Without a click yet.
                after = after with { Attribution = null, State = ConversionState.WaitingForClick, Payout = 0m };
                await WriteAsync(after, new ConversionEntry(1, ConversionEntryKind.Reported, at, null, 0, 0m, 0m));
                if (i == 5)
                    await WriteAsync(sale.After with { Sequence = 2 }, new ConversionEntry(2, ConversionEntryKind.Attributed, at, null, 1, sale.After.Amount, 1.5m));
            }
            else
            {
                await WriteAsync(after, sale.Entry);
            }

            if (i == 1)
                await WriteAsync(after with { Sequence = 2, Amount = 5m }, new ConversionEntry(2, ConversionEntryKind.Adjusted, at, "came back, 半分", 0, 5m - after.Amount, 0m));

            if (i == 2)
                await WriteAsync(after with { Sequence = 2, State = ConversionState.Reversed, Payout = 0m }, new ConversionEntry(2, ConversionEntryKind.Reversed, at, null, -1, -after.Amount, -1.5m));

            if (i == 3)
                await WriteAsync(after with { Sequence = 2 }, new ConversionEntry(2, ConversionEntryKind.Adjusted, at, "nothing", 0, 0m, 0m));
        }

        async Task WriteAsync(Conversion conversion, ConversionEntry entry) =>
            Assert.NotNull((await store.WriteAsync(new ConversionStep(conversion, entry), null, null)).Step);
    }
}
