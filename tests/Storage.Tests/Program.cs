using OrleansLinks.Storage;

// The crash test starts this program a second time, as the writer that it kills.
if (args is [CrashWriter.Command, var folder])
    return await CrashWriter.RunAsync(folder);

return args.Any(arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, OrleansLinks.SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
