using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.HttpOverrides;

namespace OrleansLinks.Hosting;

/// <summary>A setting or the machine does not allow a start; the message says which and what to do, in one line.</summary>
internal sealed class StartupException(string message) : Exception(message);

/// <summary>Settings of the host, read once and checked before anything is built.</summary>
internal static class Startup
{
    /// <summary>Short spellings of settings for the command line.</summary>
    public static readonly Dictionary<string, string> Switches = new()
    {
        ["--port"] = "Http:Port",
        ["--address"] = "Http:Address",
        ["--data"] = "Data:Folder",
        ["--demo"] = "Demo",
    };

    /// <summary>Reads a section of the settings.</summary>
    /// <exception cref="StartupException">A setting has no allowed value.</exception>
    /// <param name="configuration">The settings.</param>
    /// <param name="section">The section's name; empty for settings outside of sections.</param>
    public static T Read<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        try
        {
            var options = (section.Length == 0 ? configuration : configuration.GetSection(section)).Get<T>() ?? new T();
            Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
            return options;
        }
        catch (ValidationException exception)
        {
            var member = exception.ValidationResult.MemberNames.Single();
            var name = typeof(T).GetProperty(member)!.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? member;
            var field = section.Length == 0 ? name : $"{section}:{name}";
            throw new StartupException($"The setting {field} is not valid: {exception.ValidationResult.ErrorMessage}");
        }
        catch (InvalidOperationException exception)
        {
            throw new StartupException(
                typeof(T).GetProperties().FirstOrDefault(property => property.PropertyType.IsEnum && exception.Message.Contains($"'{section}:{property.Name}'", StringComparison.Ordinal)) is { } words
                    ? $"The setting {section}:{words.Name} is not valid: give one of {string.Join(", ", Enum.GetNames(words.PropertyType))}."
                    : $"A setting cannot be read: {exception.Message}");
        }
    }

    /// <summary>
    /// Listens where the settings say, and gives up at once when the port is taken. Port 0 is settled here, since
    /// tracking links name it.
    /// </summary>
    public static WebApplicationBuilder ListenAt(this WebApplicationBuilder builder, HttpOptions http)
    {
        if (!IPAddress.TryParse(http.Address, out var address))
        {
            throw new StartupException($"The setting Http:Address (--address) is not an IP address: {http.Address}");
        }

        try
        {
            using var probe = new TcpListener(address, http.Port);
            probe.Start();
            http.Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        catch (SocketException exception)
        {
            throw new StartupException(
                $"Cannot listen on {http.Address}:{http.Port.ToString(CultureInfo.InvariantCulture)} ({exception.Message}). Choose another port with --port or the setting Http:Port.");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, http.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 256 * 1024;
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;

            // A visitor whose browser or last page sends other bytes than UTF-8 gets through all the same.
            kestrel.RequestHeaderEncodingSelector = name => name is "User-Agent" or "Referer" ? Encoding.Latin1 : null;
        });
        return builder;
    }

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
            return Uri.TryCreate(tracking.Origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/"
                ? new Origin(uri.GetLeftPart(UriPartial.Authority))
                : throw new StartupException($"The setting Tracking:Origin is not a scheme and host such as https://go.example.com: {tracking.Origin}");
        }

        var host = http.Address is "0.0.0.0" or "::" ? "127.0.0.1" : http.Address.Contains(':', StringComparison.Ordinal) ? $"[{http.Address}]" : http.Address;
        return new Origin($"http://{host}:{http.Port.ToString(CultureInfo.InvariantCulture)}");
    }
}
