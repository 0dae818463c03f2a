using System.Diagnostics.CodeAnalysis;

namespace OrleansLinks;

/// <summary>
/// A field of a change: left alone when not set, otherwise set to <see cref="Value"/>, where null clears it
/// (JSON Merge Patch, RFC 7396).
/// </summary>
[GenerateSerializer, Immutable, Alias("Optional`1")]
public readonly record struct Optional<T>([property: Id(0)] bool IsSet, [property: Id(1)] T? Value)
{
    /// <summary>The new value when set, otherwise <paramref name="current"/>.</summary>
    public T? Or(T? current) => IsSet ? Value : current;

    /// <summary>A field that is set.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternate.")]
    public static implicit operator Optional<T>(T? value) => new(true, value);
}
