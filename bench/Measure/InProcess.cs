using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansLinks.Hosting;

namespace OrleansLinks.Bench;

/// <summary>The product in this process, to look at what of it cannot be seen from outside.</summary>
internal sealed class InProcess : IAsyncDisposable
{
    private readonly EdgeHost _host;

    private InProcess(EdgeHost host, Instance instance)
    {
        _host = host;
        Instance = instance;
    }

    public Instance Instance { get; }

    public IServiceProvider Services => _host.App.Services;

    /// <summary>Starts it with a new data folder in that folder.</summary>
    public static async Task<InProcess> Start(string folder, params string[] arguments)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var data = Path.Combine(folder, Path.GetRandomFileName());
        var host = EdgeHost.Build(
            ["--port", "0", "--data", data, "--ORLEANSLINKS_OPERATOR_KEY", key, "--Logging:LogLevel:Default", "Error", "--Logging:Console:LogToStandardErrorThreshold", "Trace", .. arguments]);

        // A service that a benchmark stops is not to stop the rest.
        host.App.Services.GetRequiredService<IOptions<HostOptions>>().Value.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        await host.Start(TextWriter.Null);
        return new InProcess(host, await Instance.WithCampaign(host.App.Urls.Single(), key, data));
    }

    public async ValueTask DisposeAsync()
    {
        Instance.Dispose();
        await _host.App.StopAsync();
        await _host.DisposeAsync();
    }
}
