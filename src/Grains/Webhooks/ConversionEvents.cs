using System.Security.Cryptography;
using System.Text;
using OrleansLinks.Conversions;

namespace OrleansLinks.Webhooks;

/// <summary>Something that happened to a conversion.</summary>
/// <param name="Event">What it is.</param>
/// <param name="ForPartners">Whether it is the partner who is told, and not the brand.</param>
/// <param name="Sequence">Grows from one event of a conversion to the next.</param>
/// <param name="At">When it happened.</param>
/// <param name="Conversion">The conversion after it.</param>
/// <param name="Entry">The entry that it is; null for one that is none.</param>
internal sealed record ConversionEvent(
    WebhookEvents Event, bool ForPartners, int Sequence, DateTimeOffset At, Conversion Conversion, ConversionEntry? Entry)
{
    /// <summary>Names the event: the same one whenever it is made of the same entry.</summary>
    public Guid Id => EventIds.Of(EntityId.From(EntityId.Conversion, Conversion.Id), Sequence, Event);
}

/// <summary>
/// Decides who is told what of a conversion. For the brand it exists from its report on, and where it had waited it is told what came of
/// that; for the partner it exists from its attribution on.
/// </summary>
internal static class ConversionEvents
{
    /// <summary>The events of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="told">Up to where it has been told that locks have come: one that comes to be locked is approved with the same entry.</param>
    public static IEnumerable<ConversionEvent> Of(FeedEntry entry, LockPosition told)
    {
        var conversion = After(entry);
        var (kind, isAttributed) = (entry.Entry.Kind, conversion.Attribution is not null);
        yield return Event(Brands(kind, isAttributed), forPartners: false);
        if (isAttributed)
        {
            yield return Event(kind is ConversionEntryKind.Reported or ConversionEntryKind.Attributed ? WebhookEvents.ConversionCreated : Brands(kind, true), forPartners: true);
        }

        if (kind is ConversionEntryKind.Reported or ConversionEntryKind.Attributed
            && conversion.Attribution is { } attribution && entry.Now.Conversion.State == ConversionState.Pending && told.Includes(attribution.LocksAt, entry.Now.Number))
        {
            foreach (var approved in OfApproved(entry.Now.Conversion))
            {
                yield return approved;
            }
        }

        ConversionEvent Event(WebhookEvents one, bool forPartners) => new(one, forPartners, entry.Entry.Sequence, entry.Entry.At, conversion, entry.Entry);
    }

    /// <summary>The events of a conversion whose lock has come; nothing comes after them.</summary>
    public static IEnumerable<ConversionEvent> OfApproved(Conversion conversion)
    {
        var locksAt = conversion.Attribution!.LocksAt;
        var at = locksAt > conversion.ReportedAt ? locksAt : conversion.ReportedAt;
        yield return new(WebhookEvents.ConversionApproved, false, conversion.Sequence + 1, at, conversion, null);
        yield return new(WebhookEvents.ConversionApproved, true, conversion.Sequence + 1, at, conversion, null);
    }

    /// <summary>
    /// The conversion as it was after an entry, with which it may have gone on. What was changed before its attribution is not in the
    /// entries' sums: of the amount is known then what it was attributed with, or what it is.
    /// </summary>
    public static Conversion After(FeedEntry entry)
    {
        var now = entry.Now.Conversion;
        if (entry.IsAttributed)
        {
            return now with
            {
                Sequence = entry.Entry.Sequence,
                State = entry.Entry.Kind == ConversionEntryKind.Reversed ? ConversionState.Reversed : ConversionState.Pending,
                Amount = entry.Amount,
                Payout = entry.Payout,
            };
        }

        var state = entry.Entry.Kind switch
        {
            ConversionEntryKind.Reversed => ConversionState.Reversed,
            ConversionEntryKind.Attributed or ConversionEntryKind.GivenUp => ConversionState.Unmatched,
            _ => now.Sequence == entry.Entry.Sequence ? now.State : ConversionState.WaitingForClick,
        };
        return now with
        {
            Sequence = entry.Entry.Sequence,
            State = state,
            Reason = state == ConversionState.Unmatched ? now.Reason : null,
            Class = Clicks.ClickClass.InTerms,
            Amount = now.Attribution is null ? now.Amount : entry.FirstAmount,
            Payout = 0m,
            Attribution = null,
        };
    }

    private static WebhookEvents Brands(ConversionEntryKind kind, bool isAttributed) => kind switch
    {
        ConversionEntryKind.Reported => WebhookEvents.ConversionCreated,
        ConversionEntryKind.Attributed when isAttributed => WebhookEvents.ConversionAttributed,
        ConversionEntryKind.Adjusted => WebhookEvents.ConversionAdjusted,
        ConversionEntryKind.Reversed => WebhookEvents.ConversionReversed,
        _ => WebhookEvents.ConversionUnmatched,
    };
}

/// <summary>Ids of events: half of the SHA-256 of what they are of, so that who makes an event again gives it the same.</summary>
internal static class EventIds
{
    /// <summary>The id of what happened to something at a place in its order.</summary>
    public static Guid Of(string subject, long place, WebhookEvents one) => new(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\n{place}\n{WebhookEventNames.Of(one)}")).AsSpan(0, 16), bigEndian: true);
}
