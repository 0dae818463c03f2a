namespace OrleansLinks.Installation;

/// <summary>What the whole installation has once; its key is <see cref="Key"/>.</summary>
[Alias("IInstallationGrain")]
public interface IInstallationGrain : IGrainWithStringKey
{
    /// <summary>The grain's only key.</summary>
    const string Key = "installation";

    /// <summary>256 random bits, made at the first start, that visitors' addresses are hashed with.</summary>
    [Alias("GetVisitorHashKey"), ResponseTimeout("00:00:02")]
    Task<byte[]> GetVisitorHashKey();

    /// <summary>Whether the operator has had a key.</summary>
    [Alias("HasOperatorKey")]
    Task<bool> HasOperatorKey();

    /// <summary>Makes the key with that id the operator's first, unless there has been one before.</summary>
    /// <returns>Whether it did.</returns>
    [Alias("OfferFirstOperatorKey")]
    Task<bool> OfferFirstOperatorKey(string keyId);
}
