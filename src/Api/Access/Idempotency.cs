using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using OrleansLinks.Problems;

namespace OrleansLinks.Access;

/// <summary>What the ids of a creation are made of; a repeat with the same <c>Idempotency-Key</c> has the same.</summary>
/// <param name="Seed">Made by <see cref="EntityId.NewSeed"/>.</param>
internal sealed record Creation(Guid Seed)
{
    public string Id(string prefix) => EntityId.From(prefix, Seed);

    public static ValueTask<Creation?> BindAsync(HttpContext context, ParameterInfo parameter) => new(
        context.Features.Get<Creation>() ?? new Creation(EntityId.NewSeed(context.RequestServices.GetRequiredService<TimeProvider>())));
}

/// <summary>Marks an endpoint that creates and so takes <c>Idempotency-Key</c>.</summary>
/// <param name="KeepsAnswer">
/// Whether the answer is kept and given again. When not, because it holds a secret, a repeat is carried out again from
/// the same seed and comes to the same answer.
/// </param>
internal sealed record CreatesMetadata(bool KeepsAnswer);

/// <summary>
/// Carries a creation with an <c>Idempotency-Key</c> out once: it is written down with its seed before it is carried out,
/// and its answer after. Cut off in between, it is carried out again from the same seed and finds what it had created.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, IGrainFactory grains)
{
    public const string Header = "Idempotency-Key";

    private const int MaxLength = 255;

    public async Task InvokeAsync(HttpContext context)
    {
        var creates = context.GetEndpoint()?.Metadata.GetMetadata<CreatesMetadata>();
        if (creates is null || !context.Request.Headers.TryGetValue(Header, out var header) || context.Features.Get<Caller>() is not { } caller)
        {
            await next(context);
            return;
        }

        var key = header.ToString();
        if (header.Count != 1 || key.Length is 0 or > MaxLength || key.Any(c => c is < ' ' or > '~'))
        {
            await ApiProblems.Malformed("idempotency_key_invalid", Header, $"{Header} has 1 to {MaxLength} visible ASCII characters.").ExecuteAsync(context);
            return;
        }

        context.Request.EnableBuffering();
        var bodyHash = await HashBody(context.Request);
        var grain = grains.Actor<IIdempotencyGrain>(ScopeOf(caller, context.Request, key));
        var request = await grain.Begin(bodyHash);
        if (!request.SameBody)
        {
            await ApiProblems.Of(Refusal.Rule("idempotency_key_reused", Header, $"This {Header} was used with another body; use a new one.")).ExecuteAsync(context);
        }
        else if (request.Answer is { } answer)
        {
            await Repeat(context.Response, answer);
        }
        else
        {
            context.Features.Set(new Creation(request.Seed));
            await CarryOut(context, grain, creates.KeepsAnswer);
        }
    }

    private async Task CarryOut(HttpContext context, IIdempotencyGrain grain, bool keepsAnswer)
    {
        var response = context.Response;
        var body = response.Body;
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException)
        {
            // A request that cannot be read has changed nothing either.
            await grain.Forget();
            throw;
        }
        finally
        {
            response.Body = body;
        }

        if (response.StatusCode is < 200 or >= 300)
        {
            await grain.Forget();
        }
        else if (keepsAnswer)
        {
            await grain.Complete(new StoredAnswer(
                response.StatusCode, buffer.ToArray(), response.Headers.Location.FirstOrDefault(), response.Headers.ETag.FirstOrDefault()));
        }

        await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
    }

    private static async Task Repeat(HttpResponse response, StoredAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = answer.Body.Length;
        response.Headers["Idempotency-Replayed"] = "true";
        response.Headers.Location = answer.Location;
        response.Headers.ETag = answer.ETag;
        await response.Body.WriteAsync(answer.Body);
    }

    private static async Task<byte[]> HashBody(HttpRequest request)
    {
        var query = Encoding.UTF8.GetBytes(request.QueryString.Value ?? "");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(query);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    private static string ScopeOf(Caller caller, HttpRequest request, string key) => "idem-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Key.Id}\n{request.Path.Value?.TrimEnd('/')}\n{key}")));
}

internal static class EndpointCreation
{
    /// <summary>Marks an endpoint that creates: it takes <c>Idempotency-Key</c>.</summary>
    public static RouteHandlerBuilder Creates(this RouteHandlerBuilder endpoint, bool keepsAnswer = true) =>
        endpoint.WithMetadata(new CreatesMetadata(keepsAnswer));
}
