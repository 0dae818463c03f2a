using OrleansLinks.Campaigns;
using OrleansLinks.Directory;
using OrleansLinks.Partners;
using OrleansLinks.Programs;

namespace OrleansLinks;

public sealed class SearchTests(Cluster cluster)
{
    [Fact]
    public async Task Things_without_a_name_get_the_one_that_their_actors_know()
    {
        var campaign = await cluster.NewCampaign(LandingMode.PartnerChoice);
        var task = (await (await cluster.NewTask(campaign)).GetInfo())!;
        var program = (await cluster.Grains.GetGrain<IProgramGrain>(campaign.ProgramId).Get())!;
        var partner = (await cluster.Grains.GetGrain<IPartnerGrain>(task.PartnerId).Get())!;
        var neverMade = Cluster.NewId(EntityId.Program);
        await cluster.Directory.AddAsync(new DirectoryEntry(DirectoryLists.Programs, neverMade));
        (string List, string Id, string Name)[] things =
        [
            (DirectoryLists.Programs, program.Id, program.Name),
            (DirectoryLists.Partners, partner.Id, partner.Name),
            (DirectoryLists.CampaignsOf(program.Id, campaign.Status, campaign.Kind), campaign.Id, campaign.Name),
            (DirectoryLists.TasksOf(partner.Id), task.Id, task.Name),
        ];
        foreach (var (list, id, name) in things)
        {
            await cluster.Directory.RemoveNamesAsync(id, long.MaxValue);
            Assert.False(await IsFound(list, id, name));
        }

        await cluster.Grains.Actor<IMissingNamesGrain>(IMissingNamesGrain.Key).KeepUp();

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        foreach (var (list, id, name) in things)
        {
            while (!await IsFound(list, id, name))
            {
                Assert.False(deadline.IsCancellationRequested, $"{id} is not found by its name within 30 seconds.");
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }

        Assert.Contains(neverMade, (await cluster.Directory.ListNamelessAsync(new DirectoryEntry(DirectoryLists.Programs, ""), 10_000)).Ids);
    }

    [Fact]
    public async Task A_renaming_that_is_refused_leaves_the_name()
    {
        var program = await cluster.NewProgram();
        var grain = cluster.Grains.GetGrain<IProgramGrain>(program.Id);

        Assert.False((await grain.Change(new ProgramChange { Name = "Refused", Currency = "none" }, null)).IsOk);
        Assert.False((await grain.Change(new ProgramChange { Name = "Refused" }, program.Version + 1)).IsOk);

        Assert.False(await IsFound(DirectoryLists.Programs, program.Id, "refused"));
        Assert.True(await IsFound(DirectoryLists.Programs, program.Id, program.Name));
    }

    [Fact]
    public async Task A_thing_without_a_name_that_is_renamed_is_found_by_the_new_one()
    {
        var program = await cluster.NewProgram();
        await cluster.Directory.RemoveNamesAsync(program.Id, long.MaxValue);

        await cluster.Grains.GetGrain<IProgramGrain>(program.Id).Change(new ProgramChange { Name = "Another" }, null);

        Assert.True(await IsFound(DirectoryLists.Programs, program.Id, "another"));
        Assert.False(await IsFound(DirectoryLists.Programs, program.Id, program.Name));
    }

    private async Task<bool> IsFound(string list, string id, string name) =>
        (await cluster.Grains.GetGrain<IDirectoryGrain>(0).Search(list, name, null, 500)).Contains(id);
}
