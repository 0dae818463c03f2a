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
    // One a thread, for the setting up of a key costs more than a hash.
    private volatile ThreadLocal<IncrementalHash>? _hashes;

    public ValueTask<Guid> Identify(HttpContext context, string? userAgent) => _hashes is { } hashes
        ? new(Hash(hashes.Value!, context, userAgent))
        : LoadFirst(context, userAgent);

    /// <summary>Asks for the key, so that from here on no visitor depends on who has it.</summary>
    public async Task Load()
    {
        var key = await grains.Actor<IInstallationGrain>(IInstallationGrain.Key).GetVisitorHashKey();
        _hashes ??= new ThreadLocal<IncrementalHash>(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));
    }

    private async ValueTask<Guid> LoadFirst(HttpContext context, string? userAgent)
    {
        await Load();
        return Hash(_hashes!.Value!, context, userAgent);
    }

    private static Guid Hash(IncrementalHash hmac, HttpContext context, string? userAgent)
    {
        Span<byte> input = stackalloc byte[16 + (RedirectApi.MaxUserAgent * 3)];
        var length = 0;
        context.Connection.RemoteIpAddress?.MapToIPv6().TryWriteBytes(input, out length);
        length += Encoding.UTF8.GetBytes(userAgent, input[length..]);
        hmac.AppendData(input[..length]);
        Span<byte> hash = stackalloc byte[32];
        hmac.GetHashAndReset(hash);
        return new Guid(hash[..16]);
    }
}
