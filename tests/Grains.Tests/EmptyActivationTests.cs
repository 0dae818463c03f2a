using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks;

public sealed class EmptyActivationTests(Cluster cluster)
{
    [Fact]
    public async Task Codes_that_were_never_issued_can_be_asked_for_again_and_again()
    {
        var code = "never-" + Guid.NewGuid().ToString("N");

        var found = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => cluster.Grains.GetGrain<ILinkGrain>(code).Resolve().AsTask()));

        Assert.All(found, Assert.Null);
    }

    [Fact]
    public async Task Tasks_that_were_never_made_can_be_asked_for_again_and_again()
    {
        var id = Cluster.NewId(EntityId.Task);

        var found = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => cluster.Grains.GetGrain<ITaskGrain>(id).GetTerms().AsTask()));

        Assert.All(found, Assert.Null);
    }

    [Fact]
    public async Task An_activation_that_nothing_is_behind_does_not_stay()
    {
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        var id = Cluster.NewId(EntityId.Task);

        // It answers, so that there is one; it may be gone before anybody can look.
        await cluster.Grains.GetGrain<ITaskGrain>(id).GetInfo();

        var deadline = DateTimeOffset.UtcNow.AddSeconds(10);
        while ((await management.GetActiveGrains(GrainType.Create("task"), TestContext.Current.CancellationToken)).Any(grain => grain.Key.ToString() == id))
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "The activation of a task that was never made is still there after 10 seconds.");
            await Task.Yield();
        }
    }
}
