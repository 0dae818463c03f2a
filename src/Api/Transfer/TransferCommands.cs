namespace OrleansLinks.Transfer;

/// <summary>What the program does instead of serving when its first word says so.</summary>
internal static class TransferCommands
{
    /// <summary>The command that a command line asks for; null for the server.</summary>
    /// <param name="args">The command line.</param>
    public static Func<TextWriter, Task>? Find(string[] args) => args switch
    {
        ["export", .. var rest] => output => ExportCommand.Run(rest, output),
        ["import", .. var rest] => output => ImportCommand.Run(rest, output),
        _ => null,
    };
}
