using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Directory;
using OrleansLinks.Exports;
using OrleansLinks.Installation;
using OrleansLinks.Links;
using OrleansLinks.Programs;

namespace OrleansLinks;

public sealed class OtherActorTests(Cluster cluster)
{
    [Fact]
    public async Task A_batch_of_clicks_that_is_sent_twice_counts_once_and_is_exported_once()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));
        var info = (await task.GetInfo())!;
        var clicks = Enumerable.Range(0, 20).Select(_ => new Click(
            EntityId.NewSeed(TimeProvider.System), null, info.Id, info.CampaignId, info.PartnerId, info.ProgramId, DateTimeOffset.UtcNow,
            ClickClass.InTerms, null, false, Guid.NewGuid(), "https://www.example.com/", null, null, ReportingValues.None)).ToArray();
        var ledger = cluster.Grains.GetGrain<ILedgerShardGrain>("ledger-0");

        await ledger.Record(ClickBatch.Of([.. clicks]));
        await ledger.Record(ClickBatch.Of([.. clicks, .. clicks[..5]]));

        Assert.Equal(20, (await task.GetCounters()).Clicks);
        Assert.Equal(20, (await cluster.Grains.GetGrain<ICampaignGrain>(info.CampaignId).GetCounters(info.PartnerId)).Clicks);
        Assert.Equal(20, (await task.ListClicks(null, 100)).Length);

        var export = cluster.Grains.Actor<IExportGrain>(IExportGrain.Key);
        var page = await export.ReadClicks(new ExportScope(info.ProgramId), null, 12);
        var rest = await export.ReadClicks(new ExportScope(PartnerId: info.PartnerId, IsPartners: true), page.Next, 12);
        Assert.Equal(clicks.Select(click => click.Id).Order(), page.Items.Concat(rest.Items).Select(record => record.Click.Id));
        Assert.Null(rest.Next);
        Assert.Empty((await export.ReadConversions(new ExportScope(info.ProgramId), null, 12))!.Items);
        Assert.Null(await export.ReadConversions(new ExportScope(info.ProgramId), Guid.NewGuid(), 12));
    }

    [Fact]
    public async Task A_key_works_until_it_is_revoked()
    {
        var key = cluster.Grains.GetGrain<IAccessKeyGrain>(Cluster.NewId(EntityId.Key));
        Assert.Null(await key.Get());
        await key.Create(new AccessKey(key.GetPrimaryKeyString(), "Key", Role.Operator, null, null, false, null, DateTimeOffset.UtcNow));
        Assert.NotNull(await key.Get());

        await key.Revoke();
        await cluster.ForgetActivations();

        Assert.Null(await key.Get());
    }

    [Fact]
    public async Task A_key_does_not_work_after_its_time_and_its_time_is_never_put_off()
    {
        var key = cluster.Grains.GetGrain<IAccessKeyGrain>(Cluster.NewId(EntityId.Key));
        await key.Create(new AccessKey(key.GetPrimaryKeyString(), "Key", Role.Operator, null, null, false, null, DateTimeOffset.UtcNow));

        await key.ExpireAt(DateTimeOffset.UtcNow.AddSeconds(-1));
        await key.ExpireAt(DateTimeOffset.UtcNow.AddDays(1));

        Assert.Null(await key.Get());
    }

    [Fact]
    public async Task Requests_with_one_idempotency_key_share_a_seed_and_the_first_answer()
    {
        var grain = cluster.Grains.GetGrain<IIdempotencyGrain>("idem-" + Guid.NewGuid().ToString("N"));

        var begun = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => grain.Begin([1, 2, 3])));
        await grain.Complete(new StoredAnswer(201, [4], "/there", "\"1\""));
        var repeat = await grain.Begin([1, 2, 3]);
        var other = await grain.Begin([9]);

        Assert.Single(begun.Select(request => request.Seed).Distinct());
        Assert.All(begun, request => Assert.Null(request.Answer));
        Assert.Equal([4], repeat.Answer?.Body);
        Assert.Equal(begun[0].Seed, repeat.Seed);
        Assert.False(other.SameBody);
    }

    [Fact]
    public async Task There_is_one_first_operator_key_and_one_visitor_hash_key()
    {
        var installation = cluster.Grains.GetGrain<IInstallationGrain>(IInstallationGrain.Key);

        var offers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => installation.OfferFirstOperatorKey(Cluster.NewId(EntityId.Key))));
        var before = await installation.GetVisitorHashKey();
        await cluster.ForgetActivations();

        Assert.Single(offers, taken => taken);
        Assert.Equal(before, await installation.GetVisitorHashKey());
        Assert.True(await installation.HasOperatorKey());
    }

    [Fact]
    public async Task A_campaign_is_on_the_list_of_its_status_and_on_no_other()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice, CampaignStatus.Draft);
        var grain = cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id);
        await grain.MoveTo(CampaignStatus.Active, null);
        await grain.MoveTo(CampaignStatus.Paused, null);

        var directory = cluster.Grains.GetGrain<IDirectoryGrain>(0);
        var on = new List<CampaignStatus>();
        foreach (var status in Enum.GetValues<CampaignStatus>())
        {
            if (await directory.Contains(DirectoryLists.CampaignsOf(campaign.ProgramId, status, CampaignKind.Performance), campaign.Id))
            {
                on.Add(status);
            }
        }

        Assert.Equal([CampaignStatus.Paused], on);
        Assert.True(await directory.Contains(DirectoryLists.CampaignsOf(campaign.ProgramId), campaign.Id));
    }

    [Fact]
    public async Task What_was_never_made_is_not_there_and_cannot_be_changed()
    {
        var program = cluster.Grains.GetGrain<IProgramGrain>(Cluster.NewId(EntityId.Program));

        Assert.Null(await program.Get());
        Assert.Equal(RefusalKind.NotFound, (await program.Change(new ProgramChange { Name = "Name" }, null)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotFound, (await cluster.Grains.GetGrain<ICampaignGrain>(Cluster.NewId(EntityId.Campaign)).Create(Cluster.NewId(EntityId.Program), new CampaignChange { Name = "Campaign", Kind = CampaignKind.Creator })).Refusal?.Kind);
    }
}
