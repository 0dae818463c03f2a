using System.ComponentModel.DataAnnotations;

namespace OrleansLinks.WebConsole;

/// <summary>The console (section <c>Console</c>).</summary>
public sealed class ConsoleOptions
{
    /// <summary>After how many hours who is signed in to the console signs in again.</summary>
    [Range(1, 720, ErrorMessage = "give a number from {1} to {2}.")]
    public int SessionHours { get; set; } = 12;
}
