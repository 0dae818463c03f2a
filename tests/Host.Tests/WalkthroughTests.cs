namespace OrleansLinks.Host;

public sealed class WalkthroughTests
{
    [Fact]
    public Task The_walkthrough_passes_against_a_running_instance() => Passes(Repository.Walkthrough, "All four ways to a link work.");

    [Fact]
    public Task The_shop_works_against_a_running_instance() => Passes(Repository.Shop, "The shop works.");

    private static async Task Passes(string script, string lastWords)
    {
        using var folder = new TemporaryFolder();
        await using var instance = await Instance.Start(folder.Path);

        var run = await Child.Run("bash", [script, instance.Origin, Instance.OperatorKey]);

        Assert.True(run.ExitCode == 0, $"{run.Output}\n{run.Errors}");
        Assert.EndsWith(lastWords, run.Output, StringComparison.Ordinal);
    }
}
