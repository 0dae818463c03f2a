using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Transfer;

try
{
    await new CommandLine(EdgeHost.Known, Serve, ("export", ExportCommand.Run), ("import", ImportCommand.Run)).Run(args, Console.Out);
    return 0;
}
catch (Exception exception) when (exception is JournalException || Settings.ExplainsItself(exception))
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
    await using var host = EdgeHost.Build(args);
    await host.Start(output);
    await host.WaitForShutdown(output);
}
