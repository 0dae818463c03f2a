using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using OrleansLinks.Problems;

namespace OrleansLinks.Access;

/// <summary>Authenticates requests by <c>Authorization: Bearer KEY</c>.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessKeyCache keys) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";
    public const string ReadOnlyClaim = "readOnly";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SecretOf(Request) is not { } secret)
        {
            return AuthenticateResult.NoResult();
        }

        if (await keys.Find(secret) is not { } key)
        {
            return AuthenticateResult.Fail("The key is unknown, revoked or expired.");
        }

        Context.Features.Set(new Caller(key, secret));
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Role, key.Role.ToString()), new Claim(ReadOnlyClaim, key.ReadOnly ? "true" : "false")], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        return ApiProblems.Create(
            StatusCodes.Status401Unauthorized,
            "key_invalid",
            "Send a valid access key as Authorization: Bearer KEY. It is missing, unknown, revoked or expired.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var readOnly = Context.User.HasClaim(ReadOnlyClaim, "true") && !IsSafe(Request.Method);
        return (readOnly
            ? ApiProblems.Create(StatusCodes.Status403Forbidden, "key_read_only", "This access key can only read.")
            : ApiProblems.Create(StatusCodes.Status403Forbidden, "role_not_allowed", "The role of this access key does not allow this.")).ExecuteAsync(Context);
    }

    /// <summary>The access key that came with a request; null where none did.</summary>
    public static string? SecretOf(HttpRequest request)
    {
        const string Scheme = $"{SchemeName} ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    public static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}

/// <summary>Who may call an endpoint.</summary>
internal static class EndpointAccess
{
    /// <summary>Lets those roles call the endpoint; a read-only key can only call it when it only reads.</summary>
    public static RouteHandlerBuilder For(this RouteHandlerBuilder endpoint, params Role[] roles) =>
        endpoint.RequireAuthorization(new AuthorizationPolicyBuilder(KeyAuthentication.SchemeName)
            .RequireAuthenticatedUser()
            .RequireRole(roles.Select(role => role.ToString()))
            .RequireAssertion(context => context.Resource is HttpContext http
                && (KeyAuthentication.IsSafe(http.Request.Method) || !context.User.HasClaim(KeyAuthentication.ReadOnlyClaim, "true")))
            .Build());
}
