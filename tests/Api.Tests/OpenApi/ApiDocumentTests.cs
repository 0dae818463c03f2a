using System.Globalization;
using System.Text.Json.Nodes;
using OrleansLinks.Api.Tests.Access;
using OrleansLinks.Api.Tests.Lists;

namespace OrleansLinks.Api.Tests.OpenApi;

/// <summary>The OpenAPI document says what the program does.</summary>
public sealed class ApiDocumentTests(RunningHost host)
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    public static TheoryData<string> Endpoints => [.. EndpointTable.Rows.Select(row => row.Endpoint)];

    public static TheoryData<string> WithBody => [.. EndpointTable.WithBody.Select(row => row.Endpoint)];

    [Fact]
    public async Task It_is_openapi_3_1_and_has_every_operation_and_no_other()
    {
        var document = await Read();
        Assert.StartsWith("3.1.", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("OrleansLinks", document["info"]!["title"]!.GetValue<string>());
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(one => Methods.Contains(one.Key))
            .Select(one => $"{one.Key.ToUpperInvariant()} {path.Key.TrimEnd('/')}"));
        var inTable = EndpointTable.Rows.Select(row => row.Endpoint.Replace(" ", " " + ApiClient.Base, StringComparison.Ordinal))
            .Concat(EndpointTable.Public.Select(row => row.Endpoint).Where(endpoint => endpoint.Contains(ApiClient.Base, StringComparison.Ordinal)));
        Assert.Equal(inTable.Order(StringComparer.Ordinal), operations.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task An_operation_says_what_it_does_who_may_and_what_it_answers(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var operation = Operation(await Read(), row);
        Assert.False(string.IsNullOrWhiteSpace(operation["summary"]?.GetValue<string>()));
        Assert.False(string.IsNullOrWhiteSpace(operation["operationId"]?.GetValue<string>()));
        Assert.NotEmpty(operation["tags"]!.AsArray());
        Assert.True(Assert.Single(operation["security"]!.AsArray())!.AsObject().ContainsKey("Bearer"));

        var responses = operation["responses"]!.AsObject();
        var documented = responses.Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Superset(StatusesOf(row), documented);
        foreach (var (status, response) in responses)
        {
            Assert.False(string.IsNullOrWhiteSpace(response!["description"]?.GetValue<string>()), status);
            Assert.True(status == "204" || response["content"]!.AsObject().All(content => content.Value!["schema"] is not null), status);
            Assert.True(status[0] == '2' || response["content"]!.AsObject().ContainsKey("application/problem+json"), status);
        }
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task An_operation_names_its_parameters_and_headers_as_they_are_taken(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var parameters = Operation(await Read(), row)["parameters"]?.AsArray().Select(one => (In: one!["in"]!.GetValue<string>(), Name: one["name"]!.GetValue<string>())).ToArray() ?? [];
        var inPath = row.Endpoint.Split('/').Where(segment => segment.StartsWith('{')).Select(segment => segment.Trim('{', '}'));
        Assert.Equal(inPath, parameters.Where(one => one.In == "path").Select(one => one.Name));

        var isPaged = ListTests.Lists.Contains(endpoint) || endpoint.Contains("/exports/", StringComparison.Ordinal);
        Assert.Equal(isPaged, parameters.Contains(("query", "limit")));
        Assert.Equal(isPaged, parameters.Contains(("query", "cursor")));
        Assert.Equal(SearchTests.Lists.Contains(endpoint), parameters.Contains(("query", "search")));
        Assert.Equal(endpoint == "POST /tasks/{taskId}/links/batch", parameters.Contains(("query", "atomic")));
        Assert.Equal(endpoint == "GET /programs/{programId}/campaigns", parameters.Contains(("query", "status")) && parameters.Contains(("query", "kind")));
        Assert.Equal(IdempotencyTests.Creations.Select(one => one.Data).Contains(endpoint), parameters.Contains(("header", "Idempotency-Key")));
        Assert.Equal(VersionTests.Conditional.Select(one => one.Data).Contains(endpoint), parameters.Contains(("header", "If-Match")));
        Assert.All(Operation(await Read(), row)["parameters"]?.AsArray() ?? [], one => Assert.False(string.IsNullOrWhiteSpace(one!["description"]?.GetValue<string>()), one!["name"]!.GetValue<string>()));
    }

    [Theory]
    [MemberData(nameof(WithBody))]
    public async Task The_example_of_a_body_is_taken(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var content = Operation(await Read(), row)["requestBody"]!["content"]!["application/json"]!;
        Assert.NotNull(content["schema"]);
        var world = await World.MakeFull(host);
        var example = content["example"]!.ToJsonString();
        foreach (var (prefix, id) in new[] { ("prt_", world.PartnerId), ("prg_", world.ProgramId), ("clk_", world.ClickId) })
        {
            var at = example.IndexOf($"\"{prefix}", StringComparison.Ordinal);
            example = at < 0 ? example : example.Replace(example[at..example.IndexOf('"', at + 1)], "\"" + id, StringComparison.Ordinal);
        }

        var answer = await world.As(row.Caller).Send(row.Method, row.Path(world, row.Caller), example);
        answer.Expect(row.Expected(row.Caller));
    }

    [Fact]
    public async Task Its_operation_ids_are_unique_and_its_references_lead_somewhere()
    {
        var document = await Read();
        var ids = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(one => Methods.Contains(one.Key)).Select(one => one.Value!["operationId"]!.GetValue<string>())).ToArray();
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(ids, id => Assert.Matches("^[a-z][A-Za-z0-9]*$", id));

        var references = Nodes(document).OfType<JsonObject>().Where(node => node["$ref"] is JsonValue).Select(node => node["$ref"]!.GetValue<string>()).Distinct().ToArray();
        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            JsonNode? node = document;
            foreach (var step in reference[2..].Split('/'))
            {
                node = node is JsonArray items ? items[int.Parse(step, CultureInfo.InvariantCulture)] : node?[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
            }

            Assert.True(node is not null, reference);
        });
        Assert.Equal("bearer", document["components"]!["securitySchemes"]!["Bearer"]!["scheme"]!.GetValue<string>());
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task What_is_answered_has_the_fields_that_the_document_says_and_no_other(string endpoint)
    {
        var row = EndpointTable.Row(endpoint);
        var document = await Read();
        var world = await World.MakeFull(host);
        var answer = (await row.Send(world.As(row.Caller), world, row.Caller)).Expect(row.Expected(row.Caller));
        if (answer.Status == 204)
        {
            Assert.Empty(answer.Text);
            return;
        }

        var schema = Operation(document, row)["responses"]![answer.Status.ToString(CultureInfo.InvariantCulture)]!["content"]![answer.ContentType!]!["schema"]!;
        if (answer.ContentType == "text/csv")
        {
            Assert.Equal("string", schema["type"]!.GetValue<string>());
            answer = (await world.As(row.Caller).Get(row.Path(world, row.Caller) + "&format=ndjson&limit=1")).Expect(200);
            schema = Operation(document, row)["responses"]!["200"]!["content"]![answer.ContentType!]!["schema"]!;
        }

        CheckFields(document, schema, answer.Json, "");
        var problem = await host.Anyone.Send(row.Method, row.Path(world, row.Caller));
        CheckFields(document, Operation(document, row)["responses"]!["401"]!["content"]!["application/problem+json"]!["schema"]!, Without(problem.Json, "traceId"), "");
    }

    private static void CheckFields(JsonNode document, JsonNode schema, JsonNode? value, string path)
    {
        while (schema["$ref"] is { } reference)
        {
            schema = document["components"]!["schemas"]![reference.GetValue<string>().Split('/')[^1]]!;
        }

        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
        {
            schema = choices.First(choice => choice!["type"]?.ToString() != "null")!;
            CheckFields(document, schema, value, path);
            return;
        }

        if (value is JsonObject fields && schema["properties"] is JsonObject properties)
        {
            var required = schema["required"]?.AsArray().Select(name => name!.GetValue<string>()) ?? [];
            Assert.All(required, name => Assert.True(fields.ContainsKey(name), $"{path}.{name} is required and missing."));
            foreach (var (name, inner) in fields)
            {
                Assert.True(properties[name] is not null, $"{path}.{name} is not in the document.");
                CheckFields(document, properties[name]!, inner, $"{path}.{name}");
            }
        }
        else if (value is JsonArray items && schema["items"] is { } itemSchema)
        {
            Assert.All(items, item => CheckFields(document, itemSchema, item, path + "[]"));
        }
        else
        {
            Assert.False(value is JsonObject && schema["additionalProperties"] is null, $"{path} has fields, and the document says none.");
        }
    }

    /// <summary>The statuses that the tables of this project show an endpoint to answer.</summary>
    private static HashSet<int> StatusesOf(EndpointRow row)
    {
        var statuses = new HashSet<int> { row.Operator, row.Brand, row.Partner, 401, 403 };
        statuses.UnionWith(new[] { row.ForeignBrand, row.ForeignPartner }.OfType<int>());
        if (row.Endpoint.Contains('{', StringComparison.Ordinal))
        {
            statuses.Add(404);
        }

        if (row.Body is not null)
        {
            statuses.UnionWith([400, 413, 415, 422]);
        }

        if (VersionTests.Conditional.Select(one => one.Data).Contains(row.Endpoint))
        {
            statuses.UnionWith([400, 412]);
        }

        if (ListTests.Lists.Contains(row.Endpoint))
        {
            statuses.Add(400);
        }

        if (row.Endpoint.Contains("/exports/", StringComparison.Ordinal))
        {
            statuses.UnionWith([400, 406]);
        }

        // What moves is refused where it stands, and an alias that is taken.
        if (row.Endpoint is "PATCH /campaigns/{campaignId}" or "POST /campaigns/{campaignId}/tasks" or "POST /tasks/{taskId}/links" or "POST /tasks/{taskId}/links/batch"
            or "POST /campaigns/{campaignId}/activate" or "POST /campaigns/{campaignId}/pause")
        {
            statuses.Add(409);
        }

        return statuses;
    }

    private static JsonObject Without(JsonObject body, string field)
    {
        body.Remove(field);
        return body;
    }

    private static IEnumerable<JsonNode?> Nodes(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Nodes(field.Value)).Prepend(node),
        JsonArray items => items.SelectMany(Nodes).Prepend(node),
        _ => [node],
    };

    private static JsonNode Operation(JsonNode document, EndpointRow row) =>
        document["paths"]!.AsObject().Single(path => path.Key.TrimEnd('/') == ApiClient.Base + row.Endpoint.Split(' ')[1]).Value![row.Method.Method.ToLowerInvariant()]!;

    private async Task<JsonObject> Read() => (await host.Anyone.SendRaw(HttpMethod.Get, "/openapi/v1.json")).Expect(200).Json;
}
