using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;

namespace OrleansLinks.Clusters;

/// <summary>A span, as it was exported.</summary>
internal sealed record Span(string Service, string Trace, string Id, string Parent, string Name);

/// <summary>
/// Takes what is exported by OTLP over HTTP. Spans are read by the numbers of their fields in opentelemetry/proto/trace/v1/trace.proto
/// of open-telemetry/opentelemetry-proto.
/// </summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentDictionary<string, int> _exports = new();

    public Collector()
    {
        Address = $"http://127.0.0.1:{Instance.FreePort()}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _ = Task.Run(Listen);
    }

    public string Address { get; }

    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>How often something was exported to a path such as <c>/v1/metrics</c>.</summary>
    public int ExportsTo(string path) => _exports.GetValueOrDefault(path);

    public void Dispose() => _listener.Close();

    private async Task Listen()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
            var path = context.Request.Url!.AbsolutePath;
            _exports.AddOrUpdate(path, 1, (_, count) => count + 1);
            if (path == "/v1/traces")
            {
                foreach (var resource in Fields(body.ToArray(), 1))
                {
                    ReadSpans(resource);
                }
            }
        }
    }

    private void ReadSpans(byte[] resource)
    {
        var service = Fields(resource, 1).SelectMany(content => Fields(content, 1))
            .Where(attribute => Text(Fields(attribute, 1).Single()) == "service.name")
            .Select(attribute => Text(Fields(Fields(attribute, 2).Single(), 1).Single())).Single();
        foreach (var span in Fields(resource, 2).SelectMany(scope => Fields(scope, 2)))
        {
            _spans.Enqueue(new Span(service, Hex(1), Hex(2), Hex(4), Text(Fields(span, 5).Single())));

            string Hex(int field) => Convert.ToHexString(Fields(span, field).SingleOrDefault([]));
        }
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    /// <summary>The values of a field that has bytes, text or messages.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                found.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
