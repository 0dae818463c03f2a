using CsCheck;

namespace OrleansLinks.Rules.Tests;

/// <summary>Texts as they come from outside.</summary>
internal static class Arbitrary
{
    /// <summary>Any UTF-16 there can be: NUL, control characters and halves of surrogate pairs are frequent.</summary>
    public static Gen<string> Text { get; } = Gen.String[
        Gen.Frequency(
            (4, Gen.Char[' ', '~']),
            (1, Gen.Char['\0', '\u009F']),
            (1, Gen.Char['\uD7F0', '\uE010']),
            (1, Gen.Int[0, 0xFFFF].Select(code => (char)code))),
        0,
        400];

    /// <summary>Texts of what hosts are made of, right and wrong.</summary>
    public static Gen<string> HostLike { get; } = Gen.OneOf(
        "example", "www", "bücher", "例え", "ｅ", "*", ".", "..", "。", "．", "-", "_", "xn--", "xn--bcher-kva", "127", "0x7f", "1", "[", "]", "::", ":",
        "fe80::1", "%", "%25eth0", "/64", "@", " ", "\u00AD", "\u200D", "ß", "İ", "℀", "com").Array[0, 8].Select(string.Concat);

    /// <summary>Texts of what addresses are made of, right and wrong.</summary>
    public static Gen<string> AddressLike { get; } = Gen.Select(
        Gen.OneOf("https://", "http://", "HTTPS://", "https:", "//", "ftp://", "javascript:", ""),
        HostLike,
        Gen.OneOf("", "/", ":", ":443", ":80", ":8080", ":99999", "@", "\\"),
        Gen.OneOf(Text, Gen.String[Gen.Frequency((8, Gen.Char[' ', '~']), (1, Gen.Char['\u00A0', '\u30FF'])), 0, 60]),
        (scheme, host, port, tail) => scheme + host + port + tail);

    /// <summary>Landing pages with paths, queries and fragments of all kinds.</summary>
    public static Gen<string> Pages { get; } = Gen.Select(
        Gen.OneOf("https://shop.example", "http://bücher.example:8080", "https://[2001:db8::1]", "https://192.0.2.7"),
        Gen.OneOf("", "/", "/a/b", "/straße", "/a%20b", "/100%", "/a;v=1"),
        Gen.OneOf(
            Gen.Const(""),
            Gen.Select(Gen.OneOf("id", "q", "clickid", "CLICKID", "clickid2", "%63lickid", "a[]", "ü", ""), Gen.OneOf("", "=", "=7", "=a%20b", "=a+b", "=ü", "=%", "==", "=a?b", "=clickid=9"))
                .Select((name, value) => name + value)
                .Array[0, 6]
                .Select(pairs => "?" + string.Join('&', pairs))),
        Gen.OneOf("", "#", "#top", "#a#b", "#?clickid=1&x=2", "#ü"),
        (origin, path, query, fragment) => origin + path + query + fragment);
}
