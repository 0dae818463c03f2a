using Microsoft.AspNetCore.Http;

namespace OrleansLinks.WebConsole.Security;

/// <summary>What a browser is told never to do with the console's pages.</summary>
internal sealed class PageHeaders(RequestDelegate next)
{
    // Styles are set on elements by the component library, which therefore needs unsafe-inline for them; scripts are files alone.
    private const string OwnHostAlone =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "manifest-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = OwnHostAlone;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        return next(context);
    }
}
