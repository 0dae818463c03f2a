using OrleansLinks.Hosting;
using OrleansLinks.Silo;

try
{
    await new CommandLine(SiloHost.Known, Serve).Run(args, Console.Out);
    return 0;
}
catch (Exception exception) when (Settings.ExplainsItself(exception))
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
catch (OperationCanceledException)
{
    // Asked to end before it had started.
    return 0;
}

static async Task Serve(string[] args, TextWriter output)
{
    await using var app = SiloHost.Build(args);
    await app.Start(output);
    await app.WaitForShutdownAsync();
    await output.WriteLineAsync("  The silo has ended.");
}
