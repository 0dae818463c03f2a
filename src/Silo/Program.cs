using OrleansLinks.Hosting;
using OrleansLinks.Silo;

try
{
    if (Commands.Find(args) is { } command)
    {
        await command(Console.Out);
        return 0;
    }

    await using var app = SiloHost.Build(args);
    await app.Start(Console.Out);
    await app.WaitForShutdownAsync();
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
