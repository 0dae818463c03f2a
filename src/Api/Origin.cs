namespace OrleansLinks;

/// <summary>Where the installation itself is reached.</summary>
/// <param name="Url">Scheme and authority, without a closing slash; tracking links of programs without a host of their own begin with it.</param>
internal sealed record Origin(string Url);
