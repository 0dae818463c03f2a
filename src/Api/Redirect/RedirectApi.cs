using Microsoft.Extensions.Primitives;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Tasks;

namespace OrleansLinks.Redirect;

/// <summary>The two paths that visitors take: <c>/{code}</c> and <c>/c/{partnerId}/{taskId}/{campaignId}</c>.</summary>
internal static class RedirectApi
{
    public const int MaxUserAgent = 512;
    private const int MaxReferrer = 1024;
    private const int MaxLinkIds = 4;

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapRedirects(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/{code}", Methods, FollowShort).ExcludeFromDescription();
        app.MapMethods("/c/{partnerId}/{taskId}/{campaignId}", Methods, FollowRegular).ExcludeFromDescription();
    }

    private static async Task FollowShort(HttpContext context, string code, RedirectServices services)
    {
        var link = ShortCodes.IsWellFormed(code) ? await services.Grains.Actor<ILinkGrain>(code).Resolve() : null;
        if (link is not { Form: LinkForm.Short })
        {
            await VisitorPages.NotFound(context);
        }
        else if (link.State == LinkState.Disabled)
        {
            await VisitorPages.Gone(context);
        }
        else if (await services.Terms.Get(link.TaskId) is { } terms)
        {
            var now = services.Clock.GetUtcNow();
            await Redirect(context, services, link, terms, RedirectPolicy.ForShort(link, terms, now), now);
        }
        else
        {
            await VisitorPages.NotFound(context);
        }
    }

    private static async Task FollowRegular(HttpContext context, string partnerId, string taskId, string campaignId, RedirectServices services)
    {
        var terms = EntityId.IsWellFormed(taskId, EntityId.Task) ? await services.Terms.Get(taskId) : null;
        if (terms is null || terms.Task.PartnerId != partnerId || terms.Task.CampaignId != campaignId)
        {
            await VisitorPages.NotFound(context);
            return;
        }

        var link = await FindStored(context.Request.Query["linkId"], terms.Task, services.Grains);
        if (link?.State == LinkState.Disabled)
        {
            await VisitorPages.Gone(context);
            return;
        }

        var now = services.Clock.GetUtcNow();
        await Redirect(context, services, link, terms, RedirectPolicy.ForRegular(context.Request.Query["u"].FirstOrDefault(), link, terms, now), now);
    }

    /// <summary>The stored link that a regular link's URL names, if it names one of that task; a disabled one, if it names several.</summary>
    private static async ValueTask<Link?> FindStored(StringValues linkIds, TaskInfo task, IGrainFactory grains)
    {
        Link? found = null;
        foreach (var id in linkIds.Take(MaxLinkIds))
        {
            if (!ShortCodes.TryReadLinkId(id, out var code))
            {
                continue;
            }

            var link = await grains.Actor<ILinkGrain>(code).Resolve();
            if (link is { Form: LinkForm.Regular } && link.TaskId == task.Id && (found is null || link.State == LinkState.Disabled))
            {
                found = link;
            }
        }

        return found;
    }

    private static async Task Redirect(
        HttpContext context, RedirectServices services, Link? link, TaskTerms terms, RedirectDecision decision, DateTimeOffset now)
    {
        var values = ReportingValueRules.OfClick(ReadValues(context.Request), link?.Values ?? ReportingValues.None);
        var id = EntityId.NewSeed(services.Clock);
        var clickId = EntityId.From(EntityId.Click, id);
        var task = terms.Task;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            var userAgent = Cut(context.Request.Headers.UserAgent, MaxUserAgent);
            await services.Recorder.Record(new Click(
                id,
                link?.Code,
                task.Id,
                task.CampaignId,
                task.PartnerId,
                task.ProgramId,
                now,
                decision.Class,
                decision.Reason,
                Crawlers.Match(userAgent),
                await services.Visitors.Identify(context, userAgent),
                decision.LandingPage,
                Cut(context.Request.Headers.Referer, MaxReferrer),
                userAgent,
                values));
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status302Found;
        response.Headers.CacheControl = "no-store";
        response.Headers.Location = LandingTemplate.Fill(
            decision.LandingPage,
            terms.Program.LandingTemplate,
            terms.Program.ClickIdParameter,
            new MacroValues(clickId, task.ProgramId, task.CampaignId, task.Id, task.PartnerId, link?.Id, values));
    }

    /// <summary>The reporting values in a clicked URL; the names match in any case.</summary>
    private static ReportingValues ReadValues(HttpRequest request)
    {
        if (!request.QueryString.HasValue)
        {
            return ReportingValues.None;
        }

        var query = request.Query;
        return new ReportingValues(
            ReportingValueRules.Clean(query["subId1"].FirstOrDefault()),
            ReportingValueRules.Clean(query["subId2"].FirstOrDefault()),
            ReportingValueRules.Clean(query["subId3"].FirstOrDefault()),
            ReportingValueRules.Clean(query["sharedId"].FirstOrDefault()),
            ReportingValueRules.Clean(query["param"].FirstOrDefault()));
    }

    private static string? Cut(StringValues header, int max) => header.FirstOrDefault() switch
    {
        null or "" => null,
        { } text when text.Length > max => text[..max],
        var text => text,
    };
}

/// <summary>What a redirect needs.</summary>
internal sealed record RedirectServices(
    IGrainFactory Grains,
    TaskTermsCache Terms,
    ClickRecorder Recorder,
    Visitors Visitors,
    TimeProvider Clock);

/// <summary>The plain pages that a visitor meets when there is nowhere to go.</summary>
internal static class VisitorPages
{
    public static Task NotFound(HttpContext context) => Write(
        context, StatusCodes.Status404NotFound, "Link not found", "There is no such link. Please check the address.");

    public static Task Gone(HttpContext context) => Write(
        context, StatusCodes.Status410Gone, "Link no longer available", "This link has been switched off.");

    public static Task Failed(HttpContext context, int status) => Write(
        context, status, "Something went wrong", "Please try again in a moment.");

    private static Task Write(HttpContext context, int status, string title, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/html; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync($"""
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>{title}</title></head>
                <body style="font-family:system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem"><h1>{title}</h1><p>{text}</p></body>
                </html>

                """);
    }
}
