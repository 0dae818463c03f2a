using System.Net;
using System.Net.Sockets;

namespace OrleansLinks.Processes;

/// <summary>The program, running: one process that listens on a port of its own.</summary>
internal sealed class Instance : IAsyncDisposable
{
    public const string OperatorKeyVariable = "ORLEANSLINKS_OPERATOR_KEY";

    /// <summary>The operator's key, unless a test lets the program make one.</summary>
    public const string OperatorKey = "the-operator-key-of-the-host-tests";

    /// <summary>Within what time an instance stops when it is asked to.</summary>
    public static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(10);

    private Instance(Child child, int port)
    {
        Child = child;
        Port = port;
        Operator = new Client(Origin, OperatorKey);
    }

    public Child Child { get; }

    public int Port { get; }

    public string Origin => $"http://127.0.0.1:{Port}";

    /// <summary>Calls with the operator's key.</summary>
    public Client Operator { get; }

    /// <summary>Starts the program and waits until it is ready.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="port">The port; a free one when it is not said.</param>
    /// <param name="operatorKey">The operator's key; null lets the program make one.</param>
    /// <param name="release">Whose program it is; the one under test unless said otherwise.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<Instance> Start(string folder, int? port = null, string? operatorKey = OperatorKey, Release? release = null, params string[] arguments)
    {
        var at = port ?? FreePort();
        var child = Child.Start(
            "dotnet",
            [(release ?? Release.Current).Edge, "--port", $"{at}", "--data", folder, .. arguments],
            new Dictionary<string, string?> { [OperatorKeyVariable] = operatorKey });
        var instance = new Instance(child, at);
        try
        {
            await child.WaitForOutput("that it is ready", IsReady);
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    public static bool IsReady(string line) => line.Contains("OrleansLinks is ready at", StringComparison.Ordinal);

    /// <summary>A port on the loopback address that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks it to stop, and checks that it does so well.</summary>
    public async Task Stop()
    {
        Child.Ask(Child.Signal.Terminate);
        var ended = await Child.WaitForEnd(StopsWithin);
        Assert.True(ended.ExitCode == 0, $"Asked to stop, the program ended with {ended.ExitCode}.\n{ended.Output}\n{ended.Errors}");
    }

    /// <summary>Kills it, and waits until it is gone.</summary>
    public async Task Kill()
    {
        Child.Kill();
        await Child.WaitForEnd(Child.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        Operator.Dispose();
        await Child.DisposeAsync();
    }
}
