using OrleansLinks.Campaigns;
using OrleansLinks.History;
using OrleansLinks.Programs;

namespace OrleansLinks;

/// <summary>What settings were is known later.</summary>
public sealed class SettingsHistoryTests(Cluster cluster)
{
    [Fact]
    public async Task Each_version_of_a_campaign_is_found_again()
    {
        var active = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var grain = cluster.Grains.GetGrain<ICampaignGrain>(active.Id);
        var renamed = (await grain.Change(new CampaignChange { Name = "Another name" }, null)).Value!;
        var paused = (await grain.MoveTo(CampaignStatus.Paused, null)).Value!;
        await cluster.ForgetActivations();

        Assert.Equal(CampaignStatus.Draft, (await grain.GetVersion(1))!.Status);
        Assert.Equivalent(active, await grain.GetVersion(active.Version), strict: true);
        Assert.Equivalent(renamed, await grain.GetVersion(renamed.Version), strict: true);
        Assert.Equivalent(paused, await grain.GetVersion(paused.Version), strict: true);
        Assert.Null(await grain.GetVersion(paused.Version + 1));
        Assert.Null(await grain.GetVersion(0));
    }

    [Fact]
    public async Task Each_version_of_a_program_is_found_again()
    {
        var first = await cluster.NewProgram();
        var grain = cluster.Grains.GetGrain<IProgramGrain>(first.Id);
        var second = (await grain.Change(new ProgramChange { PermittedDomains = new(true, ["shop.example.com", "*.example.net"]) }, null)).Value!;
        await grain.Change(new ProgramChange { Name = "Another name" }, null);

        Assert.Equivalent(first, await grain.GetVersion(1), strict: true);
        Assert.Equivalent(second, await grain.GetVersion(2), strict: true);
        Assert.Equal("Another name", (await grain.GetVersion(3))!.Name);
        Assert.Null(await grain.GetVersion(4));
    }

    [Fact]
    public async Task Terms_that_were_kept_before_all_versions_were_still_pay_the_clicks_of_their_time()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var grain = cluster.Grains.GetGrain<ICampaignGrain>(campaign.Id);
        var renamed = (await grain.Change(new CampaignChange { Name = "Another name" }, null)).Value!;

        // As a program of before has left it: the terms alone, and not of every version.
        await cluster.History.AddAsync(new SettingsVersion(
            campaign.Id, campaign.Version, campaign.CreatedAt.AddDays(-2),
            """{"Tracking":{"ClicksAndConversions":true,"AttributionWindowDays":7,"LockingPeriodDays":3},"Pay":{"Enabled":true,"Terms":{"Model":1,"Rate":12.5}}}"""));

        var terms = (await grain.GetTermsOf(campaign.CreatedAt.AddDays(-1), null))!;
        Assert.Equal((campaign.Version, 7, 12.5m), (terms.Version, terms.Tracking.AttributionWindowDays, terms.Pay.Terms!.Rate));
        Assert.Null(await grain.GetVersion(campaign.Version));
        var latest = (await grain.GetTermsOf(DateTimeOffset.UtcNow, null))!;
        Assert.Equal((renamed.Version, 5m), (latest.Version, latest.Pay.Terms!.Rate));

        // A click that knows its version is paid by that, whatever clocks say.
        Assert.Equal(12.5m, (await grain.GetTermsOf(DateTimeOffset.UtcNow, campaign.Version))!.Pay.Terms!.Rate);
        Assert.Equal(5m, (await grain.GetTermsOf(campaign.CreatedAt.AddDays(-1), renamed.Version))!.Pay.Terms!.Rate);
    }

    [Fact]
    public async Task A_campaign_whose_versions_were_not_kept_keeps_its_present_one_and_pays_earlier_clicks_as_before()
    {
        var id = Cluster.NewId(EntityId.Campaign);
        var began = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds());
        await cluster.History.AddAsync(new SettingsVersion(id, 3, began, "old terms"));
        var (before, after) = (new SettingsVersion(id, 7, began.AddDays(-9), "before"), new SettingsVersion(id, 8, began.AddHours(5), "after"));

        await cluster.History.KeepAsync(before, after);

        Assert.Equal("before", (await cluster.History.FindAsync(id, 7))!.Settings);
        Assert.Equal("old terms", (await cluster.History.FindAtAsync(id, began.AddHours(4), 8))!.Settings);
        Assert.Equal("after", (await cluster.History.FindAtAsync(id, began.AddHours(5), 8))!.Settings);
    }
}
