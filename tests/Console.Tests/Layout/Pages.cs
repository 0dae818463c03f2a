namespace OrleansLinks.ConsoleTests.Layout;

/// <summary>The pages of the console, and who is looked at them as.</summary>
internal static class Pages
{
    /// <summary>Who has a page, and its address; names in braces are of <see cref="World"/>.</summary>
    public static readonly (string? Who, string Path)[] All =
    [
        (null, "sign-in"),
        ("brand", "not-found"),

        ("operator", ""),
        ("brand", ""),
        ("partner", ""),

        ("operator", "programs"),
        ("operator", "programs/new"),
        ("operator", "partners"),
        ("operator", "ledger"),
        ("operator", "results"),
        ("brand", "programs/{program}"),
        ("brand", "partners"),
        ("brand", "keys"),
        ("partner", "keys"),

        ("brand", "programs/{program}/campaigns/performance"),
        ("brand", "programs/{program}/campaigns/creators"),
        ("brand", "programs/{program}/campaigns/performance/new"),
        ("brand", "campaigns/{campaign}"),
        ("brand", "campaigns/{draft}"),
        ("brand", "campaigns/{campaign}/tasks"),
        ("brand", "campaigns/{campaign}/participants"),
        ("brand", "campaigns/{campaign}/results"),
        ("brand", "campaigns/{creatorCampaign}/edit"),

        ("partner", "discover/campaigns"),
        ("partner", "discover/campaigns?tab=ended"),
        ("partner", "discover/campaigns/{campaign}"),
        ("partner", "discover/tasks"),

        ("brand", "results"),
        ("partner", "results"),
        ("brand", "conversions"),
        ("partner", "conversions"),

        ("brand", "tasks/{task}"),
        ("brand", "tasks/{creatorTask}"),
        ("partner", "tasks/{task}"),
        ("partner", "tasks/{defaultTask}"),
        ("partner", "tasks/{shutTask}"),
    ];

    /// <summary>Who can only read, and a page with something on it that others change.</summary>
    public static readonly (string Who, string Path)[] OfReaders =
    [
        ("brandReader", ""),
        ("brandReader", "programs/{program}"),
        ("brandReader", "programs/{program}/campaigns/performance"),
        ("brandReader", "campaigns/{campaign}"),
        ("brandReader", "campaigns/{draft}"),
        ("brandReader", "campaigns/{campaign}/tasks"),
        ("brandReader", "campaigns/{campaign}/participants"),
        ("brandReader", "tasks/{task}"),
        ("brandReader", "tasks/{defaultTask}"),
        ("brandReader", "partners"),
        ("brandReader", "keys"),
        ("brandReader", "conversions"),
        ("partnerReader", ""),
        ("partnerReader", "tasks/{task}"),
        ("partnerReader", "keys"),
    ];
}
