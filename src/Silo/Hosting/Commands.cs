namespace OrleansLinks.Hosting;

/// <summary>What a program does instead of serving when its first word says so.</summary>
public static class Commands
{
    /// <summary>The command that a command line asks for; null for the server. <c>health</c> is known to every program.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="own">The program's own commands: their words, and what they do with the rest of the command line.</param>
    /// <exception cref="StartupException">It begins with a word that is no command: not the server is meant by it.</exception>
    public static Func<TextWriter, Task>? Find(string[] args, params (string Word, Func<string[], TextWriter, Task> Run)[] own)
    {
        if (args is not [var word, .. var rest] || word is ['-' or '/', ..] || word.Contains('=', StringComparison.Ordinal))
        {
            return null;
        }

        (string Word, Func<string[], TextWriter, Task> Run)[] known = [.. own, ("health", HealthCommand.Run)];
        return known.SingleOrDefault(command => command.Word == word).Run is { } run
            ? output => run(rest, output)
            : throw new StartupException(
                $"There is no command '{word}': give {string.Join(", ", known.Select(command => command.Word))}, or settings alone to start the program.");
    }
}
