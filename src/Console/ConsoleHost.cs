using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MudBlazor;
using MudBlazor.Services;
using OrleansLinks.Access;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Layout;
using OrleansLinks.WebConsole.Links;
using OrleansLinks.WebConsole.Security;
using OrleansLinks.WebConsole.Texts;

namespace OrleansLinks.WebConsole;

/// <summary>The console as a part of another host.</summary>
public static class ConsoleHost
{
    /// <summary>The path that all of it is under.</summary>
    public const string Path = "/console";

    /// <summary>Name of the session's authentication scheme.</summary>
    internal const string Scheme = "Console";

    /// <summary>Adds what the console needs; the host adds an <see cref="Live.ILiveCounters"/> and a key ring for data protection.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">The console's settings.</param>
    public static void AddConsole(this IServiceCollection services, ConsoleOptions settings)
    {
        services.AddSingleton(settings);
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddScoped<IDialogService, OneDialog>();
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            options.SnackbarConfiguration.VisibleStateDuration = 4000;
            options.SnackbarConfiguration.PreventDuplicates = true;
        });
        services.AddTransient<MudLocalizer, LibraryTexts>();
        services.AddSingleton<ApiPipeline>();
        services.AddScoped<ApiClient>();
        services.AddScoped<ConsoleSession>();
        services.AddScoped<AuthenticationStateProvider, SessionCheck>();
        services.AddScoped<Viewer>();
        services.AddSingleton<PageTexts>();
        services.AddSingleton<ProblemTexts>();
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "orleanslinks.antiforgery";
            options.Cookie.Path = Path;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true;
        });
        new AuthenticationBuilder(services).AddCookie(Scheme, options =>
        {
            options.Cookie.Name = "orleanslinks.session";
            options.Cookie.Path = Path;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SlidingExpiration = false;
            options.Events.OnValidatePrincipal = SessionCheck.Validate;
            options.Events.OnRedirectToLogin = context =>
            {
                var from = HttpMethods.IsGet(context.Request.Method) ? $"{context.Request.Path.Value!.TrimStart('/')}{context.Request.QueryString}" : "";
                context.Response.Redirect(SignInApi.PathFrom(from, SessionCheck.HasEnded(context.HttpContext)));
                return Task.CompletedTask;
            };
            options.Events.OnRedirectToAccessDenied = context =>
            {
                // Whose role does not have a page is told that there is none.
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        });
    }

    /// <summary>
    /// Serves the console under <see cref="Path"/>, by a pipeline of its own: who comes for a redirect or for the API passes
    /// none of it.
    /// </summary>
    /// <param name="app">The host's endpoints.</param>
    /// <param name="host">Name of the host's assembly, which its list of files for browsers is named after.</param>
    /// <param name="mapForOperator">Maps what else the host has for the operator alone.</param>
    public static void MapConsole(this IEndpointRouteBuilder app, string host, Action<IEndpointRouteBuilder>? mapForOperator = null)
    {
        var console = app.CreateApplicationBuilder();
        console.UseMiddleware<PageHeaders>();
        console.Use(next => context =>
        {
            if (context.Request.Path.Value == Path)
            {
                // Links on the pages are written from the folder.
                context.Response.Redirect($"{Path}/");
                return Task.CompletedTask;
            }

            return next(context);
        });
        console.UsePathBase(Path);
        console.UseRequestLocalization(options =>
        {
            var tags = Languages.All.Select(language => language.Tag).ToArray();
            options.SetDefaultCulture(tags[0]).AddSupportedCultures(tags).AddSupportedUICultures(tags);
            options.FallBackToParentCultures = true;
            options.FallBackToParentUICultures = true;
            options.ApplyCurrentCultureToResponseHeaders = true;
        });
        console.Use(next => context =>
        {
            // Matched anew, to what is under the path.
            context.SetEndpoint(null);
            context.Request.RouteValues.Clear();
            return next(context);
        });
        console.UseStatusCodePagesWithReExecute("/not-found");
        console.UseRouting();
        console.Use(async (context, next) =>
        {
            if (await context.AuthenticateAsync(Scheme) is { Succeeded: true } session)
            {
                context.User = session.Principal;
            }

            await next(context);
        });
        console.UseAuthorization();
        console.UseAntiforgery();
        console.UseEndpoints(endpoints =>
        {
            var signedIn = new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().Build();
            endpoints.MapStaticAssets($"{host}.staticwebassets.endpoints.json");

            // What keeps a page up to date is too small to gain from being compressed, which would hold memory for each page
            // that is open.
            endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode(options =>
            {
                options.DisableWebSocketCompression = true;
                options.ContentSecurityFrameAncestorsPolicy = null;
            }).RequireAuthorization(signedIn);
            var pages = endpoints.MapGroup("").RequireAuthorization(signedIn).ExcludeFromDescription();
            pages.MapSession();
            pages.MapDownloads();
            pages.MapQrCodes();
            mapForOperator?.Invoke(endpoints.MapGroup("").RequireAuthorization(
                new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().RequireRole(nameof(Role.Operator)).Build()).ExcludeFromDescription());
            endpoints.MapGet("/console.json", IsReady).AllowAnonymous().ExcludeFromDescription();
        });
        app.Map($"{Path}/{{**path}}", console.Build()).ExcludeFromDescription();
    }

    /// <summary>Whether pages can be loaded from here; not from a server that is about to stop, which has already left its pages.</summary>
    private static IResult IsReady(IHostApplicationLifetime host) => host.ApplicationStopping.IsCancellationRequested
        ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
        : Results.Json(new { ready = true });
}
