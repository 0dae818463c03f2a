using OrleansLinks.Hosting;
using OrleansLinks.Journal;
using OrleansLinks.Storage;

try
{
    await using var host = EmbeddedHost.Build(args);
    await host.Start(Console.Out);
    await host.App.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (exception is StartupException or DataFolderException or JournalException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
