using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansLinks.WebConsole.Client;
using OrleansLinks.WebConsole.Security;
using QRCoder;

namespace OrleansLinks.WebConsole.Links;

/// <summary>QR codes of links (ISO/IEC 18004), error correction level M, with the quiet zone of 4 modules around.</summary>
internal static class QrApi
{
    private const int PixelsOfModule = 16;

    public static void MapQrCodes(this IEndpointRouteBuilder console)
    {
        console.MapGet("/qr/{linkId}.svg", (string linkId, bool? download, HttpContext context, ApiPipeline api) =>
            Answer(linkId, "svg", download, context, api, code => Encoding.UTF8.GetBytes(new SvgQRCode(code).GetGraphic(8)), "image/svg+xml"));
        console.MapGet("/qr/{linkId}.png", (string linkId, bool? download, HttpContext context, ApiPipeline api) =>
            Answer(linkId, "png", download, context, api, code => new PngByteQRCode(code).GetGraphic(PixelsOfModule), "image/png"));
    }

    private static async Task<IResult> Answer(
        string linkId, string extension, bool? download, HttpContext context, ApiPipeline api, Func<QRCodeData, byte[]> draw, string type)
    {
        var answer = await api.Get<TrackingLink>($"/links/{Uri.EscapeDataString(linkId)}", ConsoleSession.KeyOf(context.User)!, context.RequestAborted);
        if (!answer.IsOk)
        {
            return Results.StatusCode(answer.Problem.Status);
        }

        using var code = QRCodeGenerator.GenerateQrCode(answer.Value.TrackingUrl, QRCodeGenerator.ECCLevel.M);
        context.Response.Headers.CacheControl = "private, no-cache";
        return Results.File(draw(code), type, download == true ? $"{answer.Value.Code ?? linkId}.{extension}" : null);
    }
}
