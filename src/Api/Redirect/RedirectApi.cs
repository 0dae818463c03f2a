using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Primitives;
using OrleansLinks.Clicks;
using OrleansLinks.Hosting;
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
        // Handlers with parameters would have a scope of services made for each visitor, and what the API needs on the way
        // (who calls, what went wrong in which words) costs a visitor as much as the redirect: hence the short circuit.
        var services = new Lazy<RedirectServices>(app.ServiceProvider.GetRequiredService<RedirectServices>);
        app.MapMethods("/{code}", Methods, context => Follow(FollowShort, context, services.Value)).ShortCircuit().DisableHttpMetrics().ExcludeFromDescription();
        app.MapMethods("/c/{partnerId}/{taskId}/{campaignId}", Methods, context => Follow(FollowRegular, context, services.Value)).ShortCircuit().DisableHttpMetrics().ExcludeFromDescription();
    }

    private static async Task Follow(Func<HttpContext, RedirectServices, ValueTask<RedirectOutcome>> follow, HttpContext context, RedirectServices services)
    {
        var began = Stopwatch.GetTimestamp();
        var activity = services.Tracing.Begin(context);
        RedirectOutcome? outcome = null;
        try
        {
            outcome = await follow(context, services);
        }
#pragma warning disable CA1031 // A visitor gets a page for it, whatever it is.
        catch (Exception exception) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            outcome = RedirectOutcome.Failed;
            await services.Failures.TryHandleAsync(context, exception, context.RequestAborted);
        }
        finally
        {
            if (outcome is { } known && HttpMethods.IsGet(context.Request.Method))
            {
                services.Metrics.Record(known, Stopwatch.GetElapsedTime(began));
            }

            RequestTracing.End(activity, context);
        }
    }

    private static async ValueTask<RedirectOutcome> FollowShort(HttpContext context, RedirectServices services)
    {
        var code = Segment(context, "code");
        var link = ShortCodes.IsWellFormed(code) ? await services.Directory.FindLink(code) : null;
        if (link is not { Form: LinkForm.Short })
        {
            await VisitorPages.NotFound(context);
            return RedirectOutcome.NotFound;
        }

        if (link.IsDisabled)
        {
            await VisitorPages.Gone(context);
            return RedirectOutcome.Disabled;
        }

        var now = services.Clock.GetUtcNow();
        var settings = link.Task.Settings;
        return await Redirect(context, services, link, settings.Terms, link.Decide(settings, now), now);
    }

    private static async ValueTask<RedirectOutcome> FollowRegular(HttpContext context, RedirectServices services)
    {
        var (taskId, campaignId) = (Segment(context, "taskId"), Segment(context, "campaignId"));
        var route = EntityId.IsWellFormed(taskId, EntityId.Task) && EntityId.IsWellFormed(campaignId, EntityId.Campaign)
            ? await services.Directory.FindTask(taskId, campaignId)
            : null;
        if (route?.Settings.Terms is not { } terms || terms.Task.PartnerId != Segment(context, "partnerId") || terms.Task.CampaignId != campaignId)
        {
            await VisitorPages.NotFound(context);
            return RedirectOutcome.NotFound;
        }

        var link = await FindStored(context.Request.Query["linkId"], terms.Task.Id, services.Directory);
        if (link?.IsDisabled == true)
        {
            await VisitorPages.Gone(context);
            return RedirectOutcome.Disabled;
        }

        var now = services.Clock.GetUtcNow();
        var page = context.Request.Query["u"].FirstOrDefault();
        return await Redirect(context, services, link, terms, RedirectPolicy.DecideRegular(page, link?.Destination, terms, now), now);
    }

    private static string? Segment(HttpContext context, string name) => context.Request.RouteValues[name] as string;

    /// <summary>The stored link that a regular link's URL names, if it names one of that task; a disabled one, if it names several.</summary>
    private static async ValueTask<LinkRoute?> FindStored(StringValues linkIds, string taskId, LinkDirectory directory)
    {
        LinkRoute? found = null;
        foreach (var id in linkIds.Take(MaxLinkIds))
        {
            if (!ShortCodes.TryReadLinkId(id, out var code))
            {
                continue;
            }

            var link = await directory.FindLink(code);
            if (link is { Form: LinkForm.Regular } && link.Task.Settings.Terms.Task.Id == taskId && (found is null || link.IsDisabled))
            {
                found = link;
            }
        }

        return found;
    }

    private static async ValueTask<RedirectOutcome> Redirect(
        HttpContext context, RedirectServices services, LinkRoute? link, TaskTerms terms, RedirectDecision decision, DateTimeOffset now)
    {
        var values = ReportingValueRules.OfClick(ReadValues(context.Request), link?.Values ?? ReportingValues.None);
        var id = EntityId.NewSeed(services.Clock);
        var task = terms.Task;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            var userAgent = Cut(context.Request.Headers.UserAgent, MaxUserAgent);
            var visitor = await services.Visitors.Identify(context, userAgent);
            var (isCrawler, device) = UserAgents.Find(userAgent);
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
                isCrawler,
                visitor,
                decision.LandingPage,
                Cut(context.Request.Headers.Referer, MaxReferrer),
                userAgent,
                values,
                services.Countries.Find(context.Connection.RemoteIpAddress),
                device,
                new ClickSettings(terms.Campaign.Version, terms.Program.Version, decision.Target)));
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status302Found;
        response.Headers.CacheControl = "no-store";
        response.Headers.Location = LandingTemplate.Fill(
            decision.LandingPage,
            terms.Program.LandingTemplate,
            terms.Program.ClickIdParameter,
            new MacroValues(EntityId.From(EntityId.Click, id), task.ProgramId, task.CampaignId, task.Id, task.PartnerId, link?.Code, values));
        return decision.Class == ClickClass.InTerms ? RedirectOutcome.InTerms : RedirectOutcome.OutsideTerms;
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
    LinkDirectory Directory,
    RedirectMetrics Metrics,
    RequestTracing Tracing,
    ClickRecorder Recorder,
    Visitors Visitors,
    Countries Countries,
    IExceptionHandler Failures,
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
