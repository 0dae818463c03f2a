namespace OrleansLinks.Processes;

internal static class Refusals
{
    /// <summary>Checks that a program did not do what it should, and said why in one line.</summary>
    public static void IsOneLineThatNames(this Ended ended, string named)
    {
        Assert.NotEqual(0, ended.ExitCode);
        var line = Assert.Single(ended.Errors.Split('\n'));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain("xception", $"{ended.Output}\n{line}", StringComparison.Ordinal);
    }
}
