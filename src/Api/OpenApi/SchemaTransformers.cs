using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansLinks.Links;

namespace OrleansLinks.OpenApi;

/// <summary>Shows a field of a change as what it is set to.</summary>
internal sealed class OptionalSchemas : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Optional<>))
        {
            return;
        }

        var inner = type.GetGenericArguments()[0];
        var value = await context.GetOrCreateSchemaAsync(Nullable.GetUnderlyingType(inner) ?? inner, null, cancellationToken);
        schema.Type = value.Type | JsonSchemaType.Null;
        schema.Format = value.Format;
        schema.Items = value.Items;
        schema.Properties = value.Properties;
        schema.Required = value.Required;
        schema.Enum = value.Enum;
        schema.Description ??= value.Description;
        schema.Examples = value.Examples;
        schema.Pattern = value.Pattern;
        schema.AdditionalPropertiesAllowed = true;
    }
}

/// <summary>A field that is null is left out of an answer, so it is not required.</summary>
internal sealed class NullableFields : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Required is { Count: > 0 } required)
        {
            foreach (var field in context.JsonTypeInfo.Properties.Where(field => field.IsGetNullable || Nullable.GetUnderlyingType(field.PropertyType) is not null))
            {
                required.Remove(field.Name);
            }
        }

        return Task.CompletedTask;
    }
}

/// <summary>Shows values that have a way of their own to be written.</summary>
internal sealed class ValueSchemas : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "date-time";
            schema.Description ??= "RFC 3339, with its offset; answered in UTC.";
        }
        else if (type == typeof(decimal))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = null;
            schema.Pattern = @"^-?\d+(\.\d{1,4})?$";
            schema.Description ??= "A decimal number as text.";
        }
        else if (type == typeof(Money))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Description = "An amount of money.";
            schema.Required = new HashSet<string> { "amount", "currency" };
            schema.Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = @"^-?\d+(\.\d{1,4})?$", Examples = ["12.50"] },
                ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$", Description = "ISO 4217.", Examples = ["EUR"] },
            };
        }
        else if (type == typeof(LinkBatchBody))
        {
            schema.Type = JsonSchemaType.Array;
            schema.Properties = null;
            schema.Required = null;
            schema.MinItems = 1;
            schema.MaxItems = 1000;
            schema.Items = await context.GetOrCreateSchemaAsync(typeof(LinkRequest), null, cancellationToken);
        }
    }
}
