using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Links;
using OrleansLinks.Webhooks;

namespace OrleansLinks.Rules.Tests.Webhooks;

public sealed class ConversionEventTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LockPosition Never = new(DateTimeOffset.MinValue, 0);
    private static readonly string Program = EntityId.From(EntityId.Program, Guid.CreateVersion7());
    private static readonly string Partner = EntityId.From(EntityId.Partner, Guid.CreateVersion7());

    private static readonly TermsVersion Terms = new(
        "cmp", 3, Noon.AddDays(-9), new CampaignTracking(true, 30, 14), new PayForPerformance(true, new PayoutTerms(PayoutModel.Percentage, Rate: 10m)));

    [Fact]
    public void Every_conversion_is_told_as_it_was_however_far_it_has_gone_since()
    {
        foreach (var history in new[] { Lived(waits: false), Lived(waits: true), [.. Lived(waits: true)[..1]], Unmatched(), GivenUp() })
        {
            for (var seen = 1; seen <= history.Count; seen++)
            {
                var entries = Entries(history[..seen]);
                Assert.Equal(history[..seen].Select(step => step.After), entries.Select(ConversionEvents.After));
            }
        }
    }

    [Fact]
    public void The_brand_is_told_from_the_report_on_and_the_partner_from_the_attribution_on()
    {
        Assert.Equal(
            [
                "brand 1 conversion.created", "partner 1 conversion.created", "brand 2 conversion.adjusted", "partner 2 conversion.adjusted",
                "brand 3 conversion.reversed", "partner 3 conversion.reversed",
            ],
            Told(Lived(waits: false)));
        Assert.Equal(
            [
                "brand 1 conversion.created", "brand 2 conversion.attributed", "partner 2 conversion.created", "brand 3 conversion.adjusted", "partner 3 conversion.adjusted",
                "brand 4 conversion.reversed", "partner 4 conversion.reversed",
            ],
            Told(Lived(waits: true)));
        Assert.Equal(["brand 1 conversion.created"], Told(Unmatched()));
        Assert.Equal(["brand 1 conversion.created", "brand 2 conversion.unmatched"], Told(GivenUp()));
    }

    [Fact]
    public void A_conversion_that_is_reported_past_its_lock_is_created_and_then_approved()
    {
        var history = Lived(waits: false)[..1];
        var conversion = history[0].After;
        var told = new LockPosition(conversion.Attribution!.LocksAt, 7);

        var events = ConversionEvents.Of(Entries(history)[0], told).ToArray();

        Assert.Equal(["conversion.created", "conversion.created", "conversion.approved", "conversion.approved"], events.Select(one => WebhookEventNames.Of(one.Event)));
        Assert.Equal([1, 1, 2, 2], events.Select(one => one.Sequence));
        Assert.Equal(ConversionEvents.OfApproved(conversion).Select(one => one.Id), events[2..].Select(one => one.Id));
        Assert.Equal(2, ConversionEvents.Of(Entries(history)[0], told with { Number = 6 }).Count());
    }

    [Fact]
    public void An_event_has_the_same_id_for_both_sides_and_another_one_than_all_others()
    {
        var events = Entries(Lived(waits: true)).SelectMany(entry => ConversionEvents.Of(entry, Never)).ToArray();

        Assert.Equal(events.Select(one => (one.Sequence, one.Event)).Distinct().Count(), events.Select(one => one.Id).Distinct().Count());
        Assert.Equal(events.Select(one => one.Id), Entries(Lived(waits: true, events[0].Conversion)).SelectMany(entry => ConversionEvents.Of(entry, Never)).Select(one => one.Id));
    }

    [Fact]
    public void A_webhook_gets_what_it_wants_and_may_see()
    {
        var entry = Entries(Lived(waits: false))[0];
        WebhookSubscription[] subscriptions =
        [
            Of(Program, WebhookEvents.ConversionCreated | WebhookEvents.ConversionReversed), Of(Program, WebhookEvents.ConversionReversed),
            Of(Partner, WebhookEvents.ConversionCreated), Of(EntityId.From(EntityId.Partner, Guid.CreateVersion7()), WebhookEvents.ConversionCreated),
        ];

        var deliveries = ConversionEvents.Of(entry, Never).SelectMany(one => WebhookPayloads.Of(one, subscriptions)).ToArray();

        Assert.Equal([subscriptions[0].Id, subscriptions[2].Id], deliveries.Select(delivery => delivery.WebhookId));
        Assert.All(deliveries, delivery => Assert.Equal((entry.Now.Conversion.Id, Noon), (delivery.Subject, delivery.CreatedAt)));

        static WebhookSubscription Of(string owner, WebhookEvents events) => new(EntityId.From(EntityId.Webhook, Guid.NewGuid()), owner, events, true);
    }

    private static string[] Told(List<ConversionStep> history) => [.. Entries(history)
        .SelectMany(entry => ConversionEvents.Of(entry, Never))
        .Select(one => $"{(one.ForPartners ? "partner" : "brand")} {one.Sequence} {WebhookEventNames.Of(one.Event)}")];

    /// <summary>What a store reads of a history that has gone so far.</summary>
    private static List<FeedEntry> Entries(List<ConversionStep> history) => [.. history.Select((step, index) =>
    {
        var before = history[..(index + 1)].Select(one => one.Entry).ToArray();
        var counted = before.Where(entry => entry.Kind != ConversionEntryKind.Reversed).ToArray();
        return new FeedEntry(
            new NumberedConversion(7, history[^1].After), step.Entry, counted.Sum(entry => entry.Conversions) > 0, counted.Sum(entry => entry.Amount), before.Sum(entry => entry.Payout),
            history.Where(one => one.Entry.Kind is ConversionEntryKind.Reported or ConversionEntryKind.Attributed).Sum(one => one.Entry.Amount));
    })];

    private static List<ConversionStep> Lived(bool waits, Conversion? like = null)
    {
        var reported = Reported() is var made && like is null ? made : made with { Id = like!.Id };
        var history = new List<ConversionStep>();
        if (waits)
        {
            history.Add(ConversionRules.Attribute(reported, null, null, Given.Program with { Id = Program }, Noon).Step!);
        }

        history.Add(ConversionRules.Attribute(history.LastOrDefault()?.After ?? reported, ClickOf(Program), Terms, Given.Program with { Id = Program }, Noon).Step!);
        history.Add(ConversionRules.Adjust(history[^1].After, new Money(80.5m, "EUR"), "less", Terms, Noon.AddHours(1)).Value!.Step!);
        history.Add(ConversionRules.Reverse(history[^1].After, null, Noon.AddHours(2)).Value!.Step!);
        return history;
    }

    private static List<ConversionStep> Unmatched() =>
        [ConversionRules.Attribute(Reported(), ClickOf(EntityId.From(EntityId.Program, Guid.CreateVersion7())), null, Given.Program with { Id = Program }, Noon).Step!];

    private static List<ConversionStep> GivenUp()
    {
        var waiting = ConversionRules.Attribute(Reported(), null, null, Given.Program with { Id = Program }, Noon).Step!;
        return [waiting, ConversionRules.GiveUp(waiting.After, Noon.AddDays(31)).Step!];
    }

    private static Conversion Reported() => new(
        Guid.NewGuid(), 0, Program, "sale", "A-1", Guid.NewGuid(), ConversionState.WaitingForClick, null, ClickClass.InTerms, 100m, 0m, "EUR", Noon, Noon, Guid.NewGuid(), null);

    private static Click ClickOf(string programId) => new(
        Guid.CreateVersion7(Noon), "code", EntityId.From(EntityId.Task, Guid.CreateVersion7()), EntityId.From(EntityId.Campaign, Guid.CreateVersion7()), Partner, programId, Noon.AddMinutes(-5),
        ClickClass.InTerms, null, false, Guid.NewGuid(), "https://www.example.com/", null, null, ReportingValues.None);
}
