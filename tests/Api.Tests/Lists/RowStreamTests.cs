using System.Text;
using System.Text.Json;
using CsvHelper;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansLinks.Clicks;
using OrleansLinks.Lists;

namespace OrleansLinks.Api.Tests.Lists;

public sealed class RowStreamTests(RunningHost host)
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 14, 0, 0, 7, TimeSpan.FromHours(2));

    private JsonSerializerOptions Json => host.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;

    [Fact]
    public async Task Csv_has_a_header_and_the_texts_that_json_has()
    {
        var answer = await Write(RowFormat.Csv, new Row("a, \"b\"\r\n页", -3, true, 2.50m, Noon, ClickClass.OutsideTerms, new Money(-12.5m, "EUR")), new Row(null, null, false, 0m, Noon, ClickClass.InTerms, null));

        Assert.Equal("text/csv; charset=utf-8", answer.Type);
        Assert.Equal("attachment; filename=rows.csv", answer.Disposition);
        Assert.Equal(
            "text,number,yes,rate,at,class,paid,paidCurrency\r\n"
            + "\"a, \"\"b\"\"\r\n页\",-3,true,2.5,2026-05-01T12:00:00.007Z,outsideTerms,-12.50,EUR\r\n"
            + ",,false,0,2026-05-01T12:00:00.007Z,inTerms,,\r\n",
            answer.Body);
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("@SUM(A1)")]
    [InlineData("+49 30 1")]
    [InlineData("-1+1|cmd")]
    [InlineData("\tx")]
    public async Task Text_that_a_spreadsheet_would_run_is_marked_as_text(string text)
    {
        var answer = await Write(RowFormat.Csv, Plain with { Text = text });

        using var csv = CsvReader.FromText(answer.Body);
        Assert.True(csv.Read());
        Assert.Equal("'" + text, csv.GetString("text"));
    }

    [Fact]
    public async Task Ndjson_is_an_object_a_line_as_json_has_it()
    {
        var rows = new[] { Plain with { Text = "line\nline & =1" }, Plain };
        var answer = await Write(RowFormat.Ndjson, rows);

        Assert.Equal("application/x-ndjson", answer.Type);
        Assert.Equal(string.Concat(rows.Select(row => JsonSerializer.Serialize(row, Json) + "\n")), answer.Body);
    }

    [Fact]
    public async Task Without_rows_csv_has_its_header_alone()
    {
        Assert.Equal("text,number,yes,rate,at,class,paid,paidCurrency\r\n", (await Write(RowFormat.Csv)).Body);
        Assert.Equal("", (await Write(RowFormat.Ndjson)).Body);
    }

    [Fact]
    public void A_field_that_no_column_holds_is_named_unless_it_is_left_out_knowingly()
    {
        Assert.Contains("Nested.rows", Assert.Throws<NotSupportedException>(() => RowColumns.Of<Nested>(Json)).Message, StringComparison.Ordinal);
        Assert.Equal(["id"], RowColumns.Of<Nested>(Json, "rows").Select(column => column.Name));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task What_fails_after_the_beginning_breaks_the_answer_off(string format)
    {
        var context = NewContext();
        var lifetime = new Lifetime();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);

        await RowStream.Of(Failing(), RowColumns.Of<Row>(Json), format == "csv" ? RowFormat.Csv : RowFormat.Ndjson, "rows").ExecuteAsync(context);

        Assert.True(lifetime.IsAborted);

        static async IAsyncEnumerable<Row> Failing()
        {
            yield return Plain;
            await Task.Yield();
            throw new TimeoutException();
        }
    }

    [Theory]
    [InlineData(null, null, "csv")]
    [InlineData(null, "*/*", "csv")]
    [InlineData(null, "text/*", "csv")]
    [InlineData(null, "application/x-ndjson", "ndjson")]
    [InlineData(null, "application/*, text/csv", "csv")]
    [InlineData(null, "*/*, application/x-ndjson", "ndjson")]
    [InlineData(null, "text/csv;q=0.5, application/x-ndjson;q=0.7", "ndjson")]
    [InlineData(null, "text/csv; charset=utf-8; header=present", "csv")]
    [InlineData(null, "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "csv")]
    [InlineData("ndjson", "text/csv", "ndjson")]
    public void The_format_is_the_one_that_is_asked_for(string? word, string? accept, string chosen)
    {
        Assert.Null(Choose(word, accept, out var format));
        Assert.Equal(chosen, format.Word);
    }

    [Theory]
    [InlineData(null, "application/json", 406, "application/x-ndjson")]
    [InlineData(null, "text/csv;q=0", 406, "text/csv")]
    [InlineData("xlsx", "text/csv", 400, "ndjson")]
    [InlineData("CSV", null, 400, "csv")]
    public void A_format_that_there_is_not_is_refused_with_the_remedy(string? word, string? accept, int status, string remedy)
    {
        var problem = Choose(word, accept, out _);

        Assert.Equal(status, problem?.StatusCode);
        Assert.Contains(remedy, problem!.ProblemDetails.Detail, StringComparison.Ordinal);
    }

    private static Row Plain => new("text", 1, true, 1m, Noon, ClickClass.InTerms, null);

    private static ProblemHttpResult? Choose(string? word, string? accept, out RowFormat format)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Accept = accept;
        return RowFormat.Choose(request, word, [RowFormat.Csv, RowFormat.Ndjson], out format);
    }

    private DefaultHttpContext NewContext() => new() { RequestServices = host.Services, Response = { Body = new MemoryStream() } };

    private async Task<(string? Type, string Disposition, string Body)> Write(RowFormat format, params Row[] rows)
    {
        var context = NewContext();
        await RowStream.Of(rows.ToAsyncEnumerable(), RowColumns.Of<Row>(Json), format, "rows").ExecuteAsync(context);
        return (context.Response.ContentType, context.Response.Headers.ContentDisposition.ToString(), Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }

    private sealed record Row(string? Text, int? Number, bool Yes, decimal Rate, DateTimeOffset At, ClickClass Class, Money? Paid);

    private sealed record Nested(string Id, IReadOnlyList<Row> Rows);

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public bool IsAborted { get; private set; }

        public void Abort() => IsAborted = true;
    }
}
