using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using OrleansLinks.Links;

namespace OrleansLinks.Access;

/// <summary>Who calls, by the access key that came with the request.</summary>
/// <param name="Key">The access key's grants.</param>
/// <param name="Secret">The access key itself.</param>
internal sealed record Caller(AccessKey Key, string Secret)
{
    public bool IsOperator => Key.Role == Role.Operator;

    public Side Side => Key.Role == Role.Partner ? Side.Partner : Side.Brand;

    public LinkCreator Creator => Key.Role == Role.Partner ? LinkCreator.Partner : LinkCreator.Brand;

    /// <summary>Whether the caller acts for that program.</summary>
    public bool ActsFor(string programId) => IsOperator || (Key.Role == Role.Brand && Key.ProgramId == programId);

    /// <summary>Whether the caller is that partner.</summary>
    public bool Is(string partnerId) => Key.Role == Role.Partner && Key.PartnerId == partnerId;

    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) => new(context.Features.Get<Caller>());
}

/// <summary>Access keys as they travel, and the ids that their actors go by.</summary>
internal static class AccessKeys
{
    /// <summary>Fewest characters of a key, also of one that the operator gives.</summary>
    public const int MinLength = 32;

    /// <summary>Most characters of a key.</summary>
    public const int MaxLength = 200;

    private const string Prefix = "olk_";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new key from the operating system's cryptographic source.</summary>
    public static string New() => Prefix + RandomNumberGenerator.GetString(Alphabet, 40);

    /// <summary>
    /// A new key for a request that may be repeated: the same seed and the same caller's key give the same key, and
    /// neither alone does, so that what is stored of the request does not tell it.
    /// </summary>
    public static string Derive(string callerSecret, Guid seed)
    {
        var bytes = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(callerSecret), 40, seed.ToByteArray(), "orleanslinks access key"u8.ToArray());
        return Prefix + string.Concat(bytes.Select(b => Alphabet[b % Alphabet.Length]));
    }

    /// <summary>The id of a key: half of its SHA-256 hash, so that a key leads to its actor and the actor to no key.</summary>
    public static string IdOf(string secret) =>
        EntityId.From(EntityId.Key, new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 16), bigEndian: true));
}
