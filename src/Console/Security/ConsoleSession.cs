using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using OrleansLinks.Access;
using OrleansLinks.WebConsole.Client;

namespace OrleansLinks.WebConsole.Security;

/// <summary>
/// Who is signed in. The key is kept in the session's cookie, encrypted, and in the server's memory while a page is open;
/// no page and no script ever has it.
/// </summary>
public sealed class ConsoleSession : IDisposable
{
    private const string KeyClaim = "key";
    private const string KeyIdClaim = "keyId";
    private const string ProgramClaim = "programId";
    private const string PartnerClaim = "partnerId";
    private const string ReadOnlyClaim = "readOnly";
    private const string EndsClaim = "ends";

    private readonly AuthenticationStateProvider _authentication;

    /// <summary>A session.</summary>
    /// <param name="authentication">Who the page's user is.</param>
    public ConsoleSession(AuthenticationStateProvider authentication)
    {
        _authentication = authentication;
        _authentication.AuthenticationStateChanged += Changed;
    }

    /// <summary>The key was refused, or has been found not to hold any more: it was revoked or has expired. From any thread.</summary>
    public event Action? Ended;

    /// <summary>The key to call the API with; null where nobody is signed in any more.</summary>
    public async ValueTask<string?> FindKey() => KeyOf((await _authentication.GetAuthenticationStateAsync()).User);

    /// <summary>Who is signed in; null where nobody is any more.</summary>
    public async ValueTask<SignedIn?> Find() => Read((await _authentication.GetAuthenticationStateAsync()).User);

    /// <summary>Ends the session of the page.</summary>
    public void End() => Ended?.Invoke();

    /// <inheritdoc/>
    public void Dispose() => _authentication.AuthenticationStateChanged -= Changed;

    private async void Changed(Task<AuthenticationState> user)
    {
        // Whoever it is found by: a call of the page, or the look that is taken at the keys of pages that call nothing.
        if (Read((await user).User) is null)
        {
            End();
        }
    }

    /// <summary>What a session's cookie says.</summary>
    /// <param name="key">The key's grants.</param>
    /// <param name="secret">The key.</param>
    /// <param name="ends">When the session ends.</param>
    internal static ClaimsPrincipal Write(Key key, string secret, DateTimeOffset ends)
    {
        List<Claim> claims =
        [
            new(KeyClaim, secret),
            new(KeyIdClaim, key.Id),
            new(ClaimTypes.Name, key.Name),
            new(ClaimTypes.Role, key.Role.ToString()),
            new(ReadOnlyClaim, key.ReadOnly ? "true" : "false"),
            new(EndsClaim, ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ];
        if (key.ProgramId is { } program)
        {
            claims.Add(new Claim(ProgramClaim, program));
        }

        if (key.PartnerId is { } partner)
        {
            claims.Add(new Claim(PartnerClaim, partner));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, ConsoleHost.Scheme));
    }

    internal static string? KeyOf(ClaimsPrincipal user) => user.FindFirstValue(KeyClaim);

    internal static SignedIn? Read(ClaimsPrincipal user) => user.Identity?.IsAuthenticated == true
        ? new SignedIn(
            user.FindFirstValue(KeyIdClaim)!,
            user.FindFirstValue(ClaimTypes.Name)!,
            Enum.Parse<Role>(user.FindFirstValue(ClaimTypes.Role)!),
            user.FindFirstValue(ProgramClaim),
            user.FindFirstValue(PartnerClaim),
            user.FindFirstValue(ReadOnlyClaim) == "true",
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(user.FindFirstValue(EndsClaim)!, CultureInfo.InvariantCulture)))
        : null;
}

/// <summary>Who is signed in.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Name">What people call the key.</param>
/// <param name="Role">What its holder is.</param>
/// <param name="ProgramId">The brand's program; null for other roles.</param>
/// <param name="PartnerId">The partner; null for other roles.</param>
/// <param name="ReadOnly">Whether it can only read.</param>
/// <param name="Ends">When the session ends.</param>
public sealed record SignedIn(string KeyId, string Name, Role Role, string? ProgramId, string? PartnerId, bool ReadOnly, DateTimeOffset Ends)
{
    /// <summary>Whether it can change things.</summary>
    public bool CanWrite => !ReadOnly;

    /// <summary>Whether the partner's side of things is shown.</summary>
    public bool IsPartner => Role == Role.Partner;

    /// <summary>Whether the operator's pages are shown.</summary>
    public bool IsOperator => Role == Role.Operator;
}
