using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansLinks.Json;

/// <summary>How the API reads and writes JSON: strict in what it takes, camelCase, times in UTC, money as decimal strings.</summary>
internal static class ApiJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectRequiredConstructorParameters = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.MaxDepth = 16;

        // The body is application/json and never put into a page: & and letters of all languages stay as they are.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new OptionalConverterFactory());
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new MoneyConverter());
        options.Converters.Add(new RateConverter());
    }
}

/// <summary>A field of a change: a value that is there is set, also to null; a field that is not there is left alone.</summary>
internal sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(OptionalConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(true, NestedJson.Read<T>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}

/// <summary>RFC 3339 times; they must say their offset, and are written in UTC.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return Times.HasOffset(text) && reader.TryGetDateTimeOffset(out var value)
            ? value
            : throw new JsonException("A time is written like 2026-01-31T12:00:00Z, with its offset.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(ApiTexts.Time(value));
}

/// <summary>Money as <c>{ "amount": "12.50", "currency": "EUR" }</c>.</summary>
internal sealed class MoneyConverter : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var body = NestedJson.Read<Body>(ref reader, options);
        return Decimals.TryParse(body?.Amount, out var amount) && body?.Currency is not null
            ? new Money(amount, body.Currency)
            : throw new JsonException("Money is written like { \"amount\": \"12.50\", \"currency\": \"EUR\" }.");
    }

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("amount", ApiTexts.Amount(value.Amount));
        writer.WriteString("currency", value.Currency);
        writer.WriteEndObject();
    }

    private sealed record Body(string? Amount, string? Currency);
}

/// <summary>A rate in percent as a decimal string; a number is taken as well.</summary>
internal sealed class RateConverter : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetDecimal(out var number) => number,
        JsonTokenType.String when Decimals.TryParse(reader.GetString(), out var value) => value,
        _ => throw new JsonException("A rate is written like \"7.5\"."),
    };

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteStringValue(ApiTexts.Rate(value));
}

/// <summary>Reads a value within another, so that what is wrong with it is found by its whole path.</summary>
internal static class NestedJson
{
    /// <summary>Reads the value that the reader is at.</summary>
    /// <exception cref="JsonException">It is not what is expected; the inner exception has the rest of the path.</exception>
    public static T? Read<T>(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(ref reader, options);
        }
        catch (JsonException exception)
        {
            // The path of this read begins anew; the outer read adds its own to an exception that has none.
            throw new JsonException(exception.Message, exception);
        }
    }

    /// <summary>The whole path to what is wrong.</summary>
    public static string PathOf(JsonException exception) =>
        (exception.Path ?? "$") + (exception.InnerException is JsonException inner ? PathOf(inner)[1..] : "");
}

internal static class Times
{
    /// <summary>Whether a time says its offset.</summary>
    public static bool HasOffset(string text)
    {
        var time = text.IndexOf('T', StringComparison.OrdinalIgnoreCase);
        return time > 0 && text.AsSpan(time).IndexOfAny("Zz+-") > 0;
    }

    /// <summary>Reads an RFC 3339 time outside JSON.</summary>
    public static bool TryParse(string text, out DateTimeOffset value)
    {
        value = default;
        return HasOffset(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
    }
}

internal static class Decimals
{
    public static bool TryParse(string? text, out decimal value) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
}
