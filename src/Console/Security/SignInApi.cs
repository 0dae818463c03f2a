using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Routing;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole.Security;

/// <summary>Beginning and end of a session.</summary>
internal static class SignInApi
{
    private static readonly Uri Start = new($"http://console.invalid{ConsoleHost.Path}/");

    public static void MapSession(this IEndpointRouteBuilder console)
    {
        console.MapPost("/sign-out", SignOut);
        console.MapGet("/language/{language}", ChooseLanguage).AllowAnonymous();
    }

    /// <summary>Begins a session with a key.</summary>
    /// <returns>Null where the key holds; otherwise why not.</returns>
    public static async Task<ApiProblem?> SignIn(HttpContext context, ApiPipeline pipeline, string secret, DateTimeOffset ends)
    {
        var answer = await Look(pipeline, secret, context.RequestAborted);
        if (!answer.IsOk)
        {
            return answer.Problem;
        }

        var key = answer.Value;
        ends = key.ExpiresAt < ends ? key.ExpiresAt.Value : ends;
        await context.SignInAsync(
            ConsoleHost.Scheme,
            ConsoleSession.Write(key, secret, ends),
            new AuthenticationProperties { ExpiresUtc = ends, AllowRefresh = false });
        return null;
    }

    /// <summary>Where who is not signed in is sent to.</summary>
    /// <param name="from">The path of the console that was asked for.</param>
    /// <param name="hasEnded">Whether they were signed in until now.</param>
    public static string PathFrom(string from, bool hasEnded)
    {
        var query = QueryString.Empty;
        query = hasEnded ? query.Add("ended", "true") : query;
        query = from.Length == 0 ? query : query.Add("returnTo", from);
        return $"{ConsoleHost.Path}/sign-in{query}";
    }

    /// <summary>What a key may do.</summary>
    public static Task<ApiAnswer<Key>> Look(ApiPipeline pipeline, string secret, CancellationToken cancellationToken) =>
        pipeline.Get<Key>("/keys/current", secret, cancellationToken);

    private static async Task<IResult> SignOut(HttpContext context, Microsoft.AspNetCore.Antiforgery.IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await context.SignOutAsync(ConsoleHost.Scheme);
        return Results.LocalRedirect("~/sign-in?left=true");
    }

    private static IResult ChooseLanguage(string language, string? returnTo, HttpContext context)
    {
        if (Languages.All.Any(one => one.Tag == language))
        {
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)),
                new CookieOptions
                {
                    Path = ConsoleHost.Path,
                    HttpOnly = true,
                    Secure = context.Request.IsHttps,
                    SameSite = SameSiteMode.Lax,
                    MaxAge = TimeSpan.FromDays(365),
                    IsEssential = true,
                });
        }

        return Results.LocalRedirect(ReturnTo(returnTo));
    }

    /// <summary>A path of the console to go on to; the start where none, or one that leads out of the console, is asked for.</summary>
    public static string ReturnTo(string? path)
    {
        // As a browser resolves it: with steps upwards, backslashes and what else there is.
        var within = path is not null && Uri.TryCreate(Start, path, out var target) && target.GetLeftPart(UriPartial.Path).StartsWith(Start.AbsoluteUri, StringComparison.Ordinal)
            ? target.AbsoluteUri[Start.AbsoluteUri.Length..]
            : "";
        return within.StartsWith('/') || within.Split('?')[0].Contains(':', StringComparison.Ordinal) ? "~/" : $"~/{within}";
    }
}
