using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace OrleansLinks.Api.Tests;

/// <summary>A server-sent event.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its id.</param>
/// <param name="Data">Its data.</param>
public sealed record ServerEvent(string Type, string? Id, string Data)
{
    public JsonObject Json => JsonNode.Parse(Data)!.AsObject();

    public long Clicks => Json["clicks"]!.GetValue<long>();

    public long Version => Json["version"]!.GetValue<long>();
}

/// <summary>A stream of server-sent events, read as browsers do.</summary>
public sealed class EventWatch(Stream stream, IDisposable? connection = null) : IAsyncDisposable
{
    public const string MediaType = "text/event-stream";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IAsyncEnumerator<SseItem<string>> _events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
    private Task<bool>? _moving;

    /// <summary>The next event.</summary>
    public async Task<ServerEvent> Next() => await TryNext(Patience) ?? throw new TimeoutException($"No event within {Patience}.");

    /// <summary>The next event, or null when there is none in that time.</summary>
    public async Task<ServerEvent?> TryNext(TimeSpan within)
    {
        _moving ??= _events.MoveNextAsync().AsTask();
        if (await Task.WhenAny(_moving, Task.Delay(within)) != _moving)
        {
            return null;
        }

        var hasNext = await _moving;
        _moving = null;
        Assert.True(hasNext, "The stream has ended.");
        return new ServerEvent(_events.Current.EventType, _events.Current.EventId, _events.Current.Data);
    }

    /// <summary>Waits until the stream ends.</summary>
    public async Task End()
    {
        while (await (_moving ?? _events.MoveNextAsync().AsTask()).WaitAsync(Patience))
        {
            _moving = null;
        }
    }

    /// <summary>Reads events until one is as it should be.</summary>
    public async Task<ServerEvent> Until(Func<ServerEvent, bool> isSo, string missing)
    {
        for (var left = 200; left > 0; left--)
        {
            if (await TryNext(Patience) is not { } next)
            {
                break;
            }

            if (isSo(next))
            {
                return next;
            }
        }

        throw new TimeoutException($"No event says that {missing}.");
    }

    public async ValueTask DisposeAsync()
    {
        // A read that is under way ends with the connection.
        connection?.Dispose();
        await stream.DisposeAsync();
        try
        {
            await (_moving ?? Task.FromResult(false));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
