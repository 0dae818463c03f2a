using System.Net;

namespace OrleansLinks.Hosting;

/// <summary>
/// <c>health</c>: asks the program that runs here with the same settings whether it is ready. For the health check of a container,
/// whose image has nothing else in it that could ask.
/// </summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Prints what <c>/health/ready</c> says.</summary>
    /// <param name="args">Settings: which address and port are asked.</param>
    /// <param name="known">The program's settings.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="StartupException">It is not ready, or nothing answers.</exception>
    public static async Task Run(string[] args, KnownSettings known, TextWriter output)
    {
        var http = Settings.CreateBuilder(args, known).Configuration.Read<HttpOptions>("Http");
        var address = Listening.ParseAddress(http.Address, "Http:Address (--address)");
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            address = IPAddress.Loopback;
        }

        var url = new UriBuilder(Uri.UriSchemeHttp, address.ToString(), http.Port, HealthEndpoints.ReadyPath).Uri;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(url);
            var reasons = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
            {
                throw new StartupException($"It is not ready: {reasons}");
            }

            await output.WriteLineAsync(reasons);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            throw new StartupException($"Nothing answers at {url} (Http:Address, Http:Port): {exception.Message}");
        }
    }
}
