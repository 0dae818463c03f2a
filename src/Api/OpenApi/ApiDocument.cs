using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansLinks.Access;
using Scalar.AspNetCore;

namespace OrleansLinks.OpenApi;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c> and the interactive page at <c>/docs</c>, which needs no other host.</summary>
internal static class ApiDocument
{
    // The page's library knows hosts of its maker; what the options below do not turn off, the browser refuses.
    private const string OwnHostAlone =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "OrleansLinks",
                Version = "v1",
                Description = "Campaign tracking links: programs, campaigns, tasks, links, and the clicks on them. Times are RFC 3339 in UTC, money is a decimal string with its currency, errors are problem details (RFC 9457) with a stable `code` and `errors` by field.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
            document.Components.Schemas[OperationErrors.ProblemName] = OperationErrors.ProblemSchema();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [KeyAuthentication.SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An access key." },
            };
            return Task.CompletedTask;
        });
        options.CreateSchemaReferenceId = type => type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(Optional<>)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer<OptionalSchemas>();
        options.AddSchemaTransformer<NullableFields>();
        options.AddSchemaTransformer<ValueSchemas>();
        options.AddOperationTransformer<OperationErrors>();
        options.AddOperationTransformer<OperationExamples>();
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi();
        app.MapScalarApiReference("/docs", (options, context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = OwnHostAlone;
            options
                .WithTitle("OrleansLinks API")
            .AddPreferredSecuritySchemes(KeyAuthentication.SchemeName)
                .WithOpenApiRoutePattern("/openapi/v1.json")
                .DisableDefaultFonts()
                .DisableTelemetry()
                .DisableAgent()
                .DisableMcp()
                .HideClientButton()
                .HideDeveloperTools();
        });
    }
}
