using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansLinks.Links;

/// <summary>Codes of short links: drawn, or chosen as an alias.</summary>
public static class ShortCodes
{
    /// <summary>Characters of a drawn code. 58^8 ≈ 1.3·10^14 codes: with a million links issued, one guess in 10^8 meets one.</summary>
    public const int Length = 8;

    /// <summary>Characters of the key of a regular link, which has no code.</summary>
    public const int RegularKeyLength = 16;

    /// <summary>Fewest characters of a code.</summary>
    public const int MinLength = 3;

    /// <summary>Most characters of a code.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Letters and digits without those that are taken for one another (0 O I l).
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>First segments of this installation's own paths, now or to come, and words that would pass for them.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "_blazor", "_content", "_framework", "about", "account", "admin", "api", "app", "assets", "auth", "c", "console",
        "docs", "error", "favicon", "graphql", "health", "healthz", "help", "home", "index", "ledger", "live", "login",
        "logout", "metrics", "openapi", "operator", "pixel", "postback", "privacy", "ready", "robots", "scalar",
        "signin", "signout", "signup", "sitemap", "static", "status", "support", "swagger", "terms", "well-known", "www",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a word is kept for the installation's own paths, in any case.</summary>
    public static bool IsReserved(string word) => Reserved.Contains(word);

    /// <summary>
    /// Draws a code: the hash of a random seed, the number of the link in its batch and the number of the try, so that a
    /// repeat of a request draws the same codes.
    /// </summary>
    public static string Draw(LinkForm form, Guid seed, int index, int attempt)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(seed, index, attempt, hash);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(hash);
        var code = string.Create(form == LinkForm.Short ? Length : RegularKeyLength, bits, static (span, rest) =>
        {
            foreach (ref var c in span)
            {
                (rest, var digit) = UInt128.DivRem(rest, (UInt128)Alphabet.Length);
                c = Alphabet[(int)digit];
            }
        });
        return IsReserved(code) ? Draw(form, seed, index, attempt + 1000) : code;
    }

    /// <summary>Names the creation of a link of a batch, the same at every repeat.</summary>
    public static Guid CreationId(Guid seed, int index)
    {
        Span<byte> hash = stackalloc byte[32];
        Hash(seed, index, -1, hash);
        return new Guid(hash[..16]);
    }

    /// <summary>Checks an alias: 3 to 64 of <c>A-Z a-z 0-9 - _</c>, and not a reserved word.</summary>
    public static bool IsAllowedAlias(string alias, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = !IsWellFormed(alias)
            ? Refusal.Rule("alias_invalid", "alias", "An alias has 3 to 64 characters of A-Z, a-z, 0-9, - and _.")
            : IsReserved(alias)
                ? Refusal.Rule("alias_reserved", "alias", $"The alias '{alias}' is a reserved word; choose another.")
                : null;
        return refusal is null;
    }

    /// <summary>Reads the code out of a link's id; false when it is not the id of a link.</summary>
    public static bool TryReadLinkId([NotNullWhen(true)] string? id, out string code)
    {
        code = id is not null && id.StartsWith(EntityId.Link, StringComparison.Ordinal) ? id[EntityId.Link.Length..] : "";
        return IsWellFormed(code);
    }

    /// <summary>Whether a text could be a code at all.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? code) =>
        code is { Length: >= MinLength and <= MaxLength } && !code.AsSpan().ContainsAnyExcept(Characters);

    private static void Hash(Guid seed, int index, int attempt, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[24];
        seed.TryWriteBytes(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[16..], index);
        BinaryPrimitives.WriteInt32LittleEndian(input[20..], attempt);
        SHA256.HashData(input, hash);
    }
}
