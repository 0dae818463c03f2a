using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CsvHelper;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrleansLinks.Hosting;

namespace OrleansLinks.Lists;

/// <summary>Marks an endpoint that answers CSV too: there are formats that it does not have, and things that the caller may not know of.</summary>
internal sealed record RowsMetadata;

/// <summary>Answers rows as CSV or NDJSON.</summary>
internal static class RowStream
{
    /// <summary>Says that an endpoint answers rows in both formats.</summary>
    public static RouteHandlerBuilder AnswersRows<T>(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RowsMetadata()).Produces<T>(StatusCodes.Status200OK, RowFormat.Ndjson.MediaType);

    /// <summary>
    /// Answers rows as they come, as a file to save. No more of them are in memory than what the client has yet to take, about
    /// 100 kB: one that reads slowly is waited for, and when it is gone no more rows are asked for.
    /// </summary>
    /// <remarks>
    /// What goes wrong before the first row is answered as a problem. What goes wrong later breaks the connection off, so that the
    /// client sees an answer that has not come to its end, and never takes a part for the whole.
    /// </remarks>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns of CSV, see <see cref="RowColumns"/>.</param>
    /// <param name="format"><see cref="RowFormat.Csv"/> or <see cref="RowFormat.Ndjson"/>.</param>
    /// <param name="name">The name of the file, in ASCII and without its end.</param>
    public static RowStream<T> Of<T>(IAsyncEnumerable<T> rows, IReadOnlyList<RowColumn<T>> columns, RowFormat format, string name) =>
        new(rows, columns, format, name);
}

/// <inheritdoc cref="RowStream.Of"/>
internal sealed class RowStream<T>(IAsyncEnumerable<T> source, IReadOnlyList<RowColumn<T>> columns, RowFormat format, string name) : IResult
{
    private const int BytesAtOnce = 32 * 1024;

    /// <summary>Text that begins as a formula does gets a <c>'</c>, by which spreadsheets take it for text.</summary>
    private static readonly CsvWriterOptions CsvOptions = new() { Injection = CsvInjection.Escape, TrueValue = "true", FalseValue = "false", BufferSize = BytesAtOnce };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);

        // Who waits for a client that does not read would otherwise hold up the stop.
        await using var broken = ended.Token.Register(httpContext.Abort);
        await using var rows = source.GetAsyncEnumerator(ended.Token);
        var isThere = await rows.MoveNextAsync();

        var response = httpContext.Response;
        response.ContentType = format == RowFormat.Csv ? $"{format.MediaType}; charset=utf-8" : format.MediaType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{name}.{format.Word}" }.ToString();
        try
        {
            await (format == RowFormat.Csv
                ? WriteCsv(response, rows, isThere, ended.Token)
                : WriteNdjson(response, rows, isThere, services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions, ended.Token));
        }
#pragma warning disable CA1031 // Whatever it is, the answer cannot be mended: it is broken off.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!ended.IsCancellationRequested)
            {
                services.GetRequiredService<ILogger<RowStream<T>>>().RowsBrokenOff(httpContext.Request.Path, exception);
            }

            httpContext.Abort();
        }
    }

    private async Task WriteCsv(HttpResponse response, IAsyncEnumerator<T> rows, bool isThere, CancellationToken ended)
    {
        await using var csv = CsvWriter.Create(response.Body, CsvOptions, leaveOpen: true);
        csv.WriteHeader([.. columns.Select(column => column.Name)]);
        for (; isThere; isThere = await rows.MoveNextAsync())
        {
            foreach (var column in columns)
            {
                column.Write(csv, rows.Current);
            }

            await csv.EndRecordAsync(ended);
        }

        await csv.FlushAsync(ended);
    }

    private static async Task WriteNdjson(HttpResponse response, IAsyncEnumerator<T> rows, bool isThere, JsonSerializerOptions options, CancellationToken ended)
    {
        var pipe = response.BodyWriter;
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        await using var json = new Utf8JsonWriter(pipe, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true });
        for (; isThere; isThere = await rows.MoveNextAsync())
        {
            JsonSerializer.Serialize(json, rows.Current, type);
            json.Flush();
            json.Reset();
            pipe.Write("\n"u8);
            if (pipe.UnflushedBytes >= BytesAtOnce)
            {
                await pipe.FlushAsync(ended);
            }
        }

        await pipe.FlushAsync(ended);
    }
}
