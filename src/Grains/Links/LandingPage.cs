using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansLinks.Links;

/// <summary>
/// A landing page's address: absolute http or https, no user info, at most <see cref="MaxLength"/> characters, an
/// international host name in its ASCII form. Path, query and fragment stay as they were typed, but for characters that
/// may not stand in a URL, which are percent-encoded (RFC 3986).
/// </summary>
/// <param name="Url">The address, ASCII only.</param>
/// <param name="Host">Its host, lower case, without port and without a closing dot.</param>
public readonly record struct LandingPage(string Url, string Host)
{
    /// <summary>Most characters that an address may have, as typed and as kept.</summary>
    public const int MaxLength = 2048;

    private const string Unencoded = "-._~:/?[]@!$&'()*+,;=%";

    private static readonly SearchValues<char> IPv6Characters = SearchValues.Create("0123456789ABCDEFabcdef:.");

    /// <summary>Reads an address as typed.</summary>
    /// <param name="text">What was typed; white space around it is dropped.</param>
    /// <param name="page">The page.</param>
    /// <param name="error">What is wrong, where it is not a landing page's address.</param>
    public static bool TryParse(string? text, out LandingPage page, [NotNullWhen(false)] out string? error)
    {
        page = default;
        var typed = text?.Trim() ?? "";
        error = typed switch
        {
            "" => "A landing page is required: an absolute address such as https://www.example.com/page.",
            { Length: > MaxLength } => $"The landing page has {typed.Length} characters; at most {MaxLength} are allowed.",
            _ when Texts.HasForbiddenCharacters(typed) => "The landing page contains control characters or broken Unicode; remove them.",
            _ when typed.Contains('\\', StringComparison.Ordinal) => "The landing page contains a backslash; use / or %5C.",
            _ => null,
        };
        if (error is not null)
        {
            return false;
        }

        var scheme = typed.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https"
            : typed.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http"
            : null;
        if (scheme is null)
        {
            error = "The landing page must begin with https:// or http://.";
            return false;
        }

        var rest = typed.AsSpan(scheme.Length + 3);
        var end = rest.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? rest : rest[..end];
        var tail = end < 0 ? [] : rest[end..];
        if (authority.Contains('@'))
        {
            error = "The landing page must not contain a user name or password before its host.";
            return false;
        }

        if (!TryReadAuthority(scheme, authority, out var host, out var port))
        {
            error = "The landing page has no valid host name.";
            return false;
        }

        var url = new StringBuilder(scheme).Append("://").Append(host);
        if (port != (scheme == "https" ? 443 : 80))
        {
            url.Append(':').Append(port.ToString(CultureInfo.InvariantCulture));
        }

        if (tail.IsEmpty || tail[0] != '/')
        {
            url.Append('/');
        }

        AppendEncoded(url, tail, keepFirstHash: true);
        if (url.Length > MaxLength)
        {
            error = $"The landing page has {url.Length} characters in its encoded form; at most {MaxLength} are allowed.";
            return false;
        }

        page = new LandingPage(url.ToString(), host);
        return true;
    }

    /// <summary>
    /// Reads a host name or IP address: lower case, international names in ASCII form, no closing dot.
    /// </summary>
    public static bool TryNormaliseHost(ReadOnlySpan<char> text, out string host)
    {
        host = "";
        if (text.StartsWith('['))
        {
            return TryNormaliseIPv6(text, out host);
        }

        var name = text.ToString().ToLowerInvariant();
        if (!Ascii.IsValid(name))
        {
            try
            {
                name = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(name).ToLowerInvariant();
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        if (name.EndsWith('.'))
        {
            name = name[..^1];
        }

        if (name.Length is 0 or > 253)
        {
            return false;
        }

        var labels = name.Split('.');
        foreach (var label in labels)
        {
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-' || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                return false;
            }
        }

        // Numbers before a label that begins with an underscore are no host to some clients.
        if (!Uri.TryCreate($"http://{name}/", UriKind.Absolute, out var uri))
        {
            return false;
        }

        if (char.IsAsciiDigit(labels[^1][0]))
        {
            // A last label that begins with a digit is an IPv4 address to browsers, in whatever notation (WHATWG URL).
            if (uri.HostNameType != UriHostNameType.IPv4)
            {
                return false;
            }

            name = uri.Host;
        }

        host = name;
        return true;
    }

    /// <summary>Appends text of a path, query or fragment, percent-encoding what may not stand there.</summary>
    internal static void AppendEncoded(StringBuilder url, ReadOnlySpan<char> text, bool keepFirstHash)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsAsciiLetterOrDigit(c) || (Unencoded.Contains(c, StringComparison.Ordinal) && (c != '%' || IsEscape(text[i..]))))
            {
                url.Append(c);
                i++;
            }
            else if (c == '#' && keepFirstHash)
            {
                keepFirstHash = false;
                url.Append(c);
                i++;
            }
            else
            {
                Rune.DecodeFromUtf16(text[i..], out var rune, out var used);
                var length = rune.EncodeToUtf8(utf8);
                foreach (var b in utf8[..length])
                {
                    url.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
                }

                i += used;
            }
        }
    }

    private static bool TryNormaliseIPv6(ReadOnlySpan<char> text, out string host)
    {
        // IPAddress also takes a zone (%eth0) and a length of the prefix (/64), which the host of a URL cannot have.
        host = "";
        if (text[^1] != ']' || text[1..^1].ContainsAnyExcept(IPv6Characters) || !IPAddress.TryParse(text[1..^1], out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        host = $"[{address}]";
        return true;
    }

    private static bool IsEscape(ReadOnlySpan<char> text) =>
        text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);

    private static bool TryReadAuthority(string scheme, ReadOnlySpan<char> authority, out string host, out int port)
    {
        port = scheme == "https" ? 443 : 80;
        var name = authority;
        var colon = authority.LastIndexOf(':');
        if (colon >= 0 && !authority[colon..].Contains(']'))
        {
            name = authority[..colon];
            var digits = authority[(colon + 1)..];
            if (!digits.IsEmpty && !(int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535))
            {
                host = "";
                return false;
            }
        }

        return TryNormaliseHost(name, out host);
    }
}
