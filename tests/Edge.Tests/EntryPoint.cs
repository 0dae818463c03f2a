using OrleansLinks.Journal;

namespace OrleansLinks.Edge;

internal static class EntryPoint
{
    public static async Task<int> Main(string[] args)
    {
        // Tests of two processes start this program a second time.
        if (args is [JournalProcess.Write or JournalProcess.Open, var folder])
        {
            return await JournalProcess.RunAsync(args[0], folder);
        }

        return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
            ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
