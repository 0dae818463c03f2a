using System.Reflection;

namespace OrleansLinks.Hosting;

/// <summary>What a program does: it serves, unless the first word of its command line is a command.</summary>
/// <param name="settings">The settings that all of it knows.</param>
/// <param name="serve">Serves by the settings of the command line until the program is asked to end.</param>
/// <param name="commands">Commands beside <c>health</c>: their words, and what they do by the settings behind them.</param>
public sealed class CommandLine(KnownSettings settings, Func<string[], TextWriter, Task> serve, params (string Word, Func<string[], TextWriter, Task> Run)[] commands)
{
    private static readonly string[] Help = ["--help", "-h", "-?", "help"];
    private static readonly string[] Version = ["--version", "version"];

    private readonly (string Word, Func<string[], TextWriter, Task> Run)[] _commands =
        [.. commands, ("health", (args, output) => HealthCommand.Run(args, settings, output))];

    /// <summary>Does what a command line asks for.</summary>
    /// <param name="args">It.</param>
    /// <param name="output">Where to say something.</param>
    /// <exception cref="StartupException">It begins with a word that is no command, or has something else than settings; and what serving and commands throw.</exception>
    public Task Run(string[] args, TextWriter output)
    {
        if (args.Intersect(Help).Any())
        {
            return Explain(output);
        }

        if (args is [] or [['-', ..], ..] && !Version.Contains(args.FirstOrDefault()))
        {
            return serve(settings.Read(args), output);
        }

        var word = args[0];
        if (Version.Contains(word))
        {
            return output.WriteLineAsync(VersionOf(Assembly.GetEntryAssembly()!));
        }

        return _commands.SingleOrDefault(command => command.Word == word).Run is { } run
            ? run(settings.Read(args[1..]), output)
            : throw new StartupException(
                $"There is no command '{word}': give {string.Join(", ", _commands.Select(command => command.Word))}, or settings alone to start the program.");
    }

    private static string VersionOf(Assembly program) => program.GetName().Version!.ToString(3);

    private async Task Explain(TextWriter output)
    {
        var program = Assembly.GetEntryAssembly()!;
        await output.WriteLineAsync($"""
            {program.GetName().Name} {VersionOf(program)}
              {program.GetName().Name} [--Setting VALUE]…           serves until it is asked to end
              {program.GetName().Name} COMMAND [--Setting VALUE]…   {string.Join(", ", _commands.Select(command => command.Word))}

            Settings, which can be given in the environment too (Http__Port=9000), with their defaults; docs/operations/settings.md tells what they mean:
            """);
        settings.Print(output);
    }
}
