using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansLinks;

/// <summary>
/// Ids of the API: a prefix that names the kind, then 128 bits in Crockford's base 32
/// (https://www.crockford.com/base32.html, lower case, 26 characters). The bits are a UUID version 7
/// (RFC 9562), so that ids of one kind sort by the time they were made.
/// </summary>
/// <remarks>
/// The prefix matters beyond looks: Orleans' ADO.NET grain storage stores a string key that reads as a
/// hexadecimal number as that number (dotnet/orleans#9706); a prefix with letters past <c>f</c> prevents it.
/// </remarks>
public static class EntityId
{
    /// <summary>Prefix of a program's id.</summary>
    public const string Program = "prg_";

    /// <summary>Prefix of a campaign's id.</summary>
    public const string Campaign = "cmp_";

    /// <summary>Prefix of a task's id.</summary>
    public const string Task = "tsk_";

    /// <summary>Prefix of a partner's id.</summary>
    public const string Partner = "prt_";

    /// <summary>Prefix of a tracking link's id; what follows is the link's code.</summary>
    public const string Link = "lnk_";

    /// <summary>Prefix of a click's id.</summary>
    public const string Click = "clk_";

    /// <summary>Prefix of a conversion's id.</summary>
    public const string Conversion = "cnv_";

    /// <summary>Prefix of a signing secret's id.</summary>
    public const string SigningSecret = "sec_";

    /// <summary>Prefix of a webhook's id.</summary>
    public const string Webhook = "whk_";

    /// <summary>Prefix of the id of an event that webhooks are told of.</summary>
    public const string WebhookEvent = "evt_";

    /// <summary>Prefix of an access key's id.</summary>
    public const string Key = "key_";

    /// <summary>Prefix of a saved landing page's id, unique within its campaign.</summary>
    public const string SavedPage = "pg_";

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BodyLength = 26;

    private const int RandomPool = 1600;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _randomLeft;

    // The value of each ASCII character as a digit; 255 where it is none.
    private static readonly byte[] Digits = MakeDigits();

    /// <summary>Makes a new id of the kind that <paramref name="prefix"/> names.</summary>
    public static string New(string prefix, TimeProvider clock) => From(prefix, NewSeed(clock));

    /// <summary>
    /// Makes a UUID version 7: the time in milliseconds, then 74 bits from the operating system's cryptographic source.
    /// An id is made of it, or the codes of links are drawn from it.
    /// </summary>
    public static Guid NewSeed(TimeProvider clock)
    {
        Span<byte> bytes = stackalloc byte[16];
        TakeRandom(bytes);
        var milliseconds = clock.GetUtcNow().ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)milliseconds << 16) | 0x7000 | (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0FFFu));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Writes <paramref name="value"/> as an id.</summary>
    public static string From(string prefix, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(prefix.Length + BodyLength, (prefix, bits), static (span, state) =>
        {
            state.prefix.CopyTo(span);
            var rest = state.bits;
            for (var i = span.Length - 1; i >= state.prefix.Length; i--)
            {
                span[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }

    /// <summary>Reads the 128 bits of an id; false when it is not a well-formed id with that prefix.</summary>
    public static bool TryParse([NotNullWhen(true)] string? id, string prefix, out Guid value)
    {
        value = default;
        if (id is null || id.Length != prefix.Length + BodyLength || !id.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var bits = UInt128.Zero;
        for (var i = prefix.Length; i < id.Length; i++)
        {
            var digit = id[i] < Digits.Length ? Digits[id[i]] : byte.MaxValue;
            if (digit >= Alphabet.Length || (i == prefix.Length && digit > 7))
            {
                return false;
            }

            bits = (bits << 5) | digit;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        value = new Guid(bytes, bigEndian: true);
        return true;
    }

    /// <summary>Whether <paramref name="id"/> is a well-formed id with that prefix.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? id, string prefix) => TryParse(id, prefix, out _);

    /// <summary>The 128 bits of an id that is known to be well-formed.</summary>
    /// <exception cref="FormatException">The id is not well-formed.</exception>
    public static Guid Parse(string id, string prefix) =>
        TryParse(id, prefix, out var value) ? value : throw new FormatException($"'{id}' is not an id that begins with '{prefix}'.");

    /// <summary>Random bytes, of which a call for one id costs as much as one for a hundred.</summary>
    private static void TakeRandom(Span<byte> bytes)
    {
        var pool = _random ??= new byte[RandomPool];
        if (_randomLeft < bytes.Length)
        {
            RandomNumberGenerator.Fill(pool);
            _randomLeft = pool.Length;
        }

        var taken = pool.AsSpan(_randomLeft - bytes.Length, bytes.Length);
        taken.CopyTo(bytes);
        taken.Clear();
        _randomLeft -= bytes.Length;
    }

    private static byte[] MakeDigits()
    {
        var digits = new byte[128];
        digits.AsSpan().Fill(byte.MaxValue);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            digits[Alphabet[i]] = (byte)i;
        }

        return digits;
    }
}
