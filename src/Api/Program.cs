using OrleansLinks.Hosting;
using OrleansLinks.Journal;

try
{
    await EdgeHost.CommandLine.Run(args, Console.Out);
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
