namespace OrleansLinks.WebConsole.Reports;

/// <summary>A row of the table of results.</summary>
/// <param name="Value">The value of what it is broken down by; null where clicks have none.</param>
/// <param name="Name">Its name, where that needs no asking; null for others.</param>
/// <param name="Sums">The figures.</param>
/// <param name="Place">Its place in time, where it has one.</param>
public sealed record ResultRow(string? Value, string? Name, ReportSums Sums, int Place)
{
    /// <summary>Tells it from the other rows.</summary>
    public string Key => Value ?? "";
}
