namespace OrleansLinks.Storage;

/// <summary>The numbered scripts that are embedded in this assembly.</summary>
internal static class SchemaScripts
{
    /// <summary>The texts of <c>001-….sql</c>, <c>002-….sql</c> and so on, in their order.</summary>
    /// <param name="folder">Their folder, with dots for slashes, from this one.</param>
    public static string[] Read(string folder)
    {
        var assembly = typeof(SchemaScripts).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.Contains($".{folder}.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            })];
    }
}
