using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansLinks.Bench;

/// <summary>
/// A task's page that somebody has open, without a browser: it signs in, loads the page, keeps its connection, confirms what
/// it is sent to draw, and answers what the server asks the page's scripts.
/// </summary>
internal sealed partial class OpenConsole : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClientHandler _cookies = new() { CookieContainer = new CookieContainer(), AllowAutoRedirect = false, UseProxy = false };
    private readonly HttpClient _http;
    private readonly HubConnection _connection;
    private readonly Tally _tally;
    private readonly TaskCompletionSource _drawn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _circuit;
    private bool _isClosing;
    private Awaited? _awaited;

    public OpenConsole(Uri address, Tally tally)
    {
        _tally = tally;
        _http = new HttpClient(_cookies) { BaseAddress = new Uri(address, "/console/"), Timeout = Patience };
        var builder = new HubConnectionBuilder().WithUrl(new Uri(_http.BaseAddress, "_blazor"), options =>
        {
            (options.SkipNegotiation, options.Transports, options.Cookies) = (true, HttpTransportType.WebSockets, _cookies.CookieContainer);

            // Browsers offer to compress, and it is the server that does it or does not.
            options.WebSocketConfiguration = socket => socket.DangerousDeflateOptions = new WebSocketDeflateOptions();
        });
        builder.Services.AddSingleton<IHubProtocol, BlazorPackProtocol>();
        _connection = builder.Build();
        _connection.On<long, byte[]>("JS.RenderBatch", Draw);
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", (call, name, _, _, _, _) => Answer(call, name));
        _connection.On<int, string>("JS.AttachComponent", (_, _) => { });
        _connection.On<long>("JS.EndUpdateRootComponents", _ => _drawn.TrySetResult());
        _connection.On<string>("JS.Error", error => Fail(new InvalidOperationException(error)));
        _connection.Closed += reason =>
        {
            Fail(reason ?? new IOException("The server has closed the connection."));
            return Task.CompletedTask;
        };
    }

    /// <summary>Signs in and opens a page; it is drawn when this returns.</summary>
    /// <param name="key">The access key.</param>
    /// <param name="path">The page, behind <c>/console/</c>.</param>
    public async Task Open(string key, string path)
    {
        await SignIn(key);
        var page = await _http.GetStringAsync(path);
        var state = StatePattern().Match(page).Groups[1].Value;
        var components = MarkerPattern().Matches(page).Select((marker, index) => new
        {
            type = "add",
            ssrComponentId = index + 1,
            marker = JsonElement.Parse(marker.Groups[1].Value),
        });
        await _connection.StartAsync();
        _circuit = await _connection.InvokeAsync<string>("StartCircuit", $"{_http.BaseAddress}", $"{_http.BaseAddress}{path}", "[]", state);
        await _connection.SendAsync("UpdateRootComponents", JsonSerializer.Serialize(new { batchId = 1, operations = components }), state);
        await _drawn.Task.WaitAsync(Patience);
    }

    /// <summary>Waits for a number to be drawn: in how many milliseconds it was, first in one place, then in another.</summary>
    /// <returns>The times; those that did not come within the patience are NaN.</returns>
    public async Task<(double First, double Second)> UntilDrawn(long number, TimeSpan patience)
    {
        var awaited = new Awaited(Encoding.UTF8.GetBytes(number.ToString("N0", CultureInfo.InvariantCulture)), Stopwatch.GetTimestamp());
        Volatile.Write(ref _awaited, awaited);
        await awaited.Done.Task.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _awaited, null);
        return (awaited.First, awaited.Second);
    }

    /// <summary>Leaves as a browser does, so that the server does not keep the page for somebody who might come back.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        if (_circuit is { } circuit)
        {
            using var left = await _http.PostAsync("_blazor/disconnect", new FormUrlEncodedContent([new("circuitId", circuit)]));
            if (!left.IsSuccessStatusCode)
            {
                _tally.Fail($"leaving answered {(int)left.StatusCode}.");
            }
        }

        await _connection.DisposeAsync();
        _http.Dispose();
        _cookies.Dispose();
    }

    private async Task SignIn(string key)
    {
        var form = await _http.GetStringAsync("sign-in");
        using var answer = await _http.PostAsync("sign-in", new FormUrlEncodedContent(
        [
            new("_handler", "sign-in"),
            new("__RequestVerificationToken", TokenPattern().Match(form).Groups[1].Value),
            new("Key", key),
        ]));
        if (answer.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException($"Signing in answered {(int)answer.StatusCode}.");
        }
    }

    private Task Draw(long batch, byte[] content)
    {
        _tally.Take(content.Length);
        if (Volatile.Read(ref _awaited) is { } awaited)
        {
            for (var places = RenderBatchTexts.Count(content, awaited.Number); places > 0; places--)
            {
                awaited.Take();
            }
        }

        return _connection.SendAsync("OnRenderCompleted", batch, null);
    }

    /// <summary>What the page's scripts would answer; most do something with the page, and answer nothing.</summary>
    private Task Answer(long call, string name)
    {
        var value = name switch
        {
            "window.hasOwnProperty" => "true",
            "orleansLinks.followSystem" => "false",
            "mudpopoverHelper.countProviders" => "0",
            "mudResizeListener.getBrowserWindowSize" => """{"height":900,"width":1360}""",
            "mudElementRef.getBoundingClientRect" =>
                """{"x":0,"y":60,"width":247,"height":840,"top":60,"right":247,"bottom":900,"left":0,"scrollY":0,"scrollX":0,"windowHeight":900,"windowWidth":1360}""",
            _ => "null",
        };

        // A call of the number 0 is not waited for.
        return call == 0 ? Task.CompletedTask : _connection.SendAsync("EndInvokeJSFromDotNet", call, true, $"[{call},true,{value}]");
    }

    private void Fail(Exception reason)
    {
        // What is confirmed while the page is being left comes to a circuit that is gone.
        if (!_isClosing)
        {
            _tally.Fail(reason.Message);
            _drawn.TrySetException(reason);
        }
    }

    [GeneratedRegex("<!--Blazor:({.*?})-->")]
    private static partial Regex MarkerPattern();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex StatePattern();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]*)\"")]
    private static partial Regex TokenPattern();

    /// <summary>A number that is waited for.</summary>
    private sealed class Awaited(byte[] number, long since)
    {
        public byte[] Number { get; } = number;

        public double First { get; private set; } = double.NaN;

        public double Second { get; private set; } = double.NaN;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Take()
        {
            var time = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            if (double.IsNaN(First))
            {
                First = time;
            }
            else if (double.IsNaN(Second))
            {
                Second = time;
                Done.TrySetResult();
            }
        }
    }
}
