using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansLinks;

/// <summary>An event that was received.</summary>
/// <param name="Id">Its id, as the header says.</param>
/// <param name="Timestamp">When it was sent, as the header says: Unix seconds.</param>
/// <param name="Signatures">Its signatures.</param>
/// <param name="Body">What was sent.</param>
/// <param name="Path">The path that it came to.</param>
/// <param name="Status">What it was answered.</param>
internal sealed record ReceivedEvent(string Id, long Timestamp, string[] Signatures, string Body, string Path, int Status)
{
    public JsonObject Json { get; } = JsonNode.Parse(Body)!.AsObject();

    public string Type => Json["type"]!.GetValue<string>();

    public JsonObject Data => Json["data"]!.AsObject();

    public long Sequence => Json["sequence"]!.GetValue<long>();

    public bool IsTaken => Status is >= 200 and < 300;
}

/// <summary>Receives events on a port of its own.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedEvent> _received = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>What it answers: a status by the event and its path; 200 unless set.</summary>
    public Func<ReceivedEvent, int> Answer { get; set; } = _ => StatusCodes.Status200OK;

    /// <summary>Where it listens, without a closing slash.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>All that has come, in the order in which it came.</summary>
    public ReceivedEvent[] Received => [.. _received];

    public static async Task<WebhookReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("{*path}", receiver.Take);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What has come to a path and was taken.</summary>
    public ReceivedEvent[] TakenAt(string path) => [.. _received.Where(one => one.Path == path && one.IsTaken)];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task Take(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        var received = new ReceivedEvent(
            headers["webhook-id"].ToString(),
            long.Parse(headers["webhook-timestamp"].ToString(), System.Globalization.CultureInfo.InvariantCulture),
            headers["webhook-signature"].ToString().Split(' '),
            await reader.ReadToEndAsync(),
            context.Request.Path.Value!,
            0);
        received = received with { Status = Answer(received) };
        _received.Enqueue(received);
        context.Response.StatusCode = received.Status;
        if (received.Status is >= 300 and < 400)
        {
            context.Response.Headers.Location = $"{Address}/elsewhere";
        }

        if (!received.IsTaken)
        {
            await context.Response.WriteAsync("Not today: 今日は無理です。");
        }
    }
}
