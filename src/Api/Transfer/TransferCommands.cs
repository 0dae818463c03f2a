namespace OrleansLinks.Transfer;

/// <summary>The commands of an edge beside those that every program has.</summary>
internal static class TransferCommands
{
    /// <summary>Their words, and what they do with the rest of the command line.</summary>
    public static readonly (string Word, Func<string[], TextWriter, Task> Run)[] All = [("export", ExportCommand.Run), ("import", ImportCommand.Run)];
}
