using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace OrleansLinks.Hosting;

/// <summary>Settings of the HTTP host, checked before anything is built.</summary>
internal static class Startup
{
    /// <summary>Believes what the settings' reverse proxies say of visitors.</summary>
    public static void UseTrustedProxies(this WebApplication app, HttpOptions http)
    {
        var entries = http.TrustedProxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.Length == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        foreach (var entry in entries)
        {
            if (System.Net.IPNetwork.TryParse(entry, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
            else if (IPAddress.TryParse(entry, out var proxy))
            {
                options.KnownProxies.Add(proxy);
            }
            else
            {
                throw new StartupException($"The setting Http:TrustedProxies has an entry that is neither an address nor a network: {entry}");
            }
        }

        app.UseForwardedHeaders(options);
    }

    /// <summary>The origin of tracking links of programs without a host of their own.</summary>
    public static Origin OriginOf(HttpOptions http, TrackingOptions tracking)
    {
        if (tracking.Origin.Length > 0)
        {
            return Uri.TryCreate(tracking.Origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
                ? new Origin(uri.GetLeftPart(UriPartial.Authority))
                : throw new StartupException($"The setting Tracking:Origin is not a scheme and host such as https://go.example.com, without anything else.");
        }

        var host = http.Address is "0.0.0.0" or "::" ? "127.0.0.1" : http.Address.Contains(':', StringComparison.Ordinal) ? $"[{http.Address}]" : http.Address;
        return new Origin($"http://{host}:{http.Port.ToString(CultureInfo.InvariantCulture)}");
    }
}
