using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using OrleansLinks.Api.Tests;
using OrleansLinks.Hosting;

[assembly: AssemblyFixture(typeof(RunningHost))]

namespace OrleansLinks.Api.Tests;

/// <summary>The host that all tests share: the composition of the program itself, on a port and a data folder of its own.</summary>
public class RunningHost : IAsyncLifetime
{
    private readonly SocketsHttpHandler _connections = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
    };

    private EdgeHost? _host;

    /// <summary>Where it answers, without a closing slash.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The folder that it keeps everything in.</summary>
    public string DataFolder { get; } = System.IO.Directory.CreateTempSubdirectory("orleanslinks-api-tests-").FullName;

    /// <summary>The first operator key, as the start showed it.</summary>
    public string OperatorKey { get; private set; } = "";

    /// <summary>What the operator sees.</summary>
    public ApiClient Operator => As(OperatorKey);

    /// <summary>What a visitor, or a caller without a key, sees.</summary>
    public ApiClient Anyone => new(Http, null);

    /// <summary>All endpoints that the running program has.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. ((IEndpointRouteBuilder)_host!.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>What the running program is made of.</summary>
    public IServiceProvider Services => _host!.App.Services;

    internal HttpClient Http { get; private set; } = null!;

    /// <summary>Settings beside those that every test has.</summary>
    protected virtual string[] Settings => [];

    /// <summary>The clock; the system's when null.</summary>
    protected virtual TimeProvider? Clock => null;

    /// <summary>What the holder of a key sees.</summary>
    public ApiClient As(string key) => new(Http, key);

    public async ValueTask InitializeAsync()
    {
        _host = EdgeHost.Build(["--port", "0", "--data", DataFolder, "--Http:TrustedProxies", "127.0.0.1", .. Settings], Clock);
        using var output = new StringWriter();
        await _host.Start(output);
        var lines = output.ToString().Split('\n').Select(line => line.Trim()).ToArray();
        OperatorKey = lines.Single(line => line.StartsWith("olk_", StringComparison.Ordinal));
        Address = _host.App.Urls.Single();
        Http = new HttpClient(_connections, disposeHandler: false) { BaseAddress = new Uri(Address), Timeout = TimeSpan.FromSeconds(60) };
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        _connections.Dispose();
        if (_host is not null)
        {
            await _host.App.StopAsync();
            await _host.DisposeAsync();
        }

        System.IO.Directory.Delete(DataFolder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
