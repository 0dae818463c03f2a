using System.ComponentModel.DataAnnotations;
using System.Net;

namespace OrleansLinks.Hosting;

/// <summary>Where a program listens for HTTP (section <c>Http</c>): an edge for everything, a silo for its health and metrics.</summary>
public sealed class HttpOptions
{
    /// <summary>The address to listen on; <c>0.0.0.0</c> for all.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 lets the system choose one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>
    /// Addresses and networks (CIDR) of reverse proxies, separated by commas, whose <c>X-Forwarded-For</c> and
    /// <c>X-Forwarded-Proto</c> are believed.
    /// </summary>
    public string TrustedProxies { get; set; } = "";
}

/// <summary>Addresses and ports, checked before anything is built.</summary>
public static class Listening
{
    /// <summary>
    /// Listens where the settings say from now on, and gives up at once when the port is taken. Port 0 is settled here, since
    /// tracking links name it.
    /// </summary>
    /// <exception cref="StartupException">It cannot listen there.</exception>
    public static WebApplicationBuilder ListenAt(this WebApplicationBuilder builder, HttpOptions http)
    {
        var port = ListeningPort.Take(ParseAddress(http.Address, "Http:Address (--address)"), http.Port, "with --port or the setting Http:Port");
        http.Port = port.EndPoint.Port;
        port.Serve(builder);

        // Made by what its services hold, and let go with them.
        builder.Services.AddSingleton(_ => port);
        return builder;
    }

    /// <summary>Reads a setting that is an IP address.</summary>
    /// <exception cref="StartupException">It is none.</exception>
    public static IPAddress ParseAddress(string text, string setting) =>
        IPAddress.TryParse(text, out var address) ? address : throw new StartupException($"The setting {setting} is not an IP address: {text}");

    /// <summary>Tries whether a port is free; answers it, or one that is when it is 0.</summary>
    /// <exception cref="StartupException">It is not.</exception>
    public static int Probe(IPAddress address, int port, string remedy)
    {
        using var probe = ListeningPort.Take(address, port, remedy);
        return probe.EndPoint.Port;
    }
}
