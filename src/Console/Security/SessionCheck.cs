using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Security;

/// <summary>Ends the session of an open page when its key is revoked or expires, or its time is over.</summary>
internal sealed class SessionCheck(ILoggerFactory loggers, ApiPipeline pipeline, TimeProvider clock) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(15);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        if (ConsoleSession.KeyOf(authenticationState.User) is not { } key || ConsoleSession.Read(authenticationState.User)!.Ends <= clock.GetUtcNow())
        {
            return false;
        }

        return await Holds(pipeline, key, cancellationToken);
    }

    /// <summary>Ends the session that a request comes with when its key no longer holds; what anybody may have is not asked for.</summary>
    public static async Task Validate(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<IAllowAnonymous>() is null
            && metadata.GetMetadata<IAuthorizeData>() is not null
            && !(ConsoleSession.KeyOf(context.Principal!) is { } key
                && await Holds(http.RequestServices.GetRequiredService<ApiPipeline>(), key, http.RequestAborted)))
        {
            context.RejectPrincipal();
            http.Items[typeof(SessionCheck)] = true;
        }
    }

    /// <summary>Whether the session that a request came with has just ended.</summary>
    public static bool HasEnded(HttpContext context) => context.Items.ContainsKey(typeof(SessionCheck));

    /// <summary>Whether a key still holds; while nobody can say, it does.</summary>
    public static async Task<bool> Holds(ApiPipeline pipeline, string key, CancellationToken cancellationToken) =>
        await SignInApi.Look(pipeline, key, cancellationToken) is not { Problem.Status: StatusCodes.Status401Unauthorized };
}
