using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Transfer;

try
{
    if (Commands.Find(args, TransferCommands.All) is { } command)
    {
        await command(Console.Out);
        return 0;
    }

    await using var host = EdgeHost.Build(args);
    await host.Start(Console.Out);
    await host.WaitForShutdown();
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
