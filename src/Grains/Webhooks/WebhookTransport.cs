using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace OrleansLinks.Webhooks;

/// <summary>Sends events over HTTP. One serves all webhooks of a silo.</summary>
/// <remarks>
/// A webhook's address is anybody's to choose, so that it is looked at when a connection is made, after its name was resolved: what a name
/// leads to can be another address than it was a moment ago. Redirects are not followed, and no proxy stands in between.
/// </remarks>
public sealed class WebhookTransport : IDisposable
{
    /// <summary>Within what time a receiver has to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxError = 500;
    private const int MaxBodyRead = 1024;

    private readonly WebhookOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <summary>Makes it; nothing is connected yet.</summary>
    public WebhookTransport(WebhookOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("OrleansLinks-Webhooks", "1"));
    }

    /// <summary>Sends an event.</summary>
    /// <param name="target">Where to, and what to sign with.</param>
    /// <param name="eventId">The event's id, which is the same each time.</param>
    /// <param name="body">The event.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early; whether the event was taken is not known.</exception>
    public async Task<SendOutcome> Send(WebhookTarget target, string eventId, string body, CancellationToken stop)
    {
        var began = _clock.GetTimestamp();
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("webhook-id", eventId);
            request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", WebhookSignature.Of(target.Secrets, eventId, timestamp, body));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var status = (int)response.StatusCode;
            return response.IsSuccessStatusCode
                ? new SendOutcome(true, status, null, _clock.GetElapsedTime(began), null)
                : new SendOutcome(false, status, await Describe(response, deadline.Token), _clock.GetElapsedTime(began), RetryAfterOf(response));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Failed($"There was no answer within {Patience.TotalSeconds:0} s.");
        }
        catch (HttpRequestException failure) when (failure.InnerException is SocketException or IOException or AuthenticationException)
        {
            return Failed(failure.InnerException.Message);
        }
#pragma warning disable CA1031 // Whatever it is, the event was not delivered.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return Failed(failure.Message);
        }

        SendOutcome Failed(string error) => new(false, null, Short(error), _clock.GetElapsedTime(began), null);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<string> Describe(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            return $"It answered {status}; redirects are not followed.";
        }

        var buffer = new byte[MaxBodyRead];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = Encoding.UTF8.GetString(buffer.AsSpan(0, length)).Trim();
        return Short(text.Length == 0 ? $"It answered {status}." : $"It answered {status}: {text}");
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } header ? null : header.Delta ?? header.Date - _clock.GetUtcNow();

    // What a receiver says is shown to people, and kept.
    private static string Short(string text)
    {
        var clean = Texts.WithoutForbiddenCharacters(text);
        return clean.Length <= MaxError ? clean : Texts.WithoutForbiddenCharacters(clean.AsSpan(0, MaxError)) + "…";
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var allowed = _options.AllowPrivateNetworks ? addresses : [.. addresses.Where(PublicAddresses.IsPublic)];
        if (allowed.Length == 0)
        {
            throw new AddressRefusedException(host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A host has no address that events are sent to. Which it has is not told: it would describe the network from within.</summary>
    private sealed class AddressRefusedException(string host) : IOException(
        $"{host} has no public address. Where receivers are in one's own network, the operator can set Webhooks:AllowPrivateNetworks.");
}
