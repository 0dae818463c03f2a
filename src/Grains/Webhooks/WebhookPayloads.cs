using System.Text.Json;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Json;
using OrleansLinks.Links;

namespace OrleansLinks.Webhooks;

/// <summary>An event as it is sent.</summary>
/// <param name="Id">The event's id, the same whenever it is sent.</param>
/// <param name="Type">The event's name.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="ProgramId">The program.</param>
/// <param name="CampaignId">The campaign; not there for a conversion that is not attributed.</param>
/// <param name="TaskId">The task; the same.</param>
/// <param name="PartnerId">The partner; the same.</param>
/// <param name="Sequence">Grows from one event of a conversion, or of a task, to the next.</param>
/// <param name="Data">What it is about, as the API shows it to that side.</param>
internal sealed record WebhookPayload(
    string Id, string Type, DateTimeOffset CreatedAt, string? ProgramId, string? CampaignId, string? TaskId, string? PartnerId, long Sequence, object Data);

/// <summary>Clicks that were counted.</summary>
/// <param name="Clicks">All of them; the other counts are parts of it.</param>
/// <param name="UniqueClicks">Those that were their visitor's first on that link for 30 minutes.</param>
/// <param name="BotClicks">Those by crawlers and link previews.</param>
/// <param name="OutsideTermsClicks">Those that are not paid.</param>
/// <param name="Totals">The task's totals, with their version.</param>
internal sealed record CountedClicks(long Clicks, long UniqueClicks, long BotClicks, long OutsideTermsClicks, CounterView Totals);

/// <summary>Puts events into words: the same as the API's.</summary>
internal static class WebhookPayloads
{
    private static readonly JsonSerializerOptions Options = MakeOptions();

    /// <summary>What a test sends.</summary>
    public static (string EventId, string Body) Ping(WebhookInfo webhook, TimeProvider clock)
    {
        var id = EntityId.New(EntityId.WebhookEvent, clock);
        return (id, Write(new WebhookPayload(id, WebhookEventNames.Ping, clock.GetUtcNow(), webhook.ProgramId, null, null, webhook.PartnerId, 0, new { webhookId = webhook.Id })));
    }

    /// <summary>An event of a conversion, for the webhooks that want it.</summary>
    public static IEnumerable<NewDelivery> Of(ConversionEvent one, IEnumerable<WebhookSubscription> subscriptions)
    {
        var conversion = one.Conversion;
        var owner = one.ForPartners ? conversion.Attribution!.PartnerId : conversion.ProgramId;
        string? body = null;
        foreach (var subscription in subscriptions.Where(each => each.OwnerId == owner && (each.Events & one.Event) != 0))
        {
            body ??= Write();
            yield return new NewDelivery(subscription.Id, one.Id, one.Event, conversion.Id, one.At, body);
        }

        string Write()
        {
            var view = ConversionView.Of(conversion, one.ForPartners ? Side.Partner : Side.Brand, one.At);
            return WebhookPayloads.Write(new WebhookPayload(
                EntityId.From(EntityId.WebhookEvent, one.Id), WebhookEventNames.Of(one.Event), one.At, view.ProgramId, view.CampaignId, view.TaskId, view.PartnerId, one.Sequence,
                one.Entry is { } entry ? view with { Entries = [ConversionEntryView.Of(entry, conversion.Currency)] } : view));
        }
    }

    /// <summary>The clicks of a task, for the webhooks that want to know; both sides are told the same.</summary>
    public static IEnumerable<NewDelivery> Of(TaskClicks clicks, string currency, IEnumerable<WebhookSubscription> subscriptions, DateTimeOffset now)
    {
        var id = EventIds.Of(clicks.TaskId, clicks.After, WebhookEvents.ClicksCounted);
        var counted = new CountedClicks(clicks.Clicks, clicks.Unique, clicks.Bot, clicks.OutsideTerms, CounterView.Of(clicks.Totals, currency, now));
        var body = Write(new WebhookPayload(
            EntityId.From(EntityId.WebhookEvent, id), WebhookEventNames.Of(WebhookEvents.ClicksCounted), now,
            clicks.ProgramId, clicks.CampaignId, clicks.TaskId, clicks.PartnerId, clicks.Totals.Version, counted));
        return subscriptions
            .Where(each => (each.OwnerId == clicks.ProgramId || each.OwnerId == clicks.PartnerId) && (each.Events & WebhookEvents.ClicksCounted) != 0)
            .Select(each => new NewDelivery(each.Id, id, WebhookEvents.ClicksCounted, EntityId.Parse(clicks.TaskId, EntityId.Task), now, body));
    }

    private static string Write(WebhookPayload payload) => JsonSerializer.Serialize(payload, Options);

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        return options;
    }
}
