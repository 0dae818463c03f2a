using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansLinks.Webhooks;

/// <summary>Signs events as Standard Webhooks says (https://www.standardwebhooks.com).</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int KeyBytes = 32;

    /// <summary>
    /// A secret for a request that may be repeated: the same seed and the same caller's key give the same one, and neither alone does, so
    /// that what is stored of the request does not tell it.
    /// </summary>
    public static string DeriveSecret(string callerSecret, Guid seed) => Prefix + Convert.ToBase64String(HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(callerSecret), KeyBytes, seed.ToByteArray(), "orleanslinks webhook secret"u8.ToArray()));

    /// <summary>The header <c>webhook-signature</c>: a signature by each secret.</summary>
    public static string Of(IEnumerable<string> secrets, string eventId, long timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{eventId}.{timestamp}.{body}"));
        return string.Join(' ', secrets.Select(secret =>
            $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed))}"));
    }
}
