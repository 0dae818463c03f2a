namespace OrleansLinks.Host;

public sealed class WalkthroughTests
{
    [Fact]
    public async Task The_walkthrough_passes_against_a_running_instance()
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);

        var walkthrough = await Child.Run("bash", [Repository.Walkthrough, instance.Origin, Instance.OperatorKey]);

        Assert.True(walkthrough.ExitCode == 0, $"{walkthrough.Output}\n{walkthrough.Errors}");
        Assert.EndsWith("All four ways to a link work.", walkthrough.Output, StringComparison.Ordinal);
    }
}
