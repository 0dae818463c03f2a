using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
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

        // While nobody can say whether a key still holds, it does.
        return await SignInApi.Look(pipeline, key, cancellationToken) is not { Problem.Status: 401 };
    }
}
