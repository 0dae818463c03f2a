namespace OrleansLinks.Directory;

/// <summary>
/// Sees to it that searches find what was made before there were names to search; there is one, its key is <see cref="Key"/>.
/// </summary>
[Alias("IMissingNamesGrain")]
public interface IMissingNamesGrain : IGrainWithStringKey
{
    /// <summary>The key of the one there is.</summary>
    const string Key = "missing-names";

    /// <summary>Sees to it that it goes on.</summary>
    [Alias("KeepUp")]
    Task KeepUp();
}
