using System.Collections.Immutable;

namespace OrleansLinks.Installation;

/// <summary>
/// The keys that the console's cookies are encrypted with, so that a session holds at every edge and after a restart; its
/// key is <see cref="Key"/>.
/// </summary>
[Alias("IKeyRingGrain")]
public interface IKeyRingGrain : IGrainWithStringKey
{
    /// <summary>The grain's only key.</summary>
    const string Key = "key-ring";

    /// <summary>All elements of the ring, as XML.</summary>
    [Alias("GetAll")]
    Task<ImmutableArray<string>> GetAll();

    /// <summary>Adds an element to the ring.</summary>
    /// <param name="element">The element, as XML.</param>
    [Alias("Add")]
    Task Add(string element);
}
