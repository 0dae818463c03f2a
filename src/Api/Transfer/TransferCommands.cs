using OrleansLinks.Hosting;

namespace OrleansLinks.Transfer;

/// <summary>What the program does instead of serving when its first word says so.</summary>
internal static class TransferCommands
{
    /// <summary>The command that a command line asks for; null for the server.</summary>
    /// <param name="args">The command line.</param>
    /// <exception cref="StartupException">It begins with a word that is no command: not the server is meant by it.</exception>
    public static Func<TextWriter, Task>? Find(string[] args) => args switch
    {
        ["export", .. var rest] => output => ExportCommand.Run(rest, output),
        ["import", .. var rest] => output => ImportCommand.Run(rest, output),
        [var word, ..] when !IsSetting(word) => throw new StartupException($"There is no command '{word}': give export or import, or settings alone to start the program."),
        _ => null,
    };

    private static bool IsSetting(string word) => word is ['-' or '/', ..] || word.Contains('=', StringComparison.Ordinal);
}
