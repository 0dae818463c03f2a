using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace OrleansLinks.Clusters;

/// <summary>Watches a task's counters at an edge as a browser does: who is cut off comes back, again and again.</summary>
internal sealed class CounterWatch
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Func<Edge> _edge;
    private readonly string _task;
    private readonly CancellationToken _stop;
    private string? _lastId;
    private long _clicks;

    public CounterWatch(Func<Edge> edge, string task, CancellationToken stop)
    {
        (_edge, _task, _stop) = (edge, task, stop);
        Ended = Watch();
    }

    /// <summary>Completes when it has stopped.</summary>
    public Task Ended { get; }

    /// <summary>Waits until it is told of more clicks than it knew of when this was called.</summary>
    public Task Moves(TimeSpan within)
    {
        var before = Volatile.Read(ref _clicks);
        return Eventually.So(() => Task.FromResult(Volatile.Read(ref _clicks) > before), $"the counters that are watched at {_edge().Instance.Origin} move", within);
    }

    private async Task Watch()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"{_edge().Instance.Origin}/api/v1/tasks/{_task}/counters/live");
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Instance.OperatorKey);
                if (_lastId is not null)
                {
                    request.Headers.Add("Last-Event-ID", _lastId);
                }

                using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _stop);
                response.EnsureSuccessStatusCode();
                await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(_stop)).EnumerateAsync(_stop))
                {
                    _lastId = item.EventId;
                    Volatile.Write(ref _clicks, JsonElement.Parse(item.Data).Number("clicks"));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException || Client.IsGone(exception))
            {
                // Cut off, or not let in.
            }

            await Task.Delay(Retry, _stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
