using System.Net.Mime;
using System.Text;
using Orleans.Dashboard;

namespace OrleansLinks.WebConsole;

/// <summary>Orleans' own dashboard, as pages of the console.</summary>
internal static class ClusterPages
{
    private const string Prefix = "/orleans";
    private const string FrontPage = "Orleans.Dashboard.wwwroot.index.html";

    public static void MapClusterPages(this IEndpointRouteBuilder console)
    {
        console.MapGet($"{Prefix}/", WriteFrontPage).WithOrder(-1);
        console.MapGet($"{Prefix}/index.html", WriteFrontPage).WithOrder(-1);
        console.MapOrleansDashboard(Prefix);
    }

    /// <summary>The dashboard's page, told to show no log (<see cref="DashboardOptions.HideTrace"/>), which it asks its page for.</summary>
    private static async Task WriteFrontPage(HttpContext context)
    {
        if (context.Request.Path.Value == Prefix)
        {
            // Its links are written from the folder.
            context.Response.Redirect($"{context.Request.PathBase}{Prefix}/");
            return;
        }

        await using var file = typeof(DashboardOptions).Assembly.GetManifestResourceStream(FrontPage)
            ?? throw new InvalidOperationException($"The dashboard has no {FrontPage}.");
        using var reader = new StreamReader(file);
        var page = await reader.ReadToEndAsync(context.RequestAborted);
        var head = page.IndexOf("<script", StringComparison.Ordinal);
        context.Response.ContentType = MediaTypeNames.Text.Html + "; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";

        // As the console's own pages; it brings some letters of its font inside its styles.
        context.Response.Headers.ContentSecurityPolicy =
            context.Response.Headers.ContentSecurityPolicy.ToString().Replace("font-src 'self'", "font-src 'self' data:", StringComparison.Ordinal);
        await context.Response.WriteAsync(
            page.Insert(head, """<script src="../_content/OrleansLinks.Console/orleans.js"></script>"""), Encoding.UTF8, context.RequestAborted);
    }
}
