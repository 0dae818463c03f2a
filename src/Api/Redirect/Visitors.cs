using System.Security.Cryptography;
using System.Text;
using OrleansLinks.Installation;

namespace OrleansLinks.Redirect;

/// <summary>
/// Tells visitors apart without keeping who they are: a keyed hash of address and user agent. The key belongs to the
/// installation and never leaves it.
/// </summary>
internal sealed class Visitors(IGrainFactory grains)
{
    private volatile byte[]? _key;

    public ValueTask<Guid> Identify(HttpContext context, string? userAgent) => _key is { } key
        ? new(Hash(key, context, userAgent))
        : Load(context, userAgent);

    private async ValueTask<Guid> Load(HttpContext context, string? userAgent)
    {
        _key = await grains.Actor<IInstallationGrain>(IInstallationGrain.Key).GetVisitorHashKey();
        return Hash(_key, context, userAgent);
    }

    private static Guid Hash(byte[] key, HttpContext context, string? userAgent)
    {
        Span<byte> input = stackalloc byte[16 + (RedirectApi.MaxUserAgent * 3)];
        var length = 0;
        context.Connection.RemoteIpAddress?.MapToIPv6().TryWriteBytes(input, out length);
        length += Encoding.UTF8.GetBytes(userAgent, input[length..]);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, input[..length], hash);
        return new Guid(hash[..16]);
    }
}
