using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Programs;

namespace OrleansLinks;

public sealed class TaskActorTests(Cluster cluster)
{
    private static readonly LinkRequest Page = new(LandingPage: "https://www.example.com/page");

    [Fact]
    public async Task A_link_is_found_by_its_code_and_in_its_tasks_list()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));

        var link = (await Cluster.Create(task, Page)).Value!.Link;

        Assert.Equal(link, await cluster.Grains.GetGrain<ILinkGrain>(link.Code).Resolve());
        Assert.Equal(link, Assert.Single((await task.ListLinks(null, 10)).Items).Link);
    }

    [Fact]
    public async Task A_task_tells_which_domains_a_typed_page_may_have()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));

        Assert.Equal(["www.example.com"], (await task.Get())!.LinkSettings.PermittedDomains);
    }

    [Fact]
    public async Task Of_64_tasks_that_ask_for_one_alias_at_once_one_gets_it()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var tasks = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => cluster.NewTask(campaign)));
        var alias = "one-" + Guid.NewGuid().ToString("N");

        var outcomes = await Task.WhenAll(tasks.Select(task => Cluster.Create(task, Page with { Alias = alias })));

        Assert.Single(outcomes, outcome => outcome.IsOk);
        Assert.Equal(63, outcomes.Count(outcome => outcome.Refusal is { Code: "alias_taken", Kind: RefusalKind.Conflict }));
    }

    [Fact]
    public async Task A_code_that_was_asked_for_before_it_was_issued_is_found_afterwards()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));
        var alias = "later-" + Guid.NewGuid().ToString("N");
        Assert.Null(await cluster.Grains.GetGrain<ILinkGrain>(alias).Resolve());

        await Cluster.Create(task, Page with { Alias = alias });

        Assert.NotNull(await cluster.Grains.GetGrain<ILinkGrain>(alias).Resolve());
    }

    [Fact]
    public async Task No_link_is_created_once_a_pause_is_acknowledged()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var task = await cluster.NewTask(campaign);
        Assert.True((await Cluster.Create(task, Page)).IsOk);

        await cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id).MoveTo(CampaignStatus.Paused, null);

        Assert.Equal("campaign_not_active", (await Cluster.Create(task, Page)).Refusal?.Code);
    }

    [Fact]
    public async Task Tasks_that_are_opened_at_once_show_one_generated_link()
    {
        var campaign = await cluster.NewCampaign(LandingMode.ProgramDefault, CampaignStatus.Draft);
        var task = await cluster.NewTask(campaign);
        Assert.Null((await task.Get())!.GeneratedLink);
        await cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id).MoveTo(CampaignStatus.Active, null);

        var opened = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => task.Get()));
        await cluster.ForgetActivations();
        var listed = await task.ListLinks(null, 10);

        var generated = Assert.Single(opened.Select(details => details!.GeneratedLink!.Link.Id).Distinct());
        Assert.Equal(generated, Assert.Single(listed.Items).Link.Id);
    }

    [Fact]
    public async Task A_generated_link_stays_when_the_gates_shut()
    {
        var campaign = await cluster.NewCampaign(LandingMode.ProgramDefault);
        var task = await cluster.NewTask(campaign);
        var generated = (await task.Get())!.GeneratedLink!.Link.Id;

        await cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id).MoveTo(CampaignStatus.Paused, null);
        await cluster.ForgetActivations();

        Assert.Equal(generated, (await task.Get())!.GeneratedLink?.Link.Id);
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_finds_its_own_links()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));
        var batch = new LinkBatch([Page, Page with { Form = LinkForm.Regular }, Page with { Alias = "again-" + Guid.NewGuid().ToString("N") }], LinkCreator.Partner, true, EntityId.NewSeed(TimeProvider.System));

        var first = await task.CreateLinks(batch);
        var second = await task.CreateLinks(batch);

        Assert.Equal(first.Select(outcome => outcome.Value!.Link.Id), second.Select(outcome => outcome.Value!.Link.Id));
        Assert.Equal(3, (await task.ListLinks(null, 10)).Items.Length);
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_finds_its_own_links_also_when_a_gate_has_shut_meanwhile()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var task = await cluster.NewTask(campaign);
        var batch = new LinkBatch([Page, Page with { Alias = "shut-" + Guid.NewGuid().ToString("N") }], LinkCreator.Partner, true, EntityId.NewSeed(TimeProvider.System));
        var first = await task.CreateLinks(batch);

        await cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id).MoveTo(CampaignStatus.Paused, null);
        var second = await task.CreateLinks(batch);

        Assert.Equal(first.Select(outcome => outcome.Value!.Link.Id), second.Select(outcome => outcome.Value?.Link.Id));
    }

    [Fact]
    public async Task Settings_are_the_same_after_all_actors_began_anew()
    {
        var campaign = await cluster.NewCampaign(LandingMode.SavedPages);
        var grain = cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id);
        var changed = (await grain.Change(
            new CampaignChange
            {
                EndsAt = DateTimeOffset.UtcNow.AddDays(1),
                Landing = new CampaignLandingChange { SavedPages = System.Collections.Immutable.ImmutableArray.Create<SavedPageChange?>(new SavedPageChange(Name: "Sale", Url: "https://www.example.com/sale")) },
            },
            campaign.Version)).Value!;

        await cluster.ForgetActivations();
        var read = (await grain.Get())!;

        Assert.Equal(changed.Landing.SavedPages, read.Landing.SavedPages);
        Assert.Equal(changed with { Landing = read.Landing }, read);
    }

    [Fact]
    public async Task A_partner_that_was_removed_takes_part_no_more_at_once_and_again_when_it_is_back()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var task = await cluster.NewTask(campaign);
        var partner = (await task.GetInfo())!.PartnerId;
        var grain = cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id);

        await grain.RemoveParticipant(partner);
        Assert.Equal("partner_not_participating", (await Cluster.Create(task, Page)).Refusal?.Code);

        await grain.AddParticipant(partner);
        Assert.True((await Cluster.Create(task, Page)).IsOk);
    }

    [Fact]
    public async Task A_change_that_expects_an_old_version_changes_nothing()
    {
        var program = await cluster.NewProgram();
        var grain = cluster.Grains.GetGrain<IProgramGrain>(program.Id);
        await grain.Change(new ProgramChange { Name = "New name" }, program.Version);

        var late = await grain.Change(new ProgramChange { Name = "Late name" }, program.Version);

        Assert.Equal(RefusalKind.StaleVersion, late.Refusal?.Kind);
        Assert.Equal("New name", (await grain.Get())!.Name);
    }

    [Fact]
    public async Task What_the_brand_has_disabled_only_the_brand_enables_again()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));
        var link = cluster.Grains.GetGrain<ILinkGrain>((await Cluster.Create(task, Page)).Value!.Link.Code);
        var disable = new LinkChange { State = LinkState.Disabled };
        var enable = new LinkChange { State = LinkState.Active };

        await link.Change(disable, null, LinkCreator.Partner);
        await link.Change(disable, null, LinkCreator.Brand);
        await link.Change(disable, null, LinkCreator.Partner);
        await cluster.ForgetActivations();
        var refused = await link.Change(enable, null, LinkCreator.Partner);
        var enabled = await link.Change(enable, null, LinkCreator.Brand);

        Assert.Equal("link_disabled_by_brand", refused.Refusal?.Code);
        Assert.Equal((LinkState.Active, null), (enabled.Value!.Link.State, enabled.Value.Link.DisabledBy));
        await link.Change(disable, null, LinkCreator.Partner);
        Assert.Equal(LinkState.Active, (await link.Change(enable, null, LinkCreator.Partner)).Value?.Link.State);
    }

    [Fact]
    public async Task A_link_that_was_disabled_stays_so_after_all_actors_began_anew()
    {
        var task = await cluster.NewTask(await cluster.NewCampaign(LandingMode.PartnerChoice));
        var link = cluster.Grains.GetGrain<ILinkGrain>((await Cluster.Create(task, Page)).Value!.Link.Code);

        await link.Change(new LinkChange { State = LinkState.Disabled }, null, LinkCreator.Partner);
        await cluster.ForgetActivations();

        Assert.Equal(LinkState.Disabled, (await link.Resolve())!.State);
    }
}
