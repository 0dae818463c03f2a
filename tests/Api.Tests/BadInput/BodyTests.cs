using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using OrleansLinks.Api.Tests.Access;

namespace OrleansLinks.Api.Tests.BadInput;

/// <summary>A body that is not what an endpoint takes is refused, with the field to blame, and changes nothing.</summary>
public sealed class BodyTests(RunningHost host)
{
    private const int SmallLimit = 256 * 1024;

    public static TheoryData<string> Endpoints => [.. EndpointTable.WithBody.Select(row => row.Endpoint)];

    [Fact]
    public void The_table_has_a_body_for_every_endpoint_that_takes_one()
    {
        var taking = host.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method =>
                $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')[ApiClient.Base.Length..]}"));
        Assert.Equal(taking.Order(StringComparer.Ordinal), EndpointTable.WithBody.Select(row => row.Endpoint).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task The_bodies_of_the_table_are_taken_and_have_every_field(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await World.MakeFull(host);
        var accepted = await row.Send(world.As(row.Caller), world, row.Caller);
        accepted.Expect(row.Expected(row.Caller));
        if (endpoint.EndsWith("/batch", StringComparison.Ordinal))
        {
            Assert.All(accepted.Items, item => Assert.Equal(201, item["status"]!.GetValue<int>()));
        }

        var type = host.Endpoints.Single(one => $"{one.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0]} {one.RoutePattern.RawText!.TrimEnd('/')}" == row.Endpoint.Replace(" ", " " + ApiClient.Base, StringComparison.Ordinal))
            .Metadata.GetMetadata<IAcceptsMetadata>()!.RequestType!;
        var body = row.Body!(world, row.Caller);
        if (body is JsonObject fields)
        {
            // The state of a partner is the operator's alone to set, and has a test of its own.
            var known = type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Where(name => name is not "equalityContract" and not "partnerId" and not "state");
            Assert.Superset(known.ToHashSet(), fields.Select(field => field.Key).ToHashSet());
        }
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task What_is_not_the_json_that_is_expected_is_refused(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            var valid = row.Body!(world, row.Caller).ToJsonString();
            string[] wrong =
            [
                "", " ", "\n", "null", "5", "-0", "true", "\"text\"", "\"\"", "{", "}", "[", "]", "{]", "[}", "nonsense", "{nonsense}", "{'name':'x'}", "{\"name\"}", "{\"name\":}", "{,}",
                "NaN", "undefined", "/* c */ {}", "{} {}", valid + valid, valid + "]", valid[..^1], valid[..(valid.Length / 2)], "[[]]", "[null]", "[5]", "[[{}]]",
                "{\"\\ud800\": 1}", "{\"\\u0000\": 1}", "{\"\": 1}", "{\"$type\": \"System.IO.FileInfo\"}", "{\"__proto__\": {}}",
                Nested("[", "]", 200), Nested("{\"name\":", "}", 200, "1"), Nested("[", "", 100_000), "{\"name\":" + Nested("[", "]", 200) + "}",
                row.Body(world, row.Caller) is JsonArray ? "{}" : "[]", row.Body(world, row.Caller) is JsonArray ? "{\"items\": null}" : "[{}]",
            ];
            foreach (var text in wrong)
            {
                var answer = await send(ApiClient.Json(text));
                Refused(answer, 400);
                Assert.NotEmpty(answer.Fields);
            }

            foreach (var bytes in new byte[][] { [0xFF, 0xFE], [0x00], [0xEF, 0xBB], [.. "{\"name\":\""u8, 0xFF, 0xC0, 0x80, .. "\"}"u8], [.. "{\"na"u8, 0xED, 0xA0, 0x80, .. "\":1}"u8], Encoding.Unicode.GetBytes(valid) })
            {
                var answer = await send(ApiClient.Json(bytes));
                Refused(answer, 400);
                Assert.NotEmpty(answer.Fields);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_body_that_does_not_say_it_is_json_is_refused(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            foreach (var type in new[] { null, "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream" })
            {
                var content = ApiClient.Json(row.Body!(world, row.Caller).ToJsonString());
                content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
                (await send(content)).ExpectProblem(415, "content_type_not_supported", "Content-Type");
            }

            // Who takes something back may have nothing to say.
            if (!endpoint.EndsWith("/reverse", StringComparison.Ordinal))
            {
                Refused(await send(null), 400, 415);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_body_that_is_too_large_is_refused(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            var endpointLimit = host.Endpoints.Where(one => one.RoutePattern.RawText!.TrimEnd('/') == ApiClient.Base + row.Endpoint.Split(' ')[1])
                .Select(one => one.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize).Max() ?? SmallLimit;
            var valid = row.Body!(world, row.Caller).ToJsonString();
            (await send(ApiClient.Json(valid.PadRight((int)endpointLimit + 1)))).ExpectProblem(413, "body_too_large", "body");
            if (endpointLimit == SmallLimit)
            {
                (await send(ApiClient.Json(valid.PadRight(1024 * 1024)))).ExpectProblem(413, "body_too_large", "body");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_value_of_another_type_is_refused_and_its_field_is_named(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            foreach (var place in JsonPlaces.Of(row.Body!(world, row.Caller)))
            {
                string[] others = place.Value switch
                {
                    JsonObject => ["5", "\"text\"", "true", "[]", "[{}]"],
                    JsonArray => ["5", "\"text\"", "true", "{}"],
                    { } value when value.GetValueKind() == JsonValueKind.String => ["5", "1e400", "true", "{}", "[]", "[\"text\"]"],
                    { } value when value.GetValueKind() == JsonValueKind.Number => ["\"5\"", "5.5", "1e400", "99999999999999999999", "true", "{}", "[]"],
                    { } => ["5", "\"true\"", "{}", "[]"],
                    null => ["true", "{}", "[]"],
                };
                foreach (var other in others)
                {
                    var answer = await send(ApiClient.Json(place.With(other)));
                    Refused(answer, 400, 422);
                    Assert.True(answer.Fields.Any(field => field == place.Field || field.StartsWith(place.Field + ".", StringComparison.Ordinal) || field.StartsWith(place.Field + "[", StringComparison.Ordinal)), $"{other} in {place.Field} is not blamed: {answer}");
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_field_that_is_unknown_or_there_twice_is_refused_and_named(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            var body = row.Body!(world, row.Caller);
            foreach (var (prefix, with) in JsonPlaces.Objects(body))
            {
                (await send(ApiClient.Json(with("\"noSuchField\": 1")))).ExpectProblem(400, "unknown_field", prefix + "noSuchField");
                (await send(ApiClient.Json(with("\"NAME\": \"x\"")))).ExpectProblem(400, "unknown_field", prefix + "NAME");
            }

            foreach (var place in JsonPlaces.Of(body).Where(place => !place.Field.EndsWith(']')))
            {
                var name = place.Field.Split('.')[^1];
                var (_, with) = JsonPlaces.Objects(body).Last(one => place.Field == one.Field + name);
                var answer = await send(ApiClient.Json(with($"\"{name}\": {place.Value?.ToJsonString() ?? "null"}")));
                answer.ExpectProblem(400, "duplicate_field");
                Assert.True(answer.Fields is [var field] && (field == place.Field || field == name), $"{place.Field} is not blamed: {answer}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_text_with_half_a_character_a_control_character_or_too_many_is_refused_and_named(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            foreach (var place in JsonPlaces.Of(row.Body!(world, row.Caller)).Where(place => place.Value is null || place.Value.GetValueKind() == JsonValueKind.String))
            {
                var text = place.Value?.GetValue<string>() ?? "abcdef";
                var (head, tail) = (Inner(text[..(text.Length / 2)]), Inner(text[(text.Length / 2)..]));
                foreach (var bad in new[] { "\\ud800", "\\udc00", "\\udc00\\ud800", "\\u0000", "\\u0007", "\\u001b", "\\u007f", "\\u0085", new string('x', 20_000) })
                {
                    var answer = await send(ApiClient.Json(place.With($"\"{head}{bad}{tail}\"")));
                    Refused(answer, 400, 422, 403);
                    Assert.True(answer.Fields.Any(field => field == place.Field || place.Field.StartsWith(field + ".", StringComparison.Ordinal)) || answer.Code == "key_not_for_others", $"{bad[..Math.Min(bad.Length, 20)]} in {place.Field} is not blamed: {answer}");
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task An_address_that_is_no_web_page_is_refused_and_named(string endpoint)
    {
        await Check(endpoint, async (row, world, send) =>
        {
            foreach (var place in JsonPlaces.Of(row.Body!(world, row.Caller)).Where(place => place.Value?.ToString().StartsWith("https://", StringComparison.Ordinal) == true))
            {
                foreach (var url in new[] { "javascript:alert(1)", "JAVASCRIPT://www.example.com/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "https://user:password@www.example.com/", "https://www.example.com/".PadRight(10_000, 'x'), "https://[::1", "https://www.example.com:0/", "http:/www.example.com/" })
                {
                    var answer = await send(ApiClient.Json(place.With(JsonSerializer.Serialize(url))));
                    Refused(answer, 422);
                    Assert.Contains(place.Field, answer.Fields);
                }
            }
        });
    }

    [Theory]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2026-01-31T25:00:00Z")]
    [InlineData("2026-01-31T12:00:00+25:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("1767225600")]
    [InlineData("tomorrow")]
    [InlineData("")]
    public async Task A_time_without_its_offset_or_out_of_the_calendar_is_refused(string time)
    {
        var world = await World.Make(host);
        foreach (var field in new[] { "startsAt", "endsAt" })
        {
            (await world.Brand.Patch($"/campaigns/{world.CampaignId}", new JsonObject { [field] = time })).ExpectProblem(400, "field_malformed", field);
        }

        (await world.Brand.Patch($"/tasks/{world.TaskId}", new { dueAt = time })).ExpectProblem(400, "field_malformed", "dueAt");
    }

    [Theory]
    [InlineData("""{ "model": "fixed" }""", "amount")]
    [InlineData("""{ "model": "fixed", "amount": { "amount": "0", "currency": "EUR" } }""", "amount")]
    [InlineData("""{ "model": "fixed", "amount": { "amount": "-1", "currency": "EUR" } }""", "amount")]
    [InlineData("""{ "model": "fixed", "amount": { "amount": "1.23456", "currency": "EUR" } }""", "amount.amount")]
    [InlineData("""{ "model": "fixed", "amount": { "amount": "5", "currency": "USD" } }""", "amount.currency")]
    [InlineData("""{ "model": "fixed", "amount": { "amount": "79228162514264337593543950335", "currency": "EUR" } }""", "amount")]
    [InlineData("""{ "model": "fixed", "amount": { "amount": "5", "currency": "EUR" }, "rate": "5" }""", "rate")]
    [InlineData("""{ "model": "percentage" }""", "rate")]
    [InlineData("""{ "model": "percentage", "rate": "0" }""", "rate")]
    [InlineData("""{ "model": "percentage", "rate": "100.01" }""", "rate")]
    [InlineData("""{ "model": "percentage", "rate": "5.00001" }""", "rate")]
    [InlineData("""{ "model": "percentage", "rate": "5", "amount": { "amount": "5", "currency": "EUR" } }""", "amount")]
    [InlineData("null", "")]
    public async Task Terms_that_pay_nothing_sensible_are_refused_and_named(string terms, string field)
    {
        var world = await World.Make(host);
        var change = new JsonObject { ["payForPerformance"] = new JsonObject { ["terms"] = JsonNode.Parse(terms) } };
        (await world.Brand.Patch($"/campaigns/{world.CampaignId}", change)).ExpectProblem(422, "validation_failed", ("payForPerformance.terms." + field).TrimEnd('.'));
    }

    private static string Nested(string open, string close, int depth, string inner = "") =>
        string.Concat(Enumerable.Repeat(open, depth)) + inner + string.Concat(Enumerable.Repeat(close, depth));

    private static string Inner(string text) => JsonSerializer.Serialize(text)[1..^1];

    private static void Refused(Answer answer, params int[] statuses)
    {
        Assert.True(statuses.Contains(answer.Status), $"Expected {string.Join(" or ", statuses)}: {answer}");
        answer.AssertIsProblem();
    }

    /// <summary>Lets a test send bodies to an endpoint, none of which may change anything.</summary>
    private async Task Check(string endpoint, Func<EndpointRow, World, Func<HttpContent?, Task<Answer>>, Task> send)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await World.MakeFull(host);
        var before = await Describe(world);

        // A body that is too large is not sent when the answer comes first.
        await send(row, world, content => world.As(row.Caller).SendRaw(
            row.Method,
            ApiClient.Base + row.Path(world, row.Caller),
            content,
            content?.Headers.ContentLength > SmallLimit ? [("Expect", "100-continue")] : []));
        Assert.Equal(before, await Describe(world));
    }

    private async Task<string> Describe(World world)
    {
        var programs = (await host.Operator.GetAll("/programs", 500)).Count(program => program["name"]!.GetValue<string>().Contains(world.Word, StringComparison.Ordinal));
        return $"{programs}\n{await world.Describe()}";
    }
}
