using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansLinks.WebConsole.Security;

namespace OrleansLinks.WebConsole.Client;

/// <summary>
/// Files of the API that a browser saves: it follows a link with its session, and the API streams to it by the session's key.
/// These paths alone; everything else of the API is for who has a key.
/// </summary>
internal static class DownloadApi
{
    public static void MapDownloads(this IEndpointRouteBuilder console)
    {
        foreach (var path in new[] { "/reports/performance", "/exports/clicks", "/exports/conversions" })
        {
            console.MapGet($"/download{path}", (HttpContext context, ApiPipeline api) => Answer(context, api, $"/api/v1{path}"));
        }
    }

    private static Task Answer(HttpContext context, ApiPipeline api, string path)
    {
        // Files are read by programs: they are the same whatever language the page is in.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        context.Response.Headers.ContentLanguage = default;
        context.Request.Headers.Accept = "text/csv";
        return api.Forward(context, path, ConsoleSession.KeyOf(context.User)!);
    }
}
