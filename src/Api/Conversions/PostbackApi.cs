using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Journal;
using OrleansLinks.Json;
using OrleansLinks.OpenApi;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Conversions;

/// <summary>
/// Conversions from a query string: a postback answers as the API does, a pixel with an image. Whoever sends one shows that it is the
/// brand by a signature, or by an access key.
/// </summary>
internal static class PostbackApi
{
    private const string SignatureName = "signature";

    // The smallest GIF there is that shows nothing: GIF89a, one transparent pixel.
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    private static readonly (string Name, string Description)[] Parameters =
    [
        ("clickId", "The click id (clk_…) that the landing page got."),
        ("orderId", "The brand's id of the order."),
        ("amount", "The order's amount, as 49.90."),
        ("currency", "The program's currency unless set."),
        ("eventType", "What happened; sale unless set."),
        ("occurredAt", "When it happened, RFC 3339; now unless set."),
        (SignatureName, "HMAC-SHA256, in hexadecimal digits, of the rest of the query string."),
    ];

    /// <summary>Maps both, below the API and at the root, where tracking hosts have them.</summary>
    public static void MapPostbacks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/postback/{programId}", Postback).WithTags("Conversions").AfterClicks()
            .WithMetadata(new QueryMetadata([.. Parameters, ("key", "An access key of the brand, for who cannot sign.")]))
            .WithSummary("Report a conversion by a URL").WithDescription("Query parameters, in any case: clickId, orderId, amount, currency (the program's unless set), eventType, occurredAt; and signature, the HMAC-SHA256 in hexadecimal digits of the rest of the query string as it is sent, by a signing secret of the program. Instead of signing, an access key of the brand can be sent as Authorization or in key.");
        routes.MapGet("/pixel/{programId}.gif", ShowPixel).WithTags("Conversions").AfterClicks()
            .WithMetadata(new QueryMetadata(Parameters))
            .WithSummary("Report a conversion by an image").WithDescription("As the postback, but always signed, since visitors see it; it answers a transparent pixel, with the status that the postback would have.");
    }

    private static async Task<Results<Created<ConversionView>, Accepted<ConversionView>, Ok<ConversionView>, ProblemHttpResult>> Postback(
        string programId, IGrainFactory grains, AccessKeyCache keys, TimeProvider clock, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!EntityId.IsWellFormed(programId, EntityId.Program)
            || !(await IsSigned(programId, context.Request, grains) || await HasKey(programId, context.Request, keys)))
        {
            return ApiProblems.Create(
                StatusCodes.Status401Unauthorized, "signature_invalid",
                "Sign the query string with a signing secret of the program and append it as signature, or send an access key of the brand.");
        }

        return await Take(programId, grains, clock, context);
    }

    private static async Task<IResult> ShowPixel(string programId, IGrainFactory grains, TimeProvider clock, HttpContext context)
    {
        var isSigned = EntityId.IsWellFormed(programId, EntityId.Program) && await IsSigned(programId, context.Request, grains);
        var status = isSigned ? ((await Take(programId, grains, clock, context)).Result as IStatusCodeHttpResult)?.StatusCode : StatusCodes.Status401Unauthorized;
        context.Response.StatusCode = status is >= 400 ? status.Value : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(Pixel, "image/gif");
    }

    private static async Task<Results<Created<ConversionView>, Accepted<ConversionView>, Ok<ConversionView>, ProblemHttpResult>> Take(
        string programId, IGrainFactory grains, TimeProvider clock, HttpContext context)
    {
        if (await grains.Actor<IProgramGrain>(programId).Get() is not { } program)
        {
            return ApiProblems.NotFound("program");
        }

        var query = context.Request.Query;
        DateTimeOffset? occurredAt = null;
        if (Find("occurredAt") is { } time)
        {
            if (!Times.TryParse(time, out var at))
            {
                return ApiProblems.Of(Refusal.Rule("validation_failed", "occurredAt", "A time is written like 2026-01-31T12:00:00Z, with its offset."));
            }

            occurredAt = at;
        }

        var money = Decimals.TryParse(Find("amount"), out var amount) ? new Money(amount, Find("currency")?.ToUpperInvariant() ?? program.Currency) : null;
        var report = new ConversionReport(programId, Find("clickId"), Find("orderId"), Find("eventType"), money, occurredAt, EntityId.NewSeed(clock));
        return await ConversionsApi.Report(report, grains, clock, context);

        // The names match in any case by themselves.
        string? Find(string name) => query[name].FirstOrDefault(value => !string.IsNullOrEmpty(value));
    }

    private static async Task<bool> IsSigned(string programId, HttpRequest request, IGrainFactory grains)
    {
        var given = request.Query[SignatureName];
        var signature = new byte[HMACSHA256.HashSizeInBytes];
        if (given.Count != 1 || given[0]?.Length != 2 * signature.Length
            || Convert.FromHexString(given[0]!, signature, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var signed = Encoding.UTF8.GetBytes(string.Join('&', (request.QueryString.Value ?? "").TrimStart('?').Split('&')
            .Where(pair => !pair.StartsWith($"{SignatureName}=", StringComparison.OrdinalIgnoreCase))));
        var isSigned = false;
        foreach (var secret in await grains.Actor<ISigningGrain>(programId).Get())
        {
            isSigned |= CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Secret), signed), signature);
        }

        return isSigned;
    }

    private static async Task<bool> HasKey(string programId, HttpRequest request, AccessKeyCache keys)
    {
        var secret = KeyAuthentication.SecretOf(request) ?? request.Query["key"].ToString();
        return await keys.Find(secret) is { ReadOnly: false } key && new Caller(key, secret).ActsFor(programId);
    }
}
