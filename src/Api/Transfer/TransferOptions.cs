namespace OrleansLinks.Transfer;

/// <summary>Where an export goes (section <c>Export</c>).</summary>
internal sealed class ExportOptions
{
    /// <summary>With <c>export</c>: the folder that becomes the copy; it is made, or is empty.</summary>
    public string To { get; set; } = "";
}

/// <summary>Where an import comes from (section <c>Import</c>).</summary>
internal sealed class ImportOptions
{
    /// <summary>With <c>import</c>: the folder of an export.</summary>
    public string From { get; set; } = "";
}
