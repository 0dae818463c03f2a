namespace OrleansLinks.ConsoleTests.Layout;

/// <summary>The pages of the console, and who is looked at them as.</summary>
internal static class Pages
{
    /// <summary>Who has a page, and its address; names in braces are of <see cref="World"/>.</summary>
    public static readonly (string? Who, string Path)[] All =
    [
        (null, "sign-in"),
        ("brand", "not-found"),
        ("brand", "no-such-page"),

        ("operator", ""),
        ("brand", ""),
        ("partner", ""),

        ("brand", "tasks/{task}"),
        ("brand", "tasks/{creatorTask}"),
        ("brand", "tasks/{shutTask}"),
        ("brandReader", "tasks/{task}"),
        ("partner", "tasks/{task}"),
        ("partner", "tasks/{defaultTask}"),
        ("creator", "tasks/{creatorTask}"),
        ("operator", "tasks/{task}"),
    ];
}
