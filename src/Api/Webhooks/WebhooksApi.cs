using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansLinks.Access;
using OrleansLinks.Directory;
using OrleansLinks.Lists;
using OrleansLinks.Partners;
using OrleansLinks.Problems;
using OrleansLinks.Programs;

namespace OrleansLinks.Webhooks;

internal static class WebhooksApi
{
    private const int MaxOverlapSeconds = 30 * 24 * 60 * 60;
    private const int DefaultOverlapSeconds = 24 * 60 * 60;

    public static void MapWebhooks(this IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapPost("/", Create).For(Role.Operator, Role.Brand, Role.Partner).Creates(keepsAnswer: false)
            .WithSummary("Create a webhook").WithDescription("It is told of what happens from then on, as its owner sees it: a program's brand, or a partner; at most 20 for each. Events are POSTed as JSON, signed as Standard Webhooks says; secret is shown this once. Events: clicks.counted, conversion.created, conversion.adjusted, conversion.reversed, conversion.approved; for a brand conversion.attributed and conversion.unmatched too.");
        webhooks.MapGet("/", List).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("List webhooks").WithDescription("The operator sees all, others their own; without how they fare.");
        webhooks.MapGet("/{webhookId}", Get).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Read a webhook").WithDescription("With how it fares.");
        webhooks.MapPatch("/{webhookId}", Change).For(Role.Operator, Role.Brand, Role.Partner).Conditional()
            .WithSummary("Change a webhook").WithDescription("Changes the fields that are sent. What waits is sent at once, where it was; enabled: true enables one again that was disabled.");
        webhooks.MapDelete("/{webhookId}", Remove).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Remove a webhook").WithDescription("Nothing more is sent, and what is kept for it is dropped.");
        webhooks.MapPost("/{webhookId}/rotate", Rotate).For(Role.Operator, Role.Brand, Role.Partner).Creates(keepsAnswer: false)
            .WithSummary("Rotate a webhook's secret").WithDescription("Makes a new secret; for overlapSeconds events are signed with those before it too.");
        webhooks.MapPost("/{webhookId}/test", Test).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Test a webhook").WithDescription("Sends an event ping now, whether or not the webhook is enabled, and answers what it came to.");
        webhooks.MapGet("/{webhookId}/deliveries", ListDeliveries).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("List a webhook's deliveries").WithDescription("Newest first, for 30 days; with state those that are pending, delivered or failed.");
        webhooks.MapPost("/{webhookId}/deliveries/{deliveryId}/replay", Replay).For(Role.Operator, Role.Brand, Role.Partner)
            .WithSummary("Send an event again").WithDescription("Under the same id.");
        webhooks.MapPost("/{webhookId}/replay", ReplayRange).For(Role.Operator, Role.Brand, Role.Partner).Creates()
            .WithSummary("Send the events of a time again").WithDescription("Under the same ids, in their order; 1,000 with one call. Where nextCursor is not null there are more: call again with it as cursor.");
    }

    private static async Task<Results<Created<WebhookView>, ProblemHttpResult>> Create(
        WebhookRequest body, Creation creation, Caller caller, IGrainFactory grains, TimeProvider clock, HttpContext context)
    {
        var (programId, partnerId, problem) = await FindOwner(body, caller, grains);
        if (problem is not null)
        {
            return problem;
        }

        // A repeat comes to the same secret, and what is kept of the request does not tell it.
        var secret = new WebhookSecret(WebhookSignature.DeriveSecret(caller.Secret, creation.Seed), creation.Seed, clock.GetUtcNow(), null);
        var settings = new WebhookChange { Url = body.Url, Events = body.Events, Description = body.Description };
        var made = await grains.Actor<IWebhookGrain>(creation.Id(EntityId.Webhook)).Create(settings, programId, partnerId, secret);
        if (!made.IsOk)
        {
            return ApiProblems.Of(made.Refusal);
        }

        Versions.Tell(context, made.Value.Version);
        return TypedResults.Created($"/api/v1/webhooks/{made.Value.Id}", WebhookView.Of(made.Value, null, secret.Secret));
    }

    private static Task<Results<Ok<Page<WebhookView>>, ProblemHttpResult>> List([AsParameters] PageQuery page, Caller caller, IGrainFactory grains)
    {
        var list = caller.IsOperator ? DirectoryLists.Webhooks : DirectoryLists.WebhooksOf((caller.Key.ProgramId ?? caller.Key.PartnerId)!);
        return grains.List(list, page, async id => await grains.Actor<IWebhookGrain>(id).Get() is { } webhook ? WebhookView.Of(webhook, null) : null);
    }

    private static async Task<Results<Ok<WebhookView>, ProblemHttpResult>> Get(string webhookId, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await Find(webhookId, caller, grains) is not { } webhook)
        {
            return ApiProblems.NotFound("webhook");
        }

        Versions.Tell(context, webhook.Version);
        return TypedResults.Ok(WebhookView.Of(webhook, await grains.Actor<IWebhookDeliveriesGrain>(webhookId).GetHealth()));
    }

    private static async Task<Results<Ok<WebhookView>, ProblemHttpResult>> Change(
        string webhookId, WebhookChange body, Caller caller, IGrainFactory grains, HttpContext context)
    {
        if (await Find(webhookId, caller, grains) is null)
        {
            return ApiProblems.NotFound("webhook");
        }

        if (Versions.ReadExpected(context, out var version) is { } problem)
        {
            return problem;
        }

        var changed = await grains.Actor<IWebhookGrain>(webhookId).Change(body, version);
        if (!changed.IsOk)
        {
            return ApiProblems.Of(changed.Refusal);
        }

        Versions.Tell(context, changed.Value.Version);
        return TypedResults.Ok(WebhookView.Of(changed.Value, await grains.Actor<IWebhookDeliveriesGrain>(webhookId).GetHealth()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(string webhookId, Caller caller, IGrainFactory grains)
    {
        if (await Find(webhookId, caller, grains) is null)
        {
            return ApiProblems.NotFound("webhook");
        }

        await grains.Actor<IWebhookGrain>(webhookId).Remove();
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<WebhookSecretView>, ProblemHttpResult>> Rotate(
        string webhookId, WebhookRotation body, Creation creation, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (await Find(webhookId, caller, grains) is null)
        {
            return ApiProblems.NotFound("webhook");
        }

        if (body.OverlapSeconds is < 0 or > MaxOverlapSeconds)
        {
            return ApiProblems.Of(Refusal.Rule("validation_failed", "overlapSeconds", $"overlapSeconds is a number from 0 to {MaxOverlapSeconds}."));
        }

        var secret = new WebhookSecret(WebhookSignature.DeriveSecret(caller.Secret, creation.Seed), creation.Seed, clock.GetUtcNow(), null);
        var rotated = await grains.Actor<IWebhookGrain>(webhookId).Rotate(secret, TimeSpan.FromSeconds(body.OverlapSeconds ?? DefaultOverlapSeconds));
        return rotated.IsOk ? TypedResults.Ok(new WebhookSecretView(webhookId, rotated.Value.Secret, rotated.Value.CreatedAt)) : ApiProblems.Of(rotated.Refusal);
    }

    private static async Task<Results<Ok<WebhookTestView>, ProblemHttpResult>> Test(string webhookId, Caller caller, IGrainFactory grains) =>
        await Find(webhookId, caller, grains) is not null && await grains.Actor<IWebhookDeliveriesGrain>(webhookId).Test() is { } outcome
            ? TypedResults.Ok(new WebhookTestView(outcome.Delivered, outcome.Status, outcome.Error, (long)outcome.Duration.TotalMilliseconds))
            : ApiProblems.NotFound("webhook");

    private static async Task<Results<Ok<Page<DeliveryView>>, ProblemHttpResult>> ListDeliveries(
        string webhookId, [AsParameters] PageQuery query, [Description("Those that stand so: pending, delivered or failed.")] string? state, Caller caller, IGrainFactory grains)
    {
        if (await Find(webhookId, caller, grains) is null)
        {
            return ApiProblems.NotFound("webhook");
        }

        if (Words.Read<DeliveryState>("state", state, out var wanted) is { } wrong)
        {
            return wrong;
        }

        var list = $"deliveries:{webhookId}:{wanted}";
        if (query.ReadNumber(list, out var limit, out var before) is { } problem)
        {
            return problem;
        }

        var page = await grains.Actor<IWebhookDeliveriesGrain>(webhookId).List(wanted, before, limit);
        return TypedResults.Ok(new Page<DeliveryView>([.. page.Items.Select(DeliveryView.Of)], Cursors.Write(list, page.Next)));
    }

    private static async Task<Results<Ok<DeliveryView>, ProblemHttpResult>> Replay(string webhookId, string deliveryId, Caller caller, IGrainFactory grains)
    {
        if (await Find(webhookId, caller, grains) is null)
        {
            return ApiProblems.NotFound("webhook");
        }

        return await grains.Actor<IWebhookDeliveriesGrain>(webhookId).Replay(deliveryId) is { } delivery
            ? TypedResults.Ok(DeliveryView.Of(delivery))
            : ApiProblems.NotFound("delivery");
    }

    private static async Task<Results<Ok<ReplayView>, ProblemHttpResult>> ReplayRange(
        string webhookId, ReplayRequest body, Caller caller, IGrainFactory grains, TimeProvider clock)
    {
        if (await Find(webhookId, caller, grains) is null)
        {
            return ApiProblems.NotFound("webhook");
        }

        if (body.From is not { } from)
        {
            return ApiProblems.Of(Refusal.Rule("validation_failed", "from", "from is required: a time such as 2026-01-31T12:00:00Z."));
        }

        var to = body.To ?? clock.GetUtcNow();
        if (to <= from)
        {
            return ApiProblems.Of(Refusal.Rule("validation_failed", "to", "to is a time after from; now unless set."));
        }

        var list = $"replay:{webhookId}";
        var after = new ReplayPlace(from, 0);
        if (body.Cursor is not null)
        {
            if (!Cursors.TryRead(list, body.Cursor, out var last) || !TryReadPlace(last!, out after))
            {
                return PageQuery.CursorInvalid();
            }
        }

        var replayed = await grains.Actor<IWebhookDeliveriesGrain>(webhookId).ReplayRange(after, to);
        return TypedResults.Ok(new ReplayView(
            replayed.Replayed,
            replayed.Next is { } next ? Cursors.Write(list, string.Create(CultureInfo.InvariantCulture, $"{next.CreatedAt.ToUnixTimeMilliseconds()} {next.Number}")) : null));
    }

    private static bool TryReadPlace(string text, out ReplayPlace place)
    {
        place = default;
        if (text.Split(' ') is not [var time, var number]
            || !long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            return false;
        }

        place = new ReplayPlace(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), last);
        return true;
    }

    /// <summary>A webhook of the caller's; null when there is none that the caller may know of.</summary>
    private static async Task<WebhookInfo?> Find(string webhookId, Caller caller, IGrainFactory grains) =>
        EntityId.IsWellFormed(webhookId, EntityId.Webhook)
            && await grains.Actor<IWebhookGrain>(webhookId).Get() is { } webhook
            && (webhook.ProgramId is { } programId ? caller.ActsFor(programId) : caller.IsOperator || caller.Is(webhook.PartnerId!))
            ? webhook
            : null;

    /// <summary>Whose webhook is made: the caller's own unless the operator says whose.</summary>
    private static async Task<(string? ProgramId, string? PartnerId, ProblemHttpResult? Problem)> FindOwner(WebhookRequest body, Caller caller, IGrainFactory grains)
    {
        if (body.ProgramId is not null && !EntityId.IsWellFormed(body.ProgramId, EntityId.Program))
        {
            return Invalid("programId", "programId is the id (prg_…) of a program; leave it out for your own.");
        }

        if (body.PartnerId is not null && !EntityId.IsWellFormed(body.PartnerId, EntityId.Partner))
        {
            return Invalid("partnerId", "partnerId is the id (prt_…) of a partner; leave it out for your own.");
        }

        var programId = body.ProgramId ?? caller.Key.ProgramId;
        var partnerId = body.PartnerId ?? caller.Key.PartnerId;
        if ((programId is null) == (partnerId is null))
        {
            return Invalid("programId", "Say whose events are sent: either programId, as its brand sees them, or partnerId; for your own leave both out.");
        }

        if (programId is not null)
        {
            return caller.ActsFor(programId) && await grains.Actor<IProgramGrain>(programId).Get() is not null
                ? (programId, null, null)
                : Refuse(ApiProblems.NotFound("program"));
        }

        return (caller.IsOperator || caller.Is(partnerId!)) && await grains.Actor<IPartnerGrain>(partnerId!).Get() is not null
            ? (null, partnerId, null)
            : Refuse(ApiProblems.NotFound("partner"));

        static (string?, string?, ProblemHttpResult?) Invalid(string field, string message) => Refuse(ApiProblems.Of(Refusal.Rule("validation_failed", field, message)));

        static (string?, string?, ProblemHttpResult?) Refuse(ProblemHttpResult problem) => (null, null, problem);
    }
}
