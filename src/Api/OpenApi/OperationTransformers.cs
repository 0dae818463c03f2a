using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansLinks.Access;
using OrleansLinks.Lists;

namespace OrleansLinks.OpenApi;

/// <summary>Parameters of a query that an endpoint reads by itself.</summary>
internal sealed record QueryMetadata(params (string Name, string Description)[] Parameters);

/// <summary>Adds to each operation the headers that it takes, its security, and every error that it answers.</summary>
internal sealed class OperationErrors : IOpenApiOperationTransformer
{
    public const string ProblemName = "Problem";

    // Read as text, so that the answer to another value says what is meant.
    private static readonly Dictionary<string, IOpenApiSchema?> QueryTypes = new()
    {
        ["limit"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" },
        ["atomic"] = new OpenApiSchema { Type = JsonSchemaType.Boolean },
    };

    private static readonly Dictionary<string, string> PathParameters = new()
    {
        ["programId"] = "The program's id (prg_…).",
        ["campaignId"] = "The campaign's id (cmp_…).",
        ["partnerId"] = "The partner's id (prt_…).",
        ["taskId"] = "The task's id (tsk_…).",
        ["linkId"] = "The link's id (lnk_…).",
        ["clickId"] = "The click's id (clk_…), as the landing page got it.",
        ["conversionId"] = "The conversion's id (cnv_…).",
        ["secretId"] = "The signing secret's id (sec_…).",
        ["keyId"] = "The key's id (key_…).",
        ["webhookId"] = "The webhook's id (whk_…).",
        ["deliveryId"] = "The event's id (evt_…).",
    };

    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [400] = "Malformed: JSON, a field's type, an unknown field, a parameter, a cursor.",
        [401] = "No valid access key.",
        [403] = "The key's role does not allow it, or the key is read-only.",
        [404] = "Not there, or nothing that the caller may know of.",
        [406] = "No format that Accept or format names.",
        [409] = "The present state does not allow it.",
        [412] = "If-Match names another version than the current one.",
        [413] = "The body is too large.",
        [415] = "The body is not application/json.",
        [422] = "A rule does not allow it; code says which, errors name the fields.",
        [503] = "Not available at the moment; Retry-After says when to try again.",
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var method = context.Description.HttpMethod ?? "GET";
        var path = context.Description.RelativePath ?? "";
        operation.OperationId ??= NameOf(method, path);
        if (metadata.OfType<QueryMetadata>().SingleOrDefault() is { } query)
        {
            operation.Parameters = [.. operation.Parameters ?? [], .. query.Parameters.Select(parameter => Parameter(ParameterLocation.Query, parameter.Name, parameter.Description))];
            Answer(401, 404, 409, 422, 503);
        }

        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(one => one.In == ParameterLocation.Query))
        {
            parameter.Schema = QueryTypes.GetValueOrDefault(parameter.Name ?? "", parameter.Schema);
        }

        if (!metadata.OfType<AuthorizationPolicy>().Any())
        {
            return Task.CompletedTask;
        }

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyAuthentication.SchemeName, context.Document)] = [] }];
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(one => one.In == ParameterLocation.Path))
        {
            parameter.Description ??= PathParameters.GetValueOrDefault(parameter.Name ?? "");
        }

        var creates = metadata.OfType<CreatesMetadata>().Any();
        if (creates)
        {
            operation.Parameters.Add(Header(IdempotencyMiddleware.Header, "A repeat with the same key and body answers what the first request did, for at least 7 days."));
        }

        var isConditional = metadata.OfType<ConditionalMetadata>().Any();
        if (isConditional)
        {
            operation.Parameters.Add(Header("If-Match", "The ETag of the version that is changed; refused when there is a newer one."));
        }

        var hasRows = metadata.OfType<RowsMetadata>().Any();
        if (hasRows && operation.Responses?["200"] is OpenApiResponse { Content: { } contents })
        {
            contents[RowFormat.Csv.MediaType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "RFC 4180, with a header. Text that a spreadsheet would take for a formula has a ' before it." },
            };
            contents.TryAdd(RowFormat.Ndjson.MediaType, new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "An object a line." } });
        }

        var hasBody = operation.RequestBody is not null;
        var isList = operation.Parameters.Any(parameter => parameter.Name == "cursor");
        int[] statuses =
        [
            .. isList || hasBody || creates || isConditional ? (int[])[400] : [],
            401,
            403,
            .. hasRows ? (int[])[400, 404, 406, 422] : [],
            .. path.Contains('{', StringComparison.Ordinal) || path.EndsWith("/conversions/", StringComparison.Ordinal) || (hasBody && path.EndsWith("/webhooks/", StringComparison.Ordinal)) ? (int[])[404] : [],
            .. method is "POST" or "PATCH" ? (int[])[409] : [],
            .. isConditional ? (int[])[412] : [],
            .. hasBody ? (int[])[413, 415, 422] : [],
            503,
        ];
        Answer(statuses);
        return Task.CompletedTask;

        void Answer(params int[] errors)
        {
            operation.Responses ??= [];
            foreach (var status in errors)
            {
                operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
                {
                    Description = Descriptions[status],
                    Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemName, context.Document) } },
                };
            }
        }
    }

    private static OpenApiParameter Header(string name, string description) => Parameter(ParameterLocation.Header, name, description);

    private static OpenApiParameter Parameter(ParameterLocation place, string name, string description) => new()
    {
        Name = name,
        In = place,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    internal static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "detail", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What is wrong and what would be right." },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable name of the reason." },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Names the request in the logs." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Messages by field.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };

    /// <summary>A name for generated clients, such as <c>postTasksLinksBatch</c>.</summary>
    private static string NameOf(string method, string path) => method.ToLowerInvariant() + string.Concat(path
        .Split(['/', '-', '.', '{', '}'], StringSplitOptions.RemoveEmptyEntries)
        .Where(segment => segment is not ("api" or "v1"))
        .Select(segment => char.ToUpperInvariant(segment[0]) + segment[1..]));
}

/// <summary>Shows what a request looks like.</summary>
internal sealed class OperationExamples : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST api/v1/programs"] = """{ "name": "Example brand", "defaultLandingPage": "https://www.example.com/", "permittedDomains": ["example.com", "*.example.com"], "currency": "EUR", "timeZone": "Europe/Berlin" }""",
        ["PATCH api/v1/programs/{programId}"] = """{ "defaultLandingPage": "https://www.example.com/new", "landingTemplate": "utm_source={partner}&utm_campaign={campaign}" }""",
        ["POST api/v1/partners"] = """{ "name": "Example partner", "kind": "partner", "email": "partner@example.net", "locale": "ja" }""",
        ["PATCH api/v1/partners/{partnerId}"] = """{ "email": null }""",
        ["POST api/v1/programs/{programId}/campaigns"] = """{ "name": "Spring", "kind": "performance", "startsAt": "2026-03-01T00:00:00Z", "tracking": { "clicksAndConversions": true }, "payForPerformance": { "enabled": true, "terms": { "model": "percentage", "rate": "7.5" } }, "landing": { "mode": "savedPages", "savedPages": [{ "name": "Sale", "url": "https://www.example.com/sale" }] } }""",
        ["PATCH api/v1/campaigns/{campaignId}"] = """{ "tracking": { "clicksAndConversions": false } }""",
        ["POST api/v1/campaigns/{campaignId}/tasks"] = """{ "partnerId": "prt_01k2v0000000000000000000ab", "name": "Post about the spring collection" }""",
        ["PATCH api/v1/tasks/{taskId}"] = """{ "dueAt": "2026-04-01T12:00:00Z" }""",
        ["POST api/v1/tasks/{taskId}/links"] = """{ "form": "short", "landingPage": "https://www.example.com/products?id=7", "alias": "spring-sale", "sharedId": "newsletter" }""",
        ["POST api/v1/tasks/{taskId}/links/batch"] = """[{ "landingPage": "https://www.example.com/a" }, { "landingPage": "https://www.example.com/b", "form": "regular" }]""",
        ["PATCH api/v1/links/{linkId}"] = """{ "state": "disabled" }""",
        ["POST api/v1/conversions"] = """{ "clickId": "clk_01k2v0000000000000000000ab", "orderId": "A-1001", "amount": { "amount": "49.90", "currency": "EUR" } }""",
        ["POST api/v1/conversions/{conversionId}/adjust"] = """{ "amount": { "amount": "29.90", "currency": "EUR" }, "reason": "One article was sent back." }""",
        ["POST api/v1/conversions/{conversionId}/reverse"] = """{ "reason": "The order was cancelled." }""",
        ["POST api/v1/programs/{programId}/signing-secrets"] = """{ "overlapSeconds": 3600 }""",
        ["POST api/v1/webhooks"] = """{ "url": "https://hooks.example.com/orleanslinks", "events": ["conversion.created", "conversion.reversed", "conversion.approved"] }""",
        ["PATCH api/v1/webhooks/{webhookId}"] = """{ "enabled": true }""",
        ["POST api/v1/webhooks/{webhookId}/rotate"] = """{ "overlapSeconds": 3600 }""",
        ["POST api/v1/webhooks/{webhookId}/replay"] = """{ "from": "2026-01-31T12:00:00Z", "to": "2026-01-31T18:00:00Z" }""",
        ["POST api/v1/keys"] = """{ "role": "brand", "programId": "prg_01k2v0000000000000000000ab", "name": "Website", "readOnly": true }""",
        ["POST api/v1/keys/{keyId}/rotate"] = """{ "overlapSeconds": 3600 }""",
    };

    /// <summary>Operations that take a body and have an example of it.</summary>
    internal static IReadOnlyCollection<string> Operations => Bodies.Keys;

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var name = $"{context.Description.HttpMethod} {context.Description.RelativePath?.TrimEnd('/')}";
        if (operation.RequestBody?.Content?.TryGetValue("application/json", out var media) == true && Bodies.TryGetValue(name, out var body))
        {
            media.Example = JsonNode.Parse(body);
        }

        return Task.CompletedTask;
    }
}
