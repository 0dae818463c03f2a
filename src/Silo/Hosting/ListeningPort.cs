using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace OrleansLinks.Hosting;

/// <summary>
/// A port that a program listens on from before anything of it is built. Its servers, one for the start and one for all that
/// follows, take connections from the same queue, so that nobody finds the port closed in between.
/// </summary>
public sealed class ListeningPort : IDisposable
{
    private readonly Socket _socket;

    private ListeningPort(Socket socket) => _socket = socket;

    /// <summary>Where it is.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Whether two servers can have it at once.</summary>
    public static bool CanBeShared => !OperatingSystem.IsWindows();

    /// <summary>Takes a port; one that is free when it is 0.</summary>
    /// <param name="address">Where to listen.</param>
    /// <param name="port">The port.</param>
    /// <param name="remedy">With what another one can be chosen.</param>
    /// <exception cref="StartupException">It cannot be had.</exception>
    public static ListeningPort Take(IPAddress address, int port, string remedy)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, port));
            socket.Listen();
            return new ListeningPort(socket);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new StartupException(
                $"Cannot listen on {address}:{port.ToString(CultureInfo.InvariantCulture)} ({exception.Message}). Choose another port {remedy}.");
        }
    }

    /// <summary>Has a server listen there, within the limits of all servers here.</summary>
    /// <param name="builder">The server's host.</param>
    public void Serve(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(EndPoint);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 256 * 1024;
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;

            // A visitor whose browser or last page sends other bytes than UTF-8 gets through all the same.
            kestrel.RequestHeaderEncodingSelector = name => name is "User-Agent" or "Referer" ? System.Text.Encoding.Latin1 : null;
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _ => Another());
    }

    /// <summary>Lets it go; servers that have it keep it.</summary>
    public void Dispose() => _socket.Dispose();

    private Socket Another()
    {
        if (!CanBeShared)
        {
            var endPoint = EndPoint;
            _socket.Dispose();
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }

        var descriptor = Duplicate(_socket.SafeHandle);
        return descriptor >= 0
            ? new Socket(new SafeSocketHandle(descriptor, ownsHandle: true))
            : throw new IOException($"The port {EndPoint} could not be shared: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "dup", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(SafeHandle socket);
}
