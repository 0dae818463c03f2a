namespace OrleansLinks.ConsoleTests;

internal static class Findings
{
    /// <summary>Checks that nothing was found, or says all that was.</summary>
    public static void AreNone(this IEnumerable<string> findings)
    {
        var all = string.Join('\n', findings);
        Assert.True(all.Length == 0, all);
    }
}
